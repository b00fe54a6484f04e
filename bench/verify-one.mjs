// Verifies the programs of one object in this process: verify-one OBJECT. One JSON object: each program's verdict and
// processed instructions, user time of the verifier in ms, most memory of the process in MB.
import { readFileSync } from "node:fs";
import { verify } from "../dist/index.js";
import { embeddedKernel } from "../dist/node.js";

const object = readFileSync(process.argv[2]);
const kernel = embeddedKernel();
const before = process.cpuUsage();
const { verdicts } = verify(object, { kernel });
const { user } = process.cpuUsage(before);
const programs = verdicts.map(({ program, verdict, processed }) => ({ program, verdict, processed }));
console.log(JSON.stringify({ programs, ms: user / 1000, mb: process.resourceUsage().maxRSS / 1024 }));
