import { describe, expect, test } from "vitest";
import { compile } from "../../src/driver/compile.ts";
import { embeddedKernel } from "../support/kernel.ts";

// a plain script without types, so that it runs as it is
const { runAlone } = await import(new URL("./machine.mjs", import.meta.url).href);

type Cpu = "v1" | "v2" | "v3" | "v4";

const v3: readonly Cpu[] = ["v3"];
const both: readonly (0 | 2)[] = [0, 2];

/** What random programs found, made small: p returns the number on every machine and at every level. */
const found: readonly {
  readonly what: string;
  readonly cpus?: readonly Cpu[];
  /** Where it compiles at all, if not everywhere. */
  readonly levels?: readonly (0 | 2)[];
  readonly text: string;
  readonly is: number;
}[] = [
  {
    what: "a 32-bit shift by a masked count, without 32-bit instructions",
    cpus: ["v1", "v2", "v3"],
    text: `u32 count = 97;
      SEC("tc") int p(struct __sk_buff *ctx) { return (ctx->len >> (count & 31)) + (ctx->len << (count & 31)) * 2; }`,
    is: 32 + 256,
  },
  {
    what: "an element of a global by its own address and by the array's",
    text: `u64 g[3];
      SEC("tc") int p(struct __sk_buff *ctx) { u64 *e = &g[2]; g[0] &= *e; g[2] += 5; return *e; }`,
    is: 5,
  },
  {
    what: "packed bit-fields across a unit: constant, stored, read",
    text: `struct s { char a; u16 b : 15; } __attribute__((packed));
      struct t { char a; u64 b : 60; u32 c : 20; } __attribute__((packed));
      struct s g = { .b = 16383 };
      struct t h = { 0, 0xabcdef012345678ull, 0x12345 };
      SEC("tc") int p(struct __sk_buff *ctx)
      {
        struct t l = h;
        if (g.b != 16383 || h.b != 0xabcdef012345678ull || h.c != 0x12345) return 1;
        l.b++, l.c--, h.b -= 1, h.c += 1, g.b /= 2;
        if (l.a || l.b != 0xabcdef012345679ull || l.c != 0x12344) return 2;
        if (h.a || h.b != 0xabcdef012345677ull || h.c != 0x12346) return 3;
        return g.a || g.b != 8191 ? 4 : 0;
      }`,
    is: 0,
  },
  {
    what: "fields of a packed struct on the stack",
    text: `struct s { u8 a; u32 b; u64 c; s16 d; } __attribute__((packed));
      static __noinline u32 f(struct s q) { q.b += 1; return q.b + q.c + q.d; }
      static __noinline u32 by(struct s *q) { q->d -= 1; return q->b + q->c + q->d; }
      SEC("tc") int p(struct __sk_buff *ctx) { struct s v = { 1, ctx->len, 300, -2 }; return f(v) + by(&v); }`,
    is: 64 + 1 + 300 - 2 + 64 + 300 - 3,
  },
  {
    what: "a packed struct of many bytes moved",
    text: `struct s { u64 a[8]; u16 b; } __attribute__((packed));
      struct s g[2] = { { { 1, 2, 3, 4, 5, 6, 7, 8 }, 9 } };
      SEC("tc") int p(struct __sk_buff *ctx)
      {
        __builtin_memmove(&g[1], &g[0], sizeof(g[0]));
        return g[1].a[7] + g[1].b;
      }`,
    is: 17,
  },
  {
    what: "a bit-field whose unit overlaps the field before it, on the stack",
    text: `struct s { bool a; struct { u64 b; u32 c : 23; }; } __attribute__((packed));
      SEC("tc") int p(struct __sk_buff *ctx)
      {
        struct s v = { .a = 1, .b = ctx->len, .c = 66 };
        if (ctx->mark != 1)
          v.b += 1ull << 40;
        return v.c + (u32)(v.b >> 40) + (u32)v.b + v.a;
      }`,
    is: 66 + 1 + 64 + 1,
  },
  {
    what: "many unaligned bytes moved onto themselves, and within an object",
    text: `struct s { u8 a[100]; u32 b; } __attribute__((packed));
      struct s g[2] = { { { 1, 2, 3 }, 7 } };
      SEC("tc") int p(struct __sk_buff *ctx)
      {
        struct s *q = &g[(ctx->mark + 1) & 1];
        __builtin_memmove(q, &g[0], sizeof(*q));
        __builtin_memmove(g, g, sizeof(g));
        __builtin_memmove(g[1].a + 1, g[1].a, 99);
        return g[1].b + 10 * g[1].a[3] + 100 * g[1].a[1];
      }`,
    is: 7 + 30 + 100,
  },
  {
    what: "a parameter too many, that nobody reads",
    text: `struct s { u64 a, b, c; };
      static __noinline struct s f(u32 a, u32 b, u32 c, u32 d, u32 e)
      {
        struct s v = { a + b, c + d, (e ^ e) * e };
        return v;
      }
      SEC("tc") int p(struct __sk_buff *ctx)
      {
        struct s v = f(ctx->len, 1, 2, 3, ctx->mark), w = f(ctx->len, 2, 3, 4, ctx->mark);
        return v.a + v.b + v.c + w.a + w.b + w.c;
      }`,
    levels: [2],
    is: 64 + 1 + 5 + 64 + 2 + 7,
  },
  {
    what: "the low half of swapped bytes as an index",
    text: `u32 g[4] = { 5, 6, 7, 8 };
      SEC("tc") int p(struct __sk_buff *ctx)
      {
        u32 at = __builtin_bswap64(ctx->mark % (ctx->len | 1));
        return at ? g[at & 3] : g[(at + 1) & 3];
      }`,
    is: 6,
  },
  {
    what: "a return that nobody comes to, at the end",
    text: `SEC("tc") int p(struct __sk_buff *ctx)
      {
        s8 l = 5;
        if ((u8)ctx->len)
          return ctx->mark + 16;
        return l;
      }`,
    is: 16,
  },
  {
    what: "an element of an array in a packed local",
    text: `struct s { s8 a; s16 b[4]; u8 c; } __attribute__((packed));
      SEC("tc") int p(struct __sk_buff *ctx) { struct s v = { 1, { 2, 300, 4, 5 }, 6 }; u32 at = 0x8001; return v.b[at & 3] + v.c; }`,
    is: 306,
  },
  {
    what: "a narrow bit-field of a wide type as an arm",
    text: `struct { u64 x : 33, y : 31; } g = { 1, 821 };
      SEC("tc") int p(struct __sk_buff *ctx) { return (ctx->len ? g.y : 7) + 1 <= (short)~ctx->mark; }`,
    is: 0,
  },
  {
    what: "a narrow bit-field converted to its declared type",
    text: `struct { u64 x : 11; } g = { 63 };
      SEC("tc") int p(struct __sk_buff *ctx) { u16 low = (u64)g.x << (ctx->len ? 42 : 1); return low + ((u64)g.x << 32 >> 32) + ((1 ? g.x : 0ull) << 40 >> 40); }`,
    is: 126,
  },
  {
    what: "a shifted number as a truth value, as an index",
    text: `u64 g[2] = { 5, 6 };
      SEC("tc") int p(struct __sk_buff *ctx)
      {
        _Bool b = (u32)(ctx->len + 1) << (ctx->mark & 31);
        return g[b];
      }`,
    is: 6,
  },
  {
    what: "an address made on one of two ways into a loop",
    text: `u32 g[2] = { 5, 6 }, h;
      SEC("tc") int p(struct __sk_buff *ctx)
      {
        u32 n = 0;
        if (ctx->len > 100000)
          goto in;
        g[0] = ctx->mark;
      again:
        g[1] += n;
        n++;
      in:
        n += 2;
        h = n;
        if (n < 10)
          goto again;
        return g[1];
      }`,
    is: 24,
  },
];

describe("what random programs found", () => {
  for (const { what, cpus = v3, levels = both, text, is } of found)
    for (const cpu of cpus)
      for (const level of levels)
        test(`${what}: ${cpu}, -O${level}`, () => {
          const made = compile(text, { kernel: embeddedKernel(), fileName: "p.bpf.c", cpu, level });
          expect(made.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
          expect(made.verdicts.map(({ verdict }) => verdict)).toEqual(["accepted"]);
          const [returned] = JSON.parse(runAlone(Buffer.from(made.object!), text, "p"));
          expect(Number(returned)).toBe(is);
        });
});
