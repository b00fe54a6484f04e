import { describe, expect, test } from "vitest";
import { textAt } from "../../src/btf/name.ts";

const encoder = new TextEncoder();

describe("a string of the table", () => {
  const texts = [
    "",
    "a",
    "x".repeat(15),
    "x".repeat(16),
    "x".repeat(17),
    "y".repeat(300),
    "größe",
    "a_name_of_sixteeñ",
  ];
  test.each(texts)("ends at NUL: '%s'", (text) => {
    expect(textAt(encoder.encode(`before\0${text}\0behind\0`), 7)).toBe(text);
  });
  test.each(texts)("ends with the table: '%s'", (text) => {
    expect(textAt(encoder.encode(`before\0${text}`), 7)).toBe(text);
  });
});
