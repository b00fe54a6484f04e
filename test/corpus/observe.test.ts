import { describe, expect, test } from "vitest";

// a plain script without types, so that it runs as it is
const { compare, learnMasks, masked, observe } = await import(
  new URL("../../scripts/corpus/observe.mjs", import.meta.url).href
);

const lines = (count: string, stamp: string) => [
  { attached: "f", error: 0 },
  { ran: "f", input: "IPv4", error: 0, retval: 2, out: "aabb" },
  { counted: "f", runs: 7, type: "xdp" },
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
  });
});
