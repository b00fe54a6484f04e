import { expect, test } from "vitest";
import { preprocessOnly } from "../../../src/asm/syntax/parse.ts";
import { DiagSink } from "../../../src/diag/diagnostic.ts";
import { SourceMap } from "../../../src/diag/source.ts";

/** C11 6.10.3.3p3: what `##` makes is a token of its own, whatever its parts were forbidden. */
test("a token that ## makes of a painted one expands", () => {
  const files = new SourceMap();
  const main = files.add(
    "x",
    "#define join(a, b) a##b\n#define apply(f, n) join(f, n)\n#define cast1(x) (x + 1)\n#define cast(args...) apply(cast, 1)(args)\ncast(5)\n",
  );
  const text = preprocessOnly(
    {
      files,
      main,
      includes: { find: () => undefined },
      defines: [],
      undefs: [],
      forcedIncludes: [],
      ambientMacros: { get: () => undefined },
    },
    new DiagSink(),
  );
  expect(text.trim()).toBe("(5 + 1)");
});
