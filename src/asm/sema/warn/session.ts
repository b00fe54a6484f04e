/** Lints of session programs: what entry and exit do that does not go together. Told for whole files, once checked. */
import { attachTarget } from "../../../kernel/attach-target.ts";
import { parseSection } from "../../../kernel/sections.ts";
import type { Sema } from "../context.ts";
import type { TFunction } from "../tree.ts";
import { ENTRY, EXIT } from "./session-values.ts";
import { type Event, isEntry, SessionWalk } from "./session-walk.ts";

export function warnOfSessions(cx: Sema, functions: readonly TFunction[]): void {
  if (cx.sink.isQuiet || cx.sink.hasErrors) return;
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const programs = functions.filter((fn) => isSession(fn.section));
  for (const fn of programs) lint(cx, fn, new SessionWalk(fn, byName, returnSlot(cx, fn)));
  if (programs.length > 0) tooMany(cx, functions);
}

const isSession = (section: string | undefined): boolean =>
  section !== undefined && /^\??(fsession(\.multi)?|[ku]probe\.session)(\.s)?(\/|$)/.test(section);

const isTraced = (section: string | undefined): boolean => /^\??fsession/.test(section ?? "");

/** Slot of the context with the return value, where the target is known and has one. */
function returnSlot({ kernel }: Sema, { section }: TFunction): number | undefined {
  const info = section === undefined ? undefined : parseSection(section);
  const answer = info?.needsBtfTarget ? attachTarget(kernel, info) : undefined;
  return answer?.kind === "target" ? answer.target.returnSlot : undefined;
}

function lint(cx: Sema, fn: TFunction, { events, jumps }: SessionWalk): void {
  const of = (kind: Event["kind"]) => events.filter((e) => e.kind === kind);
  for (const e of of("number"))
    cx.sink.warn("session-is-return-value", e.span).help("ask `if (bpf_session_is_return(ctx))`, or use `? :`");
  const asks = of("asked").length > 0;
  const early = of("result").find((e) => isEntry(e) || (!asks && (e.runs & ENTRY) !== 0));
  if (early)
    cx.sink
      .warn("session-return-at-entry", early.span, fn.name)
      .help("read it where bpf_session_is_return(ctx) is true");
  // The exit run of other sessions is made only where the entry run asked for it, and nobody clears their cookie.
  if (of("escape").length === 0 && isTraced(fn.section)) cookie(cx, fn, events, jumps);
}

/** What exit may believe of the cookie. */
function cookie(cx: Sema, fn: TFunction, events: readonly Event[], jumps: boolean): void {
  const atExit = (kind: Event["kind"]) => events.find((e) => e.kind === kind && (e.runs & EXIT) !== 0);
  const read = atExit("read");
  if (!read) return;
  const writes = events.filter((e) => e.kind === "write");
  if (!writes.some((e) => (e.runs & ENTRY) !== 0)) {
    cx.sink
      .warn("session-cookie-unwritten", read.span, fn.name)
      .help("write it where bpf_session_is_return(ctx) is false");
    return;
  }
  const use = atExit("use");
  if (!use || atExit("test") || jumps) return;
  const unmarked = events.find((e) => e.kind === "leave" && isEntry(e) && !e.written);
  const help = "write what is never 0 in the entry run, and let the exit run return where the cookie is 0";
  if (unmarked) cx.sink.warn("session-unmarked-return", unmarked.span, fn.name).note("used here", use.span).help(help);
  else cx.sink.warn("session-unchecked-entry", use.span, fn.name).help(help);
}

/** BPF_MAX_TRAMP_LINKS by architecture, of linux/bpf.h in 7.2: programs of entry and of exit that one function takes. */
const MAX_LINKS = { x86: 36, arm64: 37 } as const;

/** A session takes a place at entry and one at exit. kernel/bpf/trampoline.c:__bpf_trampoline_link_prog */
function tooMany(cx: Sema, functions: readonly TFunction[]): void {
  const most = MAX_LINKS[cx.kernel.arch];
  const places = new Map<string, number>();
  for (const fn of functions) {
    const [, kind, target] = /^(fsession|fentry|fexit|fmod_ret)(?:\.s)?\/(.+)$/.exec(fn.section ?? "") ?? [];
    if (kind === undefined || target === undefined) continue;
    const before = places.get(target) ?? 0;
    const now = before + (kind === "fsession" ? 2 : 1);
    places.set(target, now);
    if (before <= most && now > most)
      cx.sink
        .warn("session-too-many", fn.nameSpan, target, most)
        .help("do in one session what several do, or attach only some of them");
  }
}
