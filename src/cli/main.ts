/** The command `bpfasm`: answers `--version` at once, else hands over; a crash of ours says so and exits with 70. */
import { version } from "./version.ts";

const args = process.argv.slice(2);
const uses = new Set(["build", "check", "fix", "verify", "inspect", "disasm", "kfuncs", "explain", "lsp"]);

/** What a shell says of a program that a closed pipe has ended: 128 and the number of SIGPIPE. */
const PIPE_CLOSED = 141;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(PIPE_CLOSED);
  process.stderr.write(`bpfasm: cannot write standard output: ${error.message}\n`);
  process.exit(1);
});

if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${version}\n`);
} else {
  try {
    const { loadCommand } = await import("./code-cache.ts");
    const use = args[0] !== undefined && uses.has(args[0]) ? args[0] : "help";
    const { run, keep } = loadCommand(use);
    process.exitCode = await run(args);
    if (process.exitCode === 0) keep();
  } catch (error) {
    const text = error instanceof Error ? (process.env.BPFASM_DEBUG ? error.stack : error.message) : String(error);
    process.stderr.write(
      `bpfasm: this is a bug of bpfasm ${version}, not of your program: ${text}\n` +
        "  please report it with the input that shows it; BPFASM_DEBUG=1 tells where it happened\n",
    );
    process.exitCode = 70;
  }
}
