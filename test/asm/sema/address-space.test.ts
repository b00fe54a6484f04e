/** Pointers into an arena: converted where they are read and written through, and by casts, but never silently. */
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel("x86");
const compiled = (body: string) =>
  compile(`struct node { u64 v; struct node __arena *next; };\n${body}`, { kernel, verify: false });

const codes = (body: string): readonly string[] => compiled(body).diagnostics.map(({ code }) => code);

/** The conversions in the code of a function, in order. */
const casts = (body: string): readonly string[] =>
  compiled(body)
    .subprogs.flatMap(({ lines }) => lines)
    .flatMap(({ insn }) => (insn.kind === "addr_space_cast" ? [`${insn.to}<-${insn.from}`] : []));

describe("accesses", () => {
  test.each([
    ["u64 f(struct node __arena *p) { return p->v; }", ["0<-1"]],
    ["u64 f(struct node __arena *p) { return p->next->v; }", ["0<-1", "0<-1"]],
    ["void f(struct node __arena *p) { p->v = 1; p->next = p; }", ["0<-1"]],
    ["void f(struct node __arena *p) { __sync_fetch_and_add(&p->v, 1); }", ["0<-1"]],
    ["void f(struct node __arena *p, struct node *q) { *q = *p; }", ["0<-1"]],
    ["struct node __arena *f(struct node __arena *p) { return p + 1; }", []],
    ["u64 *f(u64 __arena *p) { return (u64 *)p; }", ["0<-1"]],
    ["u64 __arena *f(u64 *p) { return (u64 __arena *)p; }", ["1<-0"]],
    ["int __arena count; int f(void) { return ++count; }", ["0<-1"]],
  ])("%s", (body, expected) => {
    expect(codes(body)).toEqual([]);
    expect(casts(body)).toEqual(expected);
  });
});

test("pointers do not change their space unseen, but for null", () => {
  expect(codes("u64 *f(u64 __arena *p) { return p; }")).toEqual(["E0246"]);
  expect(codes("void *f(u64 __arena *p) { return p; }")).toEqual(["E0246"]);
  expect(codes("u64 __arena *f(void) { return NULL; }")).toEqual([]);
});

test("variables of the arena are in a section of their own", () => {
  const made = compiled("int __arena count = 3; int f(void) { return count; }");
  expect(made.diagnostics).toEqual([]);
  expect(new TextDecoder("latin1").decode(made.object)).toContain(".addr_space.1");
  expect(made.subprogs.flatMap(({ lines }) => lines.map(({ insn }) => insn.kind))).toContain("addr_space_cast");
});
