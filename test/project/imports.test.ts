/** Holds every import under src/ to the table of rooms in docs/architecture.md. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

/** What each room may import besides itself, `support` and `diag`. */
const table: Readonly<Record<string, readonly string[]>> = {
  support: [],
  diag: ["support"],
  isa: [],
  btf: [],
  kernel: ["isa", "btf"],
  kfuncs: ["kernel", "btf"],
  "asm/syntax": [],
  "asm/sema": ["asm/syntax", "btf", "kernel", "kfuncs"],
  "asm/ir": ["isa", "btf"],
  "asm/lower": ["asm/syntax", "asm/sema", "asm/ir", "asm/text", "isa", "btf", "kernel"],
  "asm/codegen": ["asm/ir", "isa", "btf", "kernel"],
  "asm/text": ["isa"],
  elf: ["isa", "btf"],
  link: ["elf", "isa", "btf", "kernel", "kfuncs"],
  verifier: ["isa", "kernel", "kfuncs", "btf", "link", "elf"],
  driver: [
    "isa",
    "btf",
    "kernel",
    "kfuncs",
    "asm/syntax",
    "asm/sema",
    "asm/ir",
    "asm/lower",
    "asm/codegen",
    "asm/text",
    "elf",
    "link",
    "verifier",
  ],
  view: ["driver"],
  lsp: [
    "driver",
    "view",
    "isa",
    "btf",
    "kernel",
    "kfuncs",
    "asm/syntax",
    "asm/sema",
    "asm/codegen",
    "elf",
    "link",
    "verifier",
  ],
  cli: ["driver", "lsp", "view", "btf", "kernel", "kfuncs", "elf", "isa", "verifier"],
};

/** Rooms of which others may take the types of what they hand on, and nothing else. */
const typesOnly: Readonly<Record<string, readonly string[]>> = {
  verifier: ["link", "elf"],
  lsp: ["asm/codegen"],
  cli: ["verifier"],
};

const rooms = Object.keys(table).sort((a, b) => b.length - a.length);
const roomOf = (path: string): string => rooms.find((r) => path.startsWith(`${r}/`)) ?? "?";

interface Import {
  readonly file: string;
  readonly target: string;
  readonly type: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join("src", file), "utf8");
  const found = [...text.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^;]*?\sfrom\s+)?"([^"]+)"/gm)];
  const dynamic = [...text.matchAll(/import\("([^"]+)"\)/g)].map((m) => ({ file, target: m[1]!, type: false }));
  return [...found.map((m) => ({ file, target: m[2]!, type: m[1] !== undefined })), ...dynamic];
}

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
const imports = files.flatMap(importsOf);

test("every folder is a room of the table", () => {
  expect(files.filter((f) => roomOf(f) === "?")).toEqual([]);
});

test("imports follow the table", () => {
  const wrong = imports
    .filter((i) => i.target.startsWith("."))
    .filter((i) => {
      const from = roomOf(i.file);
      const to = roomOf(relative("src", join("src", dirname(i.file), i.target)));
      if (to === from || to === "support" || to === "diag") return to === "diag" && from === "support";
      if (i.target.endsWith("package.json")) return from !== "cli";
      if (typesOnly[from]?.includes(to)) return !i.type;
      return !table[from]!.includes(to);
    })
    .map((i) => `${i.file} imports ${i.target}`);
  expect(wrong).toEqual([]);
});

test("only the command knows Node", () => {
  const wrong = imports.filter((i) => i.target.startsWith("node:") && roomOf(i.file) !== "cli");
  expect(wrong.map((i) => `${i.file} imports ${i.target}`)).toEqual([]);
});

test("chevrotain stays in the room of syntax, yargs in the command", () => {
  const outside = (name: string, room: string) =>
    imports.filter((i) => i.target.startsWith(name) && roomOf(i.file) !== room).map((i) => i.file);
  expect([...outside("chevrotain", "asm/syntax"), ...outside("yargs", "cli")]).toEqual([]);
});
