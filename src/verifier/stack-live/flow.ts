/** From what instructions touch of a frame to what is read later: one step of the flow back. kernel/bpf/liveness.c:update_insn */
import { type Marks, WORDS } from "./marks.ts";

/** The marks of one frame, by instruction of the function. */
export interface FrameMarks {
  readonly reads: Marks;
  readonly writes: Marks;
  /** Read here or later, and not written before. */
  readonly live: Marks;
  /** Surely written here or later; of frames further out. */
  readonly done: Marks;
}

/** What is live before the instruction at `here`, which goes on at `next` or `to` (below 0: does not). Whether that changed. */
export function flowLive({ reads, writes, live }: FrameMarks, here: number, next: number, to: number): boolean {
  let changed = false;
  for (let w = 0; w < WORDS; w++) {
    const k = here + w;
    const after = (next < 0 ? 0 : live[next + w]!) | (to < 0 ? 0 : live[to + w]!);
    const now = ((after & ~writes[k]!) | reads[k]!) >>> 0;
    if (now === live[k]) continue;
    live[k] = now;
    changed = true;
  }
  return changed;
}

/** The same of what is surely written here or later. */
export function flowDone({ writes, done }: FrameMarks, here: number, next: number, to: number, ends: boolean): boolean {
  const lost = ends || (next < 0 && to < 0);
  let changed = false;
  for (let w = 0; w < WORDS; w++) {
    const k = here + w;
    const behind = lost ? 0 : (next < 0 ? -1 : done[next + w]!) & (to < 0 ? -1 : done[to + w]!);
    const now = (behind | writes[k]!) >>> 0;
    if (now === done[k]) continue;
    done[k] = now;
    changed = true;
  }
  return changed;
}
