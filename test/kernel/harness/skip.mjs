// A check that cannot run here says so; on a build machine (CI) that counts as a failure.

class Skip extends Error {}

/** Ends the check that calls it: what it needs is not here. */
export function skip(reason) {
  throw new Skip(reason);
}

/** Why a check was skipped, or undefined for any other error. */
export const skipReason = (error) => (error instanceof Skip ? error.message : undefined);
