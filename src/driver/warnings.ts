/** The sink of a compilation: it knows the `-W` options, and which files are the system's. */
import { DiagSink } from "../diag/diagnostic.ts";
import type { SourceMap } from "../diag/source.ts";
import { WarningLevels } from "../diag/warning-levels.ts";
import type { FileId } from "../support/span.ts";
import type { CompileOptions } from "./options.ts";

/** A sink for the files of one compilation; unknown `-W` options are told at once. */
export function sinkFor(files: SourceMap, options: CompileOptions): DiagSink {
  const levels = new WarningLevels(options.warnings?.flags, options.warnings?.none);
  const sink = new DiagSink(levels);
  const known = new Map<FileId, boolean>();
  sink.isSystem = (id) => {
    let system = known.get(id);
    if (system === undefined) {
      const { builtin, name } = files.file(id);
      system = builtin || options.includes?.isSystem?.(name) === true;
      known.set(id, system);
    }
    return system;
  };
  for (const flag of levels.unknown) sink.warn("unknown-warning-option", undefined, flag);
  return sink;
}
