/** What make must know of a build: the object, and every file that went into it (clang's `-MD` and its kin). */

export interface RuleOptions {
  /** Written in place of the object's name, as they stand. */
  readonly targets: readonly string[];
  readonly object: string;
  /** An empty rule for each header, so that make gets over one that was deleted. */
  readonly phony: boolean;
  /** Headers of the machine count as well. */
  readonly machine: true | undefined;
}

/** A name as make reads it: blanks, `#` and `$` are not themselves there. */
export const quotedForMake = (name: string): string => name.replace(/([ #])/g, "\\$1").replaceAll("$", "$$$$");

/** Headers in the machine's folders, which nobody edits by hand. */
export const isMachines = (path: string): boolean => path.startsWith("/usr/");

/** The rule's text. `files` are the names of what was read, the source first; those of no file stand in `<>`. */
export function makeRule(files: readonly string[], { targets, object, phony, machine }: RuleOptions): string {
  const read = [...new Set(files)].filter((name) => !name.startsWith("<") && (machine || !isMachines(name)));
  const names = read.map(quotedForMake);
  const left = targets.length > 0 ? targets.join(" ") : quotedForMake(object);
  const rules = phony ? names.slice(1).map((name) => `${name}:\n`) : [];
  return `${left}: ${names.join(" \\\n  ")}\n${rules.join("")}`;
}
