/** `-W` options, applied to what the stages reported. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { WarningOptions } from "./options.ts";

/** Leaves out what is switched off and makes errors of what `-Werror` names. */
export function applyWarnings(all: readonly Diagnostic[], options: WarningOptions): readonly Diagnostic[] {
  return all.flatMap((d) => {
    if (d.severity !== "warning") return [d];
    const name = d.code.slice(2);
    if (options.none || options.off?.includes(name)) return [];
    const fatal = options.errors || options.errorNames?.includes(name);
    return [fatal ? { ...d, severity: "error" as const } : d];
  });
}
