import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError, decodeInsn } from "../../src/isa/decode.ts";
import type { Insn } from "../../src/isa/insn.ts";
import { lastNeed, needsOf, readsOf } from "../../src/verifier/needs.ts";

/** Any instruction that bytes can make. */
const insns = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((bytes): Insn | undefined => {
    try {
      return decodeInsn(Uint8Array.of(...bytes, 0, 0, 0, 0, 0, 0, 0, 0), 0);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return undefined;
    }
  })
  .filter((insn) => insn !== undefined);

test("registers and the last need are all that an instruction needs, if not asked one by one", () => {
  fc.assert(
    fc.property(insns, (insn) => {
      const all = needsOf(insn);
      const reads = readsOf(insn);
      const last = lastNeed(insn);
      const oneByOne = all.some(
        (n) => (n.kind === "changeable" && n.reg >= 10) || (n.kind === "readable" && n.reg > 10),
      );
      expect(reads === undefined).toBe(oneByOne);
      expect(all.filter(({ kind }) => kind !== "readable" && kind !== "changeable")).toEqual(last ? [last] : []);
      if (reads === undefined) return;
      const read = all.flatMap((n) => (n.kind === "readable" && n.reg < 10 ? [1 << n.reg] : []));
      expect(reads).toBe(read.reduce((sum, bit) => sum | bit, 0));
    }),
    { numRuns: 1000 },
  );
});
