/** What the user's macros were at earlier places of the file, for declarations that are parsed later than they stand. */
import type { Macro } from "./macro.ts";

type State = Macro | null | undefined;

export class MacroHistory {
  readonly #changes = new Map<
    string,
    { readonly before: State; readonly versions: number[]; readonly states: State[] }
  >();
  /** The number of changes recorded. */
  version = 0;

  /** Notes that the macro called `name` changes from `before` to `after`. */
  record(name: string, before: State, after: State): void {
    let change = this.#changes.get(name);
    if (!change) {
      change = { before, versions: [], states: [] };
      this.#changes.set(name, change);
    }
    change.versions.push(++this.version);
    change.states.push(after);
  }

  /** The macro as it was when there had been `version` changes; undefined for names that were never changed. */
  at(name: string, version: number): State {
    const change = this.#changes.get(name);
    if (!change) return undefined;
    let low = 0;
    let high = change.versions.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (change.versions[mid]! <= version) low = mid + 1;
      else high = mid;
    }
    return low === 0 ? change.before : change.states[low - 1];
  }
}
