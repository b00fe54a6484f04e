import { describe, expect, test } from "vitest";

// a plain script without types, so that it runs as it is
const { compare, learnMasks, masked, observe, observedBytes } = await import(
  new URL("../../scripts/corpus/observe.mjs", import.meta.url).href
);

const lines = (count: string, stamp: string) => [
  { attached: "f", error: 0 },
  { ran: "f", input: "IPv4", error: 0, retval: 2, out: "aabb" },
  { counted: "f", runs: 7, section: "xdp" },
  { global: "count", section: ".bss", value: count },
  { global: "f.state", section: ".bss", value: "01" },
  { map: "m", key: "02", value: "bb" },
  { map: "m", key: "01", value: "aa" },
  { ring: "events", record: `0102030405060708${stamp}00000000000000${"aa".repeat(24)}` },
];

describe("what a program did", () => {
  test("is told by item; maps are sorted, static locals left out", () => {
    const seen = observe(lines("05", "00"));
    expect(Object.fromEntries(seen)).toEqual({
      "attached f": ["0"],
      "result of f on IPv4": ["0 2 aabb"],
      "runs of f": ["some"],
      "global count": ["05"],
      "map m": ["01 aa", "02 bb"],
      "ring events": [`01020304050607080000000000000000${"aa".repeat(24)}`],
    });
  });

  test("what two runs of one object differ in is masked, by bytes where that is enough", () => {
    const [first, second] = [observe(lines("05", "10")), observe(lines("06", "2f"))];
    const masks = learnMasks([first, second]);
    expect(masks).toEqual({ "global count": "some", "ring events": [[16, 32]] });
    expect(compare(first, second, masks)).toMatchObject({ compared: 6, differing: [] });
    const other = observe([...lines("00", "10").slice(0, -1), { ring: "events", record: `ff${"00".repeat(39)}` }]);
    const items = compare(other, first, masks).differing.map(({ item }: { item: string }) => item);
    expect(items).toEqual(["global count", "ring events"]);
  });

  test("masks", () => {
    expect(masked(["0102", "0304"], [[0, 2]])).toBe("..02\n..04");
    expect(masked(["0000"], "some")).toBe("none");
    expect(masked(["0010"], "some")).toBe("some");
    expect(masked(["0010"], "any")).toBe("");
    expect(masked(["02", "01", "02"], "set")).toBe(masked(["01", "02"], "set"));
  });

  test("a static variable that one compiler leaves out is no difference", () => {
    const ours = observe([{ global: "limit", static: true, value: "05" }]);
    expect(compare(ours, observe([])).differing).toEqual([]);
    const theirs = observe([{ global: "limit", static: true, value: "06" }]);
    expect(compare(ours, theirs).differing).toHaveLength(1);
  });

  test("what was there before the programs were attached is not theirs", () => {
    const before = [
      { global: "count", section: ".data", value: "0500" },
      { map: "m", key: "01", value: "aa00" },
      { did: "bind", value: "0" },
    ];
    const after = [
      { attached: "f", error: 0 },
      { counted: "f", runs: 7, section: "xdp" },
      { global: "count", section: ".data", value: "0500" },
      { map: "m", key: "01", value: "aa00" },
      { did: "bind", value: "0" },
      { ran: "f", input: "IPv4", error: 0, retval: 0, out: "aabb", changed: 0 },
    ];
    const nothing = [...before, { mark: "attach" }, ...after];
    expect(observedBytes(nothing)).toBe(0);
    expect([...observe(nothing).keys()]).toContain("act bind");
    const some = (line: object) => observedBytes([...nothing, line]);
    expect(some({ global: "count", section: ".data", value: "0501" })).toBe(1);
    expect(some({ map: "m", key: "02", value: "0a0b" })).toBe(1);
    expect(some({ map: "m", key: "01", value: "bb01" })).toBe(2);
    expect(some({ did: "bind", value: "-1" })).toBe(1);
    expect(some({ ran: "f", input: "IPv6", error: 0, retval: 2, out: "aabc", changed: 1 })).toBe(2);
    expect(some({ ring: "events", record: "00010203" })).toBe(2);
  });

  test("what is masked proves nothing", () => {
    const lines = [{ global: "a", value: "0000" }, { mark: "attach" }, { global: "a", value: "0102" }];
    expect(observedBytes(lines)).toBe(1);
    expect(observedBytes(lines, { "global a": "some" })).toBe(0);
    expect(observedBytes(lines, { "global a": [[0, 4]] })).toBe(0);
  });
});
