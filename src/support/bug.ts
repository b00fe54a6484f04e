/** A broken invariant of bpfasm itself; the command shows it as our bug and exits with 70. */
export class InternalError extends Error {
  override readonly name = "InternalError";
}

/** Throws `InternalError`: for states that no input can produce. */
export function bug(text: string): never {
  throw new InternalError(text);
}

/** Ends a `switch` over a closed union, so that a new member fails to compile here. */
export function assertNever(value: never): never {
  throw new InternalError(`unexpected ${JSON.stringify(value)}`);
}
