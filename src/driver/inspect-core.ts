/** The CO-RE relocations of an object, with what each comes to in a kernel. */

import { relocate } from "../btf/core-match.ts";
import { coreSubject, coreWords } from "../btf/core-words.ts";
import type { ExtCore } from "../btf/ext.ts";
import type { BtfSpec } from "../btf/type.ts";
import type { Kernel } from "../kernel/model.ts";
import type { ListedFunc } from "../link/listing.ts";
import type { InspectedCore } from "./inspection.ts";

/** In the order of the code. */
export function inspectCore(
  listed: readonly ListedFunc[],
  btf: BtfSpec,
  kernel: Kernel | undefined,
): readonly InspectedCore[] {
  return listed.flatMap(({ func, rows }) =>
    rows.flatMap(({ slot, core }) => (core ? [{ function: func.name, slot, ...described(core, btf, kernel) }] : [])),
  );
}

/** One relocation; without a kernel the object's own numbers. */
export function described(
  core: ExtCore,
  btf: BtfSpec,
  kernel: Kernel | undefined,
): Omit<InspectedCore, "function" | "slot"> {
  const subject = coreSubject(btf, core);
  const result = relocate(btf, core, kernel?.btf ?? btf, kernel?.modules ?? []);
  const built = result.kind === "invalid" ? undefined : result.localValue;
  const words = coreWords(btf, core, result);
  return {
    kind: core.kind,
    subject,
    words: kernel ? words : words.replace(/ here$/, " when built"),
    ...(built !== undefined && { built: String(built) }),
    ...(kernel && result.kind === "value" && { here: String(result.value) }),
  };
}
