// Verifies the programs of one object in this process: read and linked once, then verified again and again until a
// million instructions are followed: verify-one OBJECT. One JSON object: each program's verdict and processed
// instructions; user time in ms of reading and linking, of that and the first verification, which compiles the verifier
// too, and of all verifications; how many instructions these followed; most memory of the process in MB.
import { engine, linked } from "../scripts/agreement/engine.mjs";
import { KERNEL } from "../scripts/corpus/sources.mjs";

const MILLION = 1_000_000;

const parts = await engine(KERNEL);
const start = process.cpuUsage();
const sinceStart = () => process.cpuUsage(start).user / 1000;

const linkedPrograms = linked(parts, process.argv[2]);
const read = sinceStart();
const round = () => linkedPrograms.map((program) => parts.verify(program, parts.kernel));
const sum = (verdicts) => verdicts.reduce((all, { processed }) => all + processed, 0);

const verdicts = round();
const first = sinceStart();
let followed = sum(verdicts);
while (followed < MILLION) followed += sum(round());
const ms = sinceStart() - read;
const programs = verdicts.map(({ program, verdict, processed }) => ({ program, verdict, processed }));
console.log(JSON.stringify({ programs, read, first, ms, followed, mb: process.resourceUsage().maxRSS / 1024 }));
