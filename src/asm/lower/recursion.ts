/** Functions that call themselves, directly or through others: the kernel refuses such programs. */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Span } from "../../support/span.ts";
import type { IrFunction, IrProgram } from "../ir/model.ts";

interface Edge {
  readonly to: string;
  readonly span: Span | undefined;
}

const callsOf = (fn: IrFunction): Edge[] =>
  fn.blocks.flatMap((block) =>
    block.insts.flatMap((inst) =>
      inst.op === "call" && inst.callee.kind === "function" ? [{ to: inst.callee.name, span: inst.span }] : [],
    ),
  );

/** Reports each call that closes a cycle (verifier.c: "recursive call from"). */
export function refuseRecursion(program: IrProgram, sink: DiagSink): void {
  const calls = new Map(program.functions.map((fn) => [fn.name, callsOf(fn)]));
  const state = new Map<string, "open" | "done">();
  for (const fn of program.functions) {
    if (state.has(fn.name)) continue;
    const path = [{ name: fn.name, next: 0 }];
    state.set(fn.name, "open");
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const edge = calls.get(top.name)?.[top.next++];
      if (!edge) {
        state.set(top.name, "done");
        path.pop();
      } else if (state.get(edge.to) === "open") {
        const cycle = path.slice(path.findIndex((step) => step.name === edge.to)).map((step) => step.name);
        sink
          .error("E0404", edge.span, edge.to, [...cycle, edge.to].join(" -> "))
          .help("turn the recursion into a bounded loop");
      } else if (!state.has(edge.to)) {
        state.set(edge.to, "open");
        path.push({ name: edge.to, next: 0 });
      }
    }
  }
}
