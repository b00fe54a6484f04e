/** What `ld_imm64` may load, and the value that it leaves. kernel/bpf/verifier.c:check_ld_imm */

import type { BtfSpec, TypeId } from "../btf/type.ts";
import type { Imm64 } from "../isa/insn.ts";
import type { LinkedMap } from "../link/model.ts";
import { ASYNC_FIELDS } from "./calls/async.ts";
import type { Cx } from "./cx.ts";
import { constant, unknownScalar } from "./domain/scalar.ts";
import { type State, topFrame } from "./domain/state.ts";
import { pointer, type Value } from "./domain/value.ts";
import { openInMap, specialFields, valuesHaveLocks } from "./map-fields.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { calledFunc } from "./prepare.ts";
import { sizeOf, strip } from "./struct-walk.ts";

const ARENA = 33;
/** BPF_MAP_TYPE_INSN_ARRAY: its addresses follow rules of their own. */
const OWN_RULES: ReadonlySet<number> = new Set([34]);

export function checkAddress(cx: Cx, state: State, value: Imm64): Outcome {
  const found = addressOf(cx, state, value);
  return found.kind === "refused" || found.kind === "unmodelled" ? found : undefined;
}

/** The value of a checked `ld_imm64`. */
export function addressValue(cx: Cx, state: State, value: Imm64): Value {
  const found = addressOf(cx, state, value);
  return found.kind === "refused" || found.kind === "unmodelled" ? constant(0n, state.at) : found;
}

function addressOf(cx: Cx, state: State, value: Imm64): Value | NonNullable<Outcome> {
  const { at } = state;
  switch (value.kind) {
    case "int":
      return constant(value.value, at);
    case "map_fd":
    case "map_idx":
      return mapPointer(cx, cx.prep.program.maps[value.kind === "map_fd" ? value.fd : value.idx], at);
    case "map_value":
    case "map_idx_value":
      return dataPointer(cx, cx.prep.program.maps[value.kind === "map_value" ? value.fd : value.idx], value.off, at);
    case "btf_id":
      return value.fd === 0
        ? kernelSymbol(cx.facts.kernelBtf, value.btfId as TypeId, at)
        : unmodelled("symbols of kernel modules");
    case "func_off":
      return funcAddress(cx, state);
    default:
      return unmodelled(`a reference to '${value.name}' that is not linked`);
  }
}

/** Numbers of maps that no relocation made mean nothing to the kernel. */
const NO_MAP = refuse("E0574", ["it refers to a map by a number that stands in the object"]);

function mapPointer(cx: Cx, map: LinkedMap | undefined, at: number): Value | NonNullable<Outcome> {
  if (!map) return NO_MAP;
  return mapTrouble(cx, map) ?? pointer({ kind: "map", map }, at);
}

/** kernel/bpf/verifier.c:check_map_prog_compatibility */
function mapTrouble(cx: Cx, map: LinkedMap): Outcome {
  if (OWN_RULES.has(map.type))
    return unmodelled(`map '${map.name}' of type ${cx.facts.mapKind(map.type)?.name ?? map.type}`);
  const kind = cx.facts.mapKind(map.type);
  if (!kind) return unmodelled(`map type ${map.type}`);
  if (cx.facts.sleepable && !kind.sleepable) {
    return refuse("E0574", [`sleepable programs cannot use map '${map.name}' of type ${kind.name}`]);
  }
  if (valuesHaveLocks(cx, map) && cx.facts.barsLocks)
    return refuse("E0574", [`${cx.facts.programKind} programs cannot use map '${map.name}', which holds a lock`]);
  const timers = specialFields(cx, map).some(({ name }) => ASYNC_FIELDS.has(name));
  if (timers && cx.facts.barsLocks && !cx.facts.timersAnywhere)
    return unmodelled(`${cx.facts.programKind} programs with timers`);
  return openInMap(cx, map);
}

function dataPointer(cx: Cx, map: LinkedMap | undefined, off: number, at: number): Value | NonNullable<Outcome> {
  if (!map) return NO_MAP;
  const trouble = mapTrouble(cx, map);
  if (trouble) return trouble;
  if (map.type === ARENA) return unknownScalar(at);
  if (map.type !== 2 || map.maxEntries !== 1) return unmodelled(`the address of a value of map '${map.name}'`);
  if (off < 0 || off >= map.valueSize) return refuse("E0523", [map.name, BigInt(off), BigInt(off), map.valueSize]);
  return pointer({ kind: "map_value", map }, at, { off });
}

/** Variables of the kernel are pointers into it; functions an address that may only be compared. */
function kernelSymbol(btf: BtfSpec, id: TypeId, at: number): Value | NonNullable<Outcome> {
  if (id <= 0 || id >= btf.typeCount) return unmodelled(`the kernel symbol with BTF id ${id}`);
  const type = btf.type(id);
  if (type.kind === "func") return pointer({ kind: "mem", size: 0, readOnly: true, ringbuf: false }, at);
  if (type.kind !== "var") return unmodelled(`the kernel symbol with BTF id ${id}`);
  const target = strip(btf, type.type);
  if (isPerCpu(btf, id)) {
    return pointer({ kind: "btf", btf, type: target.id, trust: "plain", space: "percpu" }, at);
  }
  if (target.type.kind === "struct" || target.type.kind === "union") {
    return pointer({ kind: "btf", btf, type: target.id, trust: "plain" }, at);
  }
  const size = sizeOf(btf, type.type);
  if (size === undefined) return unmodelled(`the kernel variable '${type.name}'`);
  return pointer({ kind: "mem", size, readOnly: true, ringbuf: false }, at);
}

function isPerCpu(btf: BtfSpec, id: TypeId): boolean {
  const section = btf.byName(".data..percpu", "datasec")[0];
  const type = section === undefined ? undefined : btf.type(section);
  return type?.kind === "datasec" && type.vars.some((v) => v.type === id);
}

function funcAddress(cx: Cx, state: State): Value | NonNullable<Outcome> {
  const func = calledFunc(cx.prep, state.at);
  const linked = cx.prep.funcs[func];
  const { why, func: running } = topFrame(state);
  if (!linked || func === 0 || (running === func && why.kind !== "async")) {
    return refuse("E0573", ["the program itself cannot be one"]);
  }
  if (linked.linkage !== "static")
    return refuse("E0573", [`'${linked.name}' is global, and a callback must be static`]);
  return pointer({ kind: "func", func }, state.at);
}
