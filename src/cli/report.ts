/** Prints diagnostics on standard error, in the format that was asked for. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import { renderGcc } from "../diag/gcc.ts";
import { renderCount, renderHuman } from "../diag/human.ts";
import { renderJson } from "../diag/json.ts";
import type { SourceMap } from "../diag/source.ts";

export const messageFormats = ["human", "gcc", "json"] as const;
export type MessageFormat = (typeof messageFormats)[number];

const useColor = (): boolean => process.stderr.isTTY === true && !process.env.NO_COLOR;

/** All diagnostics of one input; people also get a count. */
export function report(all: readonly Diagnostic[], files: SourceMap, format: MessageFormat): void {
  if (all.length === 0) return;
  const color = useColor();
  const render = (d: Diagnostic): string => {
    if (format === "json") return renderJson(d, files);
    return format === "gcc" ? renderGcc(d, files) : renderHuman(d, files, { color });
  };
  const text = all.map(render).join("");
  process.stderr.write(format === "human" ? `${text}${renderCount(all)} generated\n` : text);
}
