/** Helpers that call a function of the program while they run. */

interface Call {
  /** Registers of the helper that hold the function and what is handed on to it, and the one in which it gets that. */
  readonly func: number;
  readonly given: number;
  readonly as: number;
}

/** By the helper's number. kernel/bpf/verifier.c:is_sync_callback_calling_function */
export const CALLING_HELPERS: ReadonlyMap<number, Call> = new Map([
  [164, { func: 2, given: 3, as: 4 }], // for_each_map_elem
  [180, { func: 3, given: 4, as: 3 }], // find_vma
  [181, { func: 2, given: 3, as: 2 }], // loop
  [209, { func: 2, given: 3, as: 2 }], // user_ringbuf_drain
]);
