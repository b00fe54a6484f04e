/** Variables read before they have a value: always, on some way there, or perhaps (clang's UninitializedValues.cpp). */
import type { Span } from "../../../support/span.ts";
import type { TFunction, TLocal, TStmt } from "../tree.ts";
import { isScalar } from "../type-ops.ts";
import type { Warner } from "./facts.ts";
import { type Block, Paths } from "./paths.ts";

/** What may hold of a variable at a place: a set of the two bits; empty where it is never reached. */
const SET = 1;
const UNSET = 2;
const MAYBE = SET | UNSET;

const names = ["uninitialized", "sometimes-uninitialized", "conditional-uninitialized"] as const;

export function uninitialized(w: Warner, fn: TFunction, body: TStmt): void {
  const { sink } = w.cx;
  const end = { ...fn.span, start: fn.span.end };
  if (names.every((n) => sink.levelAt(n, fn.span) === "ignored" && sink.levelAt(n, end) === "ignored")) return;
  const tracked = fn.locals.filter((l) => l.name !== "" && isScalar(l.type));
  if (tracked.length === 0) return;
  const { blocks, selfMade } = new Paths(body, new Set(tracked));
  const candidates = new Set(blocks.flatMap((b) => b.steps.flatMap((s) => (s.kind === "born" ? [s.local] : []))));
  for (const local of candidates) if (isEverUsed(blocks, local)) reportVariable(w, blocks, local, selfMade.has(local));
}

const isEverUsed = (blocks: readonly Block[], local: TLocal): boolean =>
  blocks.some((b) => b.steps.some((s) => s.kind === "use" && s.local === local));

interface Use {
  readonly block: Block;
  readonly span: Span;
  readonly value: number;
}

/** The state at each block's end, for one variable. */
function solve(blocks: readonly Block[], local: TLocal): Uint8Array {
  const atEnd = new Uint8Array(blocks.length);
  const reached = new Uint8Array(blocks.length);
  const queue: Block[] = [blocks[0]!];
  reached[0] = 1;
  while (queue.length > 0) {
    const block = queue.pop()!;
    const end = through(block, local, atStart(block, atEnd));
    if (end === atEnd[block.id] && reached[block.id] === 2) continue;
    atEnd[block.id] = end;
    reached[block.id] = 2;
    queue.push(...block.succs);
  }
  return atEnd;
}

/** Before its declaration a variable counts as having a value. */
const atStart = (block: Block, atEnd: Uint8Array): number =>
  block.id === 0 ? SET : block.preds.reduce((v, p) => v | atEnd[p.id]!, 0);

function through(block: Block, local: TLocal, start: number, onUse?: (span: Span, value: number) => void): number {
  let value = start;
  for (const step of block.steps) {
    if (step.local !== local) continue;
    if (step.kind === "use") onUse?.(step.span, value);
    else value = step.kind === "born" ? UNSET : SET;
  }
  return value;
}

function reportVariable(w: Warner, blocks: readonly Block[], local: TLocal, selfMade: boolean): void {
  const atEnd = solve(blocks, local);
  const uses: Use[] = [];
  for (const block of blocks)
    through(block, local, atStart(block, atEnd), (span, value) => {
      if (value & UNSET) uses.push({ block, span, value });
    });
  const always = uses.find((u) => u.value === UNSET);
  if (always) {
    w.warn("uninitialized", selfMade ? local.span : always.span, local.name)?.note("declared here", local.span);
    return;
  }
  let perhaps: Use | undefined;
  for (const use of uses) {
    const found = onBranches(blocks, atEnd, use);
    if (found.afterDecl) w.warn("sometimes-uninitialized", local.span, local.name)?.note("used here", use.span);
    else if (found.branches.length > 0)
      for (const at of found.branches) w.warn("sometimes-uninitialized", at, local.name)?.note("used here", use.span);
    else {
      perhaps ??= use;
      continue;
    }
    return;
  }
  if (perhaps) w.warn("conditional-uninitialized", perhaps.span, local.name)?.note("declared here", local.span);
}

/** The branches after which the use is sure to find no value. */
function onBranches(blocks: readonly Block[], atEnd: Uint8Array, use: Use) {
  const visited = new Uint32Array(blocks.length);
  visited[use.block.id] = use.block.succs.length;
  const queue = [use.block];
  let afterDecl = false;
  for (let b = queue.pop(); b; b = queue.pop()) {
    if (b.id === 0) afterDecl = true;
    for (const pred of b.preds) {
      const value = atEnd[pred.id]!;
      if (pred === b || value === SET || value === 0) continue;
      if (value === MAYBE && atEnd[b.id] === UNSET) {
        afterDecl = true;
        continue;
      }
      if (++visited[pred.id]! === pred.succs.length) queue.push(pred);
    }
  }
  const branches = blocks.flatMap((block) => {
    const seen = visited[block.id]!;
    if (atEnd[block.id] !== UNSET || seen === 0 || seen >= block.succs.length || !block.branch) return [];
    const { span, isSwitch } = block.branch;
    const sure = block.succs.filter((s) => isSure(s, visited, use));
    return isSwitch ? sure.flatMap((s) => (s.label ? [s.label] : [])) : sure.map(() => span);
  });
  return { afterDecl, branches };
}

const isSure = (block: Block, visited: Uint32Array, use: Use): boolean =>
  block === use.block || (block.succs.length > 0 && visited[block.id]! >= block.succs.length);
