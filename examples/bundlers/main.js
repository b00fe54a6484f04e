// What a loader in JavaScript gets: bytes to hand to the kernel, and the names of the programs in them.
import object, { programs } from "../cookie/cookie.bpf";

console.log(`${programs.join(", ")}: ${object.length} bytes`);
