/** What the verifier knows of the registers behind a line, on the first way that it follows through it. */
import { DiagSink } from "../diag/diagnostic.ts";
import { readObject } from "../elf/reader.ts";
import type { Kernel } from "../kernel/model.ts";
import { linkObject } from "../link/link.ts";
import type { LinkedProgram } from "../link/model.ts";
import { describe } from "../verifier/domain/scalar.ts";
import { type State, topFrame } from "../verifier/domain/state.ts";
import { kernelName, type Value } from "../verifier/domain/value.ts";
import { verify } from "../verifier/verify.ts";

export interface RegisterState {
  readonly program: string;
  /** `r1 = 5`, only of registers that hold something. */
  readonly registers: readonly string[];
}

/** Instructions to follow at most: a hover must not wait. */
const LIMIT = 20_000;

/** The states behind a line (from 1) of the file that the object calls `file`; one a program. */
export function statesAfter(object: Uint8Array, kernel: Kernel, file: string, line: number): readonly RegisterState[] {
  const programs = linkObject(readObject(object), kernel, new DiagSink());
  return programs.flatMap((program) => {
    const registers = stateIn(program, kernel, file, line);
    return registers ? [{ program: program.name, registers }] : [];
  });
}

function stateIn(program: LinkedProgram, kernel: Kernel, file: string, line: number): readonly string[] | undefined {
  const isHere = (index: number): boolean => {
    const at = program.insns[index]?.line;
    return at?.line === line && at.file === file;
  };
  if (!program.insns.some((_, index) => isHere(index))) return undefined;
  let found: readonly string[] | undefined;
  let frames = 0;
  const trace = (index: number, state: State): void => {
    if (found) return;
    if (isHere(index)) frames = state.frames.length;
    else if (frames > 0 && state.frames.length <= frames) found = registersOf(state);
  };
  verify(program, kernel, { trace, limit: LIMIT });
  return found;
}

const registersOf = (state: State): readonly string[] =>
  topFrame(state).regs.flatMap((value, r) => (value.kind === "nothing" ? [] : [`r${r} = ${valueText(value)}`]));

function valueText(value: Value): string {
  if (value.kind === "nothing") return "nothing";
  if (value.kind === "scalar") return describe(value);
  const named = value.to.kind === "btf" ? structName(value.to.btf.type(value.to.type)) : "";
  const map = value.to.kind === "map_value" || value.to.kind === "map" ? ` of ${value.to.map.name}` : "";
  const varying = value.varying ? ` + (${describe(value.varying)})` : "";
  const off = value.off === 0 ? "" : value.off > 0 ? ` + ${value.off}` : ` - ${-value.off}`;
  return `${kernelName(value)}${named}${map}${off}${varying}`;
}

const structName = (type: object): string => ("name" in type && typeof type.name === "string" ? type.name : "");
