/** What a CO-RE relocation comes to in a kernel, in words: `sk_buff.len: offset 112 here`. */
import type { CoreKind } from "./core.ts";
import type { CoreRelo, CoreResult } from "./core-match.ts";
import { coreText } from "./core-text.ts";
import type { BtfSpec } from "./type.ts";

/** What is asked about: `sk_buff.len`, `task_struct`, `bpf_func_id.BPF_FUNC_loop`. */
export const coreSubject = (btf: BtfSpec, core: CoreRelo): string =>
  coreText(btf, core)
    .slice(1, -1)
    .replace(/^(struct|union|enum) /, "");

type Words = (here: bigint) => string;

const yes =
  (there: string, missing: string): Words =>
  (value) =>
    value === 0n ? missing : there;

const words: Readonly<Record<CoreKind, Words>> = {
  field_byte_offset: (v) => `offset ${v}`,
  field_byte_size: (v) => `size ${v}`,
  field_exists: yes("exists", "does not exist"),
  field_signed: yes("signed", "unsigned"),
  field_lshift_u64: (v) => `shifted left by ${v}`,
  field_rshift_u64: (v) => `shifted right by ${v}`,
  type_id_local: (v) => `type ${v} of the object`,
  type_id_target: yes("", "no such type"),
  type_exists: yes("exists", "does not exist"),
  type_size: (v) => (v === 0n ? "no such type" : `size ${v}`),
  enumval_exists: yes("exists", "does not exist"),
  enumval_value: (v) => `value ${v}`,
  type_matches: yes("matches", "does not match"),
};

/** The sentence about one relocation; `built` is told where the object's own BTF says another number. */
export function coreWords(btf: BtfSpec, core: CoreRelo, result: CoreResult): string {
  const subject = coreSubject(btf, core);
  if (result.kind === "invalid") return `${subject}: ${result.reason}`;
  if (result.kind === "missing") return `${subject}: not here`;
  const { value, localValue } = result;
  if (core.kind === "type_id_local") return `${subject}: ${words.type_id_local(value)}`;
  const here = core.kind === "type_id_target" && value !== 0n ? `type ${value}` : words[core.kind](value);
  const isNumber = core.kind === "field_byte_offset" || core.kind === "field_byte_size" || core.kind === "type_size";
  const built = value !== localValue && (isNumber || core.kind === "enumval_value") ? `, ${localValue} when built` : "";
  return `${subject}: ${here} here${built}`;
}
