// Verifies the programs of one object in this process, again and again until a million instructions are followed:
// verify-one OBJECT. One JSON object: each program's verdict and processed instructions; user time in ms of the first
// round, which compiles the verifier too, and of all; how many instructions all were; most memory of the process in MB.
import { readFileSync } from "node:fs";
import { verify } from "../dist/index.js";
import { embeddedKernel } from "../dist/node.js";

const MILLION = 1_000_000;

const object = readFileSync(process.argv[2]);
const kernel = embeddedKernel();
const start = process.cpuUsage();
const sinceStart = () => process.cpuUsage(start).user / 1000;

const round = () => verify(object, { kernel }).verdicts;
const sum = (verdicts) => verdicts.reduce((all, { processed }) => all + processed, 0);

const verdicts = round();
const first = sinceStart();
let followed = sum(verdicts);
while (followed < MILLION) followed += sum(round());
const programs = verdicts.map(({ program, verdict, processed }) => ({ program, verdict, processed }));
console.log(JSON.stringify({ programs, first, ms: sinceStart(), followed, mb: process.resourceUsage().maxRSS / 1024 }));
