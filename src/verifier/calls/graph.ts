/**
 * Lists and trees of the program's objects: what goes in is lent out, what comes out is owned again, and the lock beside
 * the list or tree is held all the while. kernel/bpf/verifier.c:process_kf_arg_ptr_to_graph_node
 */
import type { Reg } from "../../isa/insn.ts";
import type { Cx } from "../cx.ts";
import { unknownScalar } from "../domain/scalar.ts";
import { copyState, reg as regOf, type State, setReg, topFrame } from "../domain/state.ts";
import { mayBeNull, pointer, type Struct, type Value } from "../domain/value.ts";
import { checkReadable } from "../holds.ts";
import { fieldOf, hasLock, isObject, isOwned, lendOut, lent, type ObjectPointer } from "../objects.ts";
import { type Outcome, refuse, refuseNull, unmodelled } from "../outcome.ts";
import { fieldAt, type SpecialField } from "../records.ts";
import { regName, valueWords } from "../words.ts";
import { enterCallback } from "./callback.ts";
import { clobber } from "./clobber.ts";
import { holdsLockOf, recordAt } from "./locks.ts";
import { acquired } from "./objects.ts";
import type { OwnKfunc } from "./own-kfunc.ts";
import { inTreeCallback } from "./sections.ts";

/** What may stand where a node is asked for. */
type NodeArg = "owned" | "owned or lent";
/** What is left in r0. */
type Result = "number" | "owned" | "lent";

interface Shape {
  readonly root: "bpf_list_head" | "bpf_rb_root";
  /** Nodes, from r2 on. */
  readonly nodes: readonly NodeArg[];
  readonly result: Result;
  /** The first node goes into the list or tree. */
  readonly adds?: boolean;
  /** r3 is the function that orders the tree. */
  readonly orders?: boolean;
}

const list = (nodes: readonly NodeArg[], result: Result, adds = false): Shape => ({
  root: "bpf_list_head",
  nodes,
  result,
  adds,
});
const tree = (nodes: readonly NodeArg[], result: Result): Shape => ({ root: "bpf_rb_root", nodes, result });

const SHAPES: Readonly<Record<string, Shape>> = {
  bpf_list_push_front: list(["owned"], "number", true),
  bpf_list_push_back: list(["owned"], "number", true),
  bpf_list_add: list(["owned", "owned or lent"], "number", true),
  bpf_list_pop_front: list([], "owned"),
  bpf_list_pop_back: list([], "owned"),
  bpf_list_del: list(["owned or lent"], "owned"),
  bpf_list_front: list([], "lent"),
  bpf_list_back: list([], "lent"),
  bpf_list_empty: list([], "number"),
  bpf_list_is_first: list(["owned or lent"], "number"),
  bpf_list_is_last: list(["owned or lent"], "number"),
  bpf_rbtree_add: { ...tree(["owned"], "number"), adds: true, orders: true },
  bpf_rbtree_remove: tree(["owned or lent"], "owned"),
  bpf_rbtree_first: tree([], "lent"),
  bpf_rbtree_root: tree([], "lent"),
  bpf_rbtree_left: tree(["owned or lent"], "lent"),
  bpf_rbtree_right: tree(["owned or lent"], "lent"),
};

const ROOT: Reg = 1;
const nodeReg = (nth: number): Reg => (2 + nth) as Reg;

const kfuncOf = (shape: Shape): OwnKfunc => ({
  check(cx, state, { name }) {
    const call: Call = { name, shape };
    const root = checkRoot(cx, state, call);
    if (root) return root;
    for (let nth = 0; nth < shape.nodes.length; nth++) {
      const refused = checkNode(cx, state, call, nth);
      if (refused) return refused;
    }
    return shape.orders ? checkOrder(cx, state, call) : undefined;
  },
  run: (cx, state) => runGraph(cx, state, shape),
});

export const GRAPH_KFUNCS: Readonly<Record<string, OwnKfunc>> = Object.fromEntries(
  Object.entries(SHAPES).map(([name, shape]) => [name, kfuncOf(shape)]),
);

interface Call {
  readonly name: string;
  readonly shape: Shape;
}

const wrong = (cx: Cx, call: Call, r: Reg, v: Value, want: string, help?: string): Outcome =>
  refuse("E0559", [regName(r), call.name, want, valueWords(cx, v)], { about: [v], ...(help && { help }) });

/** The register holds something that is not null. */
function present(cx: Cx, state: State, call: Call, r: Reg): Outcome {
  const unread = checkReadable(cx, state, r);
  if (unread) return unread;
  const value = regOf(state, r);
  return mayBeNull(value) ? refuseNull(regName(r), call.name, value) : undefined;
}

function rootField(cx: Cx, state: State, shape: Shape): SpecialField | undefined {
  const p = regOf(state, ROOT);
  const record = p.kind === "ptr" && !p.varying && !p.nullable ? recordAt(cx, p) : undefined;
  return record && p.kind === "ptr" ? fieldAt(record, p.off, shape.root) : undefined;
}

