/** Runs the built command in a folder of its own, as a shell would. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll } from "vitest";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Folder {
  readonly path: string;
  /** Writes a file, making the folders on the way. */
  put(name: string, contents: string | Uint8Array): string;
  read(name: string): Buffer;
  run(...args: readonly string[]): Ran;
  /** The same in another environment. */
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Ran;
}

const command = resolve("dist/bpfasm.js");
const made: string[] = [];
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

/** A fresh temporary folder, removed when the file's tests are done. */
export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "bpfasm-cli-"));
  made.push(path);
  const runWith = (env: Readonly<Record<string, string>>, ...args: readonly string[]): Ran => {
    const { BPFASM_BTF: _, ...inherited } = process.env;
    const ran = spawnSync(process.execPath, [command, ...args], {
      cwd: path,
      encoding: "utf8",
      env: { ...inherited, ...env },
      maxBuffer: 256 * 1024 * 1024,
    });
    return { code: ran.status, out: ran.stdout, err: ran.stderr };
  };
  return {
    path,
    put(name, contents) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), contents);
      return name;
    },
    read: (name) => readFileSync(join(path, name)),
    run: (...args) => runWith({}, ...args),
    runWith,
  };
}

/** Compiles without a word. */
export const good = `char LICENSE[] SEC("license") = "GPL";

SEC("fsession/icmp_rcv")
int BPF_PROG(probe, struct sk_buff *skb)
{
    u64 *cookie = bpf_session_cookie(ctx);

    if (!bpf_session_is_return(ctx))
        *cookie = bpf_ktime_get_ns();
    return 0;
}
`;

/** Has one error, E0206. */
export const bad = good.replace("return 0;", "return skb->lenght;");

/** Compiles with -Wlicense. */
export const unlicensed = good.replace(/^char.*\n/, "");

/** The codes in brackets at the ends of messages. */
export const codesIn = (text: string): string[] => [...text.matchAll(/\[(E\d{4}|-W[\w-]+)\]$/gm)].map((m) => m[1]!);
