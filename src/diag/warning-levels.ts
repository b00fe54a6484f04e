/** `-W` options in their order: whether each warning is passed over, shown, or an error. */
import type { WarningName } from "./catalogue.ts";
import { isClangWarning } from "./clang-warnings.ts";
import { allWarnings, isOnByDefault, warningsOf } from "./warning-names.ts";

export type WarningLevel = "ignored" | "warning" | "error";

/** What clang takes as an error unless it is told otherwise. */
const errorsByDefault: ReadonlySet<string> = new Set(["int-conversion"]);

export class WarningLevels {
  /** Options without a meaning, to be told of. */
  readonly unknown: string[] = [];
  readonly #levels = new Map<string, WarningLevel>();
  /** `-Wno-error=NAME`: warnings that `-Werror` leaves alone. */
  readonly #keptWarnings = new Set<string>();
  /** `-w`. */
  readonly none: boolean;
  #errors = false;

  /** `flags`: what stands behind each `-W`, in order; the later one wins. `none` is `-w`. */
  constructor(flags: readonly string[] = [], none = false) {
    this.none = none;
    for (const flag of flags) this.#read(flag);
  }

  /** The level of a warning where a pragma says `setting`, or nothing. */
  of(name: string, setting?: WarningLevel): WarningLevel {
    const level = setting ?? this.#levels.get(name) ?? defaultLevel(name);
    if (level !== "warning") return level;
    if (this.none) return "ignored";
    return this.#errors && !this.#keptWarnings.has(name) ? "error" : "warning";
  }

  #read(flag: string): void {
    const negative = flag.startsWith("no-");
    const words = negative ? flag.slice(3) : flag;
    if (words === "") this.#read(`${negative ? "no-" : ""}extra`);
    else if (words === "error") this.#errors = !negative;
    else if (words === "everything") this.#set(allWarnings(), negative ? "ignored" : "warning");
    else if (words.startsWith("error=")) this.#error(words.slice(6), negative, flag);
    else if (!/^(system-headers|[alp],.*|.*=.*)$/.test(words))
      this.#set(this.#named(words, flag), negative ? "ignored" : "warning");
  }

  #error(name: string, negative: boolean, flag: string): void {
    for (const one of this.#named(name, flag)) {
      if (!negative) this.#levels.set(one, "error");
      else if (this.of(one) === "error") this.#levels.set(one, "warning");
      if (negative) this.#keptWarnings.add(one);
      else this.#keptWarnings.delete(one);
    }
  }

  #named(name: string, flag: string): readonly WarningName[] {
    const found = warningsOf(name);
    if (found.length === 0 && !isClangWarning(name)) this.unknown.push(`-W${flag}`);
    return found;
  }

  /** What is an error stays one when it is switched on. */
  #set(names: readonly WarningName[], level: WarningLevel): void {
    for (const name of names) {
      const stays = level === "warning" && (this.#levels.get(name) ?? defaultLevel(name)) === "error";
      if (!stays) this.#levels.set(name, level);
    }
  }
}

const defaultLevel = (name: string): WarningLevel =>
  errorsByDefault.has(name) ? "error" : isOnByDefault(name) ? "warning" : "ignored";
