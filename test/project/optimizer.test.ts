import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { irPasses, optionalPasses } from "../../src/driver/options.ts";

const page = readFileSync("docs/optimizer.md", "utf8");

test.each([...new Set([...optionalPasses, ...irPasses])].filter((name) => !/^(decide|forget)/.test(name)))(
  "docs/optimizer.md says what %s does",
  (name) => expect(page).toContain(`\`${name}\``),
);