function checkRoot(cx: Cx, state: State, call: Call): Outcome {
  const missing = present(cx, state, call, ROOT);
  if (missing) return missing;
  const p = regOf(state, ROOT);
  const want = `a pointer to a ${call.shape.root} in a map value or an owned object`;
  const record = p.kind === "ptr" ? recordAt(cx, p) : undefined;
  if (p.kind !== "ptr" || !record) return wrong(cx, call, ROOT, p, want);
  if (record.broken) return unmodelled(record.broken);
  if (!rootField(cx, state, call.shape)?.holds) return wrong(cx, call, ROOT, p, want);
  if (holdsLockOf(state, p)) return undefined;
  return refuse("E0598", [call.name, call.shape.root], {
    about: [p],
    help: "take the lock that lies beside it, in the same value or object, with bpf_spin_lock",
  });
}

function checkNode(cx: Cx, state: State, call: Call, nth: number): Outcome {
  const r = nodeReg(nth);
  const missing = present(cx, state, call, r);
  if (missing) return missing;
  const p = regOf(state, r);
  const lendable = call.shape.nodes[nth] === "owned or lent";
  const kind = call.shape.root === "bpf_list_head" ? "bpf_list_node" : "bpf_rb_node";
  const want = `the ${kind} of an object that is owned${lendable ? ", or lent while the lock is held" : ""}`;
  if (!isObject(p) || p.nullable || !(isOwned(p) || (lendable && isLent(p)))) {
    const help = isObject(p) ? "what was added to a list or tree is only lent until the unlock" : undefined;
    return wrong(cx, call, r, p, want, help);
  }
  if (lendable && call.shape.root === "bpf_rb_root" && inTreeCallback(state))
    return refuse("E0558", [call.name, "this function orders a tree"]);
  if (p.varying || !fieldOf(cx, p, kind)) return wrong(cx, call, r, p, want);
  const holds = rootField(cx, state, call.shape)?.holds;
  if (holds && p.to.type === holds.type && p.off === holds.off) return undefined;
  const named = holds ? cx.prep.program.btf?.type(holds.type) : undefined;
  const type = named && "name" in named ? `struct ${named.name}` : "the type that is held";
  return wrong(cx, call, r, p, `the ${kind} at ${holds?.off ?? 0} of ${type}`);
}

const isLent = (p: ObjectPointer): boolean => p.to.alloc === "lent" && p.to.trust !== "untrusted";

/** The function in r3, which is called with two nodes of the tree. */
function orderOf(state: State): number | undefined {
  const value = regOf(state, 3);
  return value.kind === "ptr" && value.to.kind === "func" && !value.nullable ? value.to.func : undefined;
}

function checkOrder(cx: Cx, state: State, call: Call): Outcome {
  const unread = checkReadable(cx, state, 3);
  if (unread) return unread;
  if (orderOf(state) === undefined) return wrong(cx, call, 3, regOf(state, 3), "a function");
  const depth = state.frames.length + 1;
  return depth > cx.facts.maxFrames ? refuse("E0564", [depth, cx.facts.maxFrames]) : undefined;
}

function runGraph(cx: Cx, state: State, shape: Shape): State | undefined {
  const field = rootField(cx, state, shape);
  const inside = shape.orders ? ordering(cx, state, field) : undefined;
  const added = shape.adds ? regOf(state, nodeReg(0)) : undefined;
  if (added?.kind === "ptr") lendOut(cx, state, added.ref);
  clobber(state);
  giveResult(cx, state, shape, field);
  return inside;
}

function giveResult(cx: Cx, state: State, shape: Shape, field: SpecialField | undefined): void {
  const node = field?.holds && nodeOf(cx, field.holds.type);
  if (shape.result === "number" || !node || !field?.holds) {
    setReg(state, 0, unknownScalar(state.at));
    return;
  }
  const { off } = field.holds;
  if (shape.result === "owned") {
    acquired(cx, state, node, { nullable: true, off });
    return;
  }
  const keepsId = hasLock(cx, node.type);
  setReg(state, 0, pointer(lent(cx, node), state.at, { off, nullable: true, id: cx.newId(), keepsId }));
}

function nodeOf(cx: Cx, type: Struct["type"]): Struct | undefined {
  const { btf } = cx.prep.program;
  return btf && { kind: "btf", btf, type, trust: "trusted", alloc: "owned" };
}

/** The state at the start of the function that orders the tree: two nodes that the tree lends. kernel/bpf/verifier.c:set_rbtree_add_callback_state */
function ordering(cx: Cx, state: State, field: SpecialField | undefined): State | undefined {
  const func = orderOf(state);
  const node = field?.holds && nodeOf(cx, field.holds.type);
  topFrame(state).callbacks = 0;
  if (func === undefined || !node || !field?.holds) return undefined;
  const inside = copyState(state);
  topFrame(inside).callbacks++;
  const arg = pointer(lent(cx, node), state.at, { off: field.holds.off });
  enterCallback(cx, inside, func, "bpf_rbtree_add", [arg, arg]);
  return inside;
}

/** Whether the call at that place runs a function of the program, and so comes back to itself. */
export function callsOrder(cx: Cx, at: number): boolean {
  const insn = cx.prep.insns[at]!.insn;
  if (insn.kind !== "call" || insn.callee.kind !== "kfunc_id") return false;
  const name = cx.facts.kfunc(insn.callee.btfId, insn.callee.off)?.name;
  return name !== undefined && ordersTree(name);
}

/** Whether the kfunc asks a function of the program which of two nodes comes first. */
export const ordersTree = (name: string): boolean => /^bpf_rbtree_add(_impl)?$/.test(name);
