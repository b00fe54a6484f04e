/** The command `bpfasm`: answers `--version` at once, else hands over; a crash of ours says so and exits with 70. */
import { version } from "./version.ts";

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${version}\n`);
} else {
  try {
    const { run } = await import("./run.ts");
    process.exitCode = await run(args);
  } catch (error) {
    const text = error instanceof Error ? (process.env.BPFASM_DEBUG ? error.stack : error.message) : String(error);
    process.stderr.write(
      `bpfasm: this is a bug of bpfasm ${version}, not of your program: ${text}\n` +
        "  please report it with the input that shows it; BPFASM_DEBUG=1 tells where it happened\n",
    );
    process.exitCode = 70;
  }
}
