// What a check's guest commands printed: plain lines and bpfrun's JSON lines, with the questions that checks ask of it.
import assert from "node:assert/strict";

const parseLine = (line) => {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a line that the console broke up
  }
};

const unsigned = (bytes) => bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

export class Output {
  constructor(status, text) {
    this.status = status;
    this.text = text;
    this.lines = text.split("\n").filter((line) => line !== "");
    this.json = this.lines.map(parseLine).filter((value) => value !== undefined);
  }

  /** Every step of bpfrun went well, and so did the script. */
  assertDone() {
    const failed = this.json.find((line) => line.step !== undefined && line.error !== 0);
    assert.equal(failed, undefined, `${failed?.step} ${failed?.object}: error ${failed?.error}\n${failed?.said}`);
    assert.equal(this.status, 0, `exit status ${this.status}\n${this.text}`);
  }

  /** No kernel refused the types of an object of ours, which libbpf does without where it can. */
  assertTypesTaken() {
    const refused = this.json.find((line) => line.btf === "refused" && !line.object.startsWith("clang"));
    assert.equal(refused, undefined, `the BTF of ${refused?.object} is refused\n${this.text}`);
  }

  /** The bytes of a global variable, as the last `globals` step saw it. */
  bytes(name) {
    const found = this.json.filter((line) => line.global === name).at(-1);
    assert.ok(found, `no global ${name} in\n${this.text}`);
    return Buffer.from(found.value, "hex");
  }

  /** A global integer as an unsigned number of its size. */
  global(name) {
    return unsigned(this.bytes(name));
  }

  signed(name) {
    const bytes = this.bytes(name);
    return BigInt.asIntN(bytes.length * 8, unsigned(bytes));
  }

  /** A global array of integers of `size` bytes, unsigned. */
  array(name, size) {
    const bytes = this.bytes(name);
    return Array.from({ length: bytes.length / size }, (_, i) => unsigned(bytes.subarray(i * size, (i + 1) * size)));
  }

  /** [key, value] of every entry of a map, as buffers. */
  map(name) {
    const rows = this.json.filter((line) => line.map === name);
    return rows.map((row) => [Buffer.from(row.key, "hex"), Buffer.from(row.value, "hex")]);
  }

  records(name) {
    return this.json.filter((line) => line.ring === name).map((line) => Buffer.from(line.record, "hex"));
  }

  verdict(program) {
    return this.json.find((line) => line.verdict !== undefined && line.program === program);
  }

  /** Global integers by name: `{ calls: 3, last_error: -21 }`; negative numbers are compared as signed. */
  assertGlobals(expected) {
    for (const [name, value] of Object.entries(expected)) {
      const got = BigInt(value) < 0n ? this.signed(name) : this.global(name);
      assert.equal(got, BigInt(value), `global ${name}\n${this.text}`);
    }
  }
}
