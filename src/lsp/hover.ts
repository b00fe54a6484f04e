/** What an editor shows of the place under the pointer: meaning and layout of a name, instructions and states of its line. */
import type { Hover, Position } from "vscode-languageserver";
import { ambientMacro } from "../asm/sema/ambient/index.ts";
import { printPrototype } from "../btf/print.ts";
import { attachTarget } from "../kernel/attach-target.ts";
import { parseSection } from "../kernel/sections.ts";
import { type Analysis, MAIN } from "./analysis.ts";
import { type Description, describe } from "./describe.ts";
import { insnsByLine } from "./instructions.ts";
import { macrosIn } from "./lexical.ts";
import { statesAfter } from "./states.ts";
import { wordAt } from "./text.ts";

/** `isBusy`: without what takes long to find out. */
export function hover(a: Analysis, position: Position, isBusy = false): Hover | undefined {
  const offset = a.lines.offset(position);
  const section = sectionHover(a, offset);
  const word = wordAt(a.text, offset);
  const described = section ?? (word && wordDescription(a, word.text, offset));
  const parts = [...(described ? [markdown(described)] : []), ...lineParts(a, position.line, offset, isBusy)];
  if (parts.length === 0) return undefined;
  return {
    contents: { kind: "markdown", value: parts.join("\n\n---\n\n") },
    ...(word && described && !section && { range: a.lines.range(word.start, word.end) }),
  };
}

const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

function markdown({ code, facts }: Description): string {
  const [first, ...rest] = facts;
  const list = rest.map((fact) => `- ${fact}`).join("\n");
  return [fence("c", code), first ?? "", list].filter((part) => part !== "").join("\n\n");
}

function wordDescription(a: Analysis, word: string, offset: number): Description | undefined {
  const named = a.names.at(MAIN, offset);
  if (named?.name === word) return describe(word, named.meaning, a.kernel);
  const own = macrosIn(a.text, a.lexemes).find(({ name }) => name === word);
  const macro = own?.definition ?? ambientMacro(word, a.kernel.arch);
  return macro === undefined
    ? undefined
    : { code: `#define ${macro}`, facts: [own ? "macro" : "part of the language"] };
}

/** `SEC("...")`: what libbpf makes of the name, and what the target gives to a program. */
function sectionHover(a: Analysis, offset: number): Description | undefined {
  const line = a.lines.lineAt(offset);
  const from = a.lines.startOf(line);
  const match = /SEC\("([^"]*)"/.exec(a.lines.line(line));
  if (!match) return undefined;
  const start = from + match.index + 5;
  if (offset < start || offset > start + match[1]!.length) return undefined;
  return sectionDescription(a, match[1]!);
}

function sectionDescription({ kernel }: Analysis, name: string): Description | undefined {
  const info = parseSection(name);
  if (!info) return undefined;
  const facts = [
    `program type ${info.progType}${info.attachType ? `, attach type ${info.attachType}` : ""}`,
    ...(info.sleepable ? ["sleepable"] : []),
    ...(info.optional ? ["not loaded unless asked for"] : []),
  ];
  const answer = attachTarget(kernel, info);
  if (answer.kind === "problem") return { code: name, facts: [...facts, answer.problem.code] };
  if (answer.kind !== "target") return { code: name, facts };
  const { target } = answer;
  const type = target.btf.type(target.id);
  const code = type.kind === "func" ? printPrototype(target.btf, target.id) : `${target.kind} ${target.name}`;
  const args = target.params.map((p) => `\`${p.name}\``).join(", ");
  return { code: `${code};`, facts: [...facts, ...(args === "" ? [] : [`arguments: ${args}`]), `in ${kernel.name}`] };
}

/** Instructions of the line, and what the verifier knows behind it. */
function lineParts(a: Analysis, line: number, offset: number, isBusy: boolean): string[] {
  const insns = insnsByLine(a).get(line);
  if (!insns || offset < a.lines.startOf(line) + /^\s*/.exec(a.lines.line(line))![0].length) return [];
  const title = `${insns.slots} instruction${insns.slots === 1 ? "" : "s"}`;
  const parts = [`${title}\n\n${fence("bpf", insns.texts.join("\n"))}`];
  const object = isBusy ? undefined : a.object();
  if (!object) return parts;
  const file = a.made.files.file(MAIN).name;
  const states = statesAfter(object, a.kernel, file.slice(file.lastIndexOf("/") + 1), line + 1);
  for (const { program, registers } of states)
    if (registers.length > 0)
      parts.push(`registers after it, in \`${program}\`\n\n${fence("bpf", registers.join("\n"))}`);
  return parts;
}
