/** What clang 19 records for CO-RE: [parameters, expression or statements, records], for `core-accesses.test.ts`. */

/** The types that the cases are about; both compilers take them as they are. */
export const prelude = `
typedef unsigned char u8;
#define CORE __attribute__((preserve_access_index))
struct in { int c; int d; struct { int e; }; int arr[3]; int *ip; struct in *next; struct in **tab; } CORE;
struct own { int q; int w; };
enum en { EA, EB = 7, EC = -3 };
enum en64 { FA = 0x100000000ULL, FB = 5 };
typedef struct { int ta; int tb; struct in e; } CORE anon_t;
typedef anon_t anon2_t;
typedef struct in in_t;
typedef in_t in2_t;
typedef const in_t cin_t;
struct s {
  int a; struct in b[4]; struct in n; union { int u1; long u2; }; union { int nu1; struct in nu2; } nu;
  int bf:3; unsigned bg:5; u8 bh:2; struct in *p; struct own o; int m[2][3]; struct { int x1; struct { int x2; } y; } an;
  enum en e; anon_t at; char name[16];
  int flex[];
} CORE;
struct fl { int n; struct in f[]; } CORE;
struct plain { int z; struct in n; struct in arr[3]; struct s *sp; };
struct s___old { int a; long gone; struct in n; } CORE;
typedef struct { int za; } noattr_t;
typedef int (*fn_t)(int);
struct outer { in_t x; const struct in y; anon2_t z; in2_t w[3]; } CORE;
union un { int ua; struct in ub; } CORE;
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
struct pr { int pa; struct { int pb; struct { int pc; } pd; }; struct prn { int pe; } pf; union { int pg; long ph; } pi; };
typedef struct { int pt; } prt_t;
#pragma clang attribute pop
struct noattr { int na; struct pr nb; struct in *nc; };
struct in gl; struct in garr[4]; struct noattr gn; in_t *gp;
struct in *const gip = &gl; int *gpi = &gl.d;
enum big { B0, B1 = 0xffffffffffULL };
typedef enum { X1 = 3, X2 } xt;
typedef enum big big_t;
__attribute__((noinline)) int use(void *p) { return p != 0; }
`;

/** No parameters given: these. */
export const usual = "struct s *s, struct fl *f, struct plain *pl, int i";

export const cases: readonly (readonly [params: string, body: string, records: string])[] = [
  ["", "s->a", "at struct s.a"],
  ["", "s->b[2].c", "at struct s.b[2].c"],
  ["", "s->b[i].c", "at struct in.c; at struct s.b"],
  ["", "&s->b[2].d", "at struct s.b[2].d"],
  ["", "&s->n", "at struct s.n"],
  ["", "s->n.arr[1]", "at struct s.n.arr[1]"],
  ["", "s->u1", "at struct s.u1"],
  ["", "s->u2", "at struct s.u2"],
  ["", "s->nu.nu2.d", "at struct s.nu.nu2.d"],
  ["", "s->p->d", "at struct in.d; at struct s.p"],
  ["", "s->p[2].d", "at struct in[2].d; at struct s.p"],
  ["", "s[3].a", "at struct s[3].a"],
  ["", "(s + 3)->a", "at struct s.a"],
  ["", "(*s).a", "at struct s.a"],
  ["", "s[i].a", "at struct s.a"],
  ["", "s->o.w", "at struct s.o"],
  ["", "s->m[i][2]", "at struct s.m"],
  ["", "s->m[1][i]", "at struct s.m[1]"],
  ["", "s->an.x1", "at struct s.an.x1"],
  ["", "s->an.y.x2", "at struct s.an.y.x2"],
  ["", "s->at.tb", "at struct s.at.tb"],
  ["", "s->n.e", "at struct s.n.e"],
  ["", "&s->flex[3]", "at struct s.flex[3]"],
  ["", "s->flex[i]", "at struct s.flex"],
  ["", "f->f[2].d", "at struct fl.f[2].d"],
  ["", "pl->n.d", "at struct in.d"],
  ["", "pl->arr[2].d", "at struct in.d"],
  ["", "pl->sp->a", "at struct s.a"],
  ["", "pl->arr[i].c", "at struct in.c"],
  ["", "__builtin_preserve_access_index(pl->arr[2].d)", "at struct plain.arr[2].d"],
  ["", "__builtin_preserve_access_index(&pl->z)", "at struct plain.z"],
  ["", "__builtin_preserve_access_index(&s->o.w)", "at struct s.o.w"],
  ["", "s->name[2]", "at struct s.name[2]"],
  ["", "s->name", "at struct s.name"],
  ["", "((struct s___old *)s)->gone", "at struct s___old.gone"],
  ["", "((struct s___old *)s)->n.d", "at struct s___old.n.d"],
  ["", "struct in l = {}; bpf_probe_read_kernel(&l, sizeof l, s); return l.d + l.e;", "at struct in.d; at struct in.e"],
  [
    "",
    "struct in l[2] = {}; bpf_probe_read_kernel(&l, sizeof l, s); return l[1].d + l[i & 1].c;",
    "at struct in.c; at struct in.d",
  ],
  ["", "struct plain l = {}; bpf_probe_read_kernel(&l, sizeof l, s); return l.n.d;", "at struct in.d"],
  ["", "s->a = 5; s->b[1].d = 6; return 0;", "at struct s.a; at struct s.b[1].d"],
  ["", "struct in *p = &s->b[1]; return p->d;", "at struct in.d; at struct s.b[1]"],
  ["", "struct in *p = s->b; return p[1].d;", "at struct in[1].d; at struct s.b"],
  ["", "int *p = s->n.arr; return p[1];", "at struct s.n.arr"],
  ["", "int *p = &s->n.arr[1]; return *p;", "at struct s.n.arr[1]"],
  ["", "s->n.arr[0]", "at struct s.n.arr[0]"],
  ["", "(&s->n)->d", "at struct s.n.d"],
  ["", "(&s->b[1])->d", "at struct s.b[1].d"],
  ["", "&s[2]", "at struct s[2]"],
  ["", "&s[2].n", "at struct s[2].n"],
  ["", "s->b[1].arr[2]", "at struct s.b[1].arr[2]"],
  ["", "bpf_core_field_exists(s->a)", "exists struct s.a"],
  ["", "bpf_core_field_exists(struct s, n.arr[1])", "exists struct s.n.arr[1]"],
  ["", "bpf_core_field_exists(struct s___old, gone)", "exists struct s___old.gone"],
  ["", "bpf_core_field_size(s->b[2].c)", "size struct s.b[2].c"],
  ["", "bpf_core_field_size(struct s, b)", "size struct s.b"],
  ["", "bpf_core_field_offset(struct s, bg)", "at struct s.bg"],
  ["", "bpf_core_field_offset(s->n.e)", "at struct s.n.e"],
  [
    "",
    "BPF_CORE_READ_BITFIELD(s, bf)",
    "at struct s.bf; lshift struct s.bf; rshift struct s.bf; signed struct s.bf; size struct s.bf",
  ],
  [
    "",
    "BPF_CORE_READ_BITFIELD_PROBED(s, bg)",
    "at struct s.bg; lshift struct s.bg; rshift struct s.bg; signed struct s.bg; size struct s.bg",
  ],
  [
    "",
    "BPF_CORE_WRITE_BITFIELD(s, bh, 2); return 0;",
    "at struct s.bh; lshift struct s.bh; rshift struct s.bh; size struct s.bh",
  ],
  ["", "__builtin_preserve_field_info(s->bf, BPF_FIELD_SIGNED)", "signed struct s.bf"],
  ["", "bpf_core_field_exists(anon_t, tb)", "exists typedef anon_t.tb"],
  ["", "bpf_core_field_exists(noattr_t, za)", "exists typedef noattr_t.za"],
  ["", "bpf_core_field_exists(struct own, w)", "exists struct own.w"],
  ["", "bpf_core_field_exists(pl->n.d)", "exists struct plain.n.d"],
  ["", "bpf_core_field_size(s->name)", "size struct s.name"],
  ["", "bpf_core_field_size(s->flex[1])", "size struct s.flex[1]"],
  ["", "bpf_core_field_exists(s->p->d)", "exists struct in.d"],
  ["", "bpf_core_field_exists(s->u1)", "exists struct s.u1"],
  ["", "bpf_core_field_exists(s->nu.nu2.d)", "exists struct s.nu.nu2.d"],
  ["", "bpf_core_type_exists(struct s)", "type_exists struct s"],
  ["", "bpf_core_type_size(struct s)", "type_size struct s"],
  ["", "bpf_core_type_matches(struct in)", "type_matches struct in"],
  ["", "bpf_core_type_id_local(struct s)", "type_id_local struct s"],
  ["", "bpf_core_type_id_kernel(struct s)", "type_id_target struct s"],
  ["", "bpf_core_type_exists(anon_t)", "type_exists typedef anon_t"],
  ["", "bpf_core_type_exists(in_t)", "type_exists typedef in_t"],
  ["", "bpf_core_type_exists(enum en)", "type_exists enum en"],
  ["", "bpf_core_type_size(fn_t)", "type_size typedef fn_t"],
  ["", "bpf_core_type_exists(struct s___old)", "type_exists struct s___old"],
  ["", "bpf_core_type_id_kernel(struct nodef)", "type_id_target fwd nodef"],
  ["", "bpf_core_type_id_local(struct s *)", "type_id_local ptr"],
  ["", "bpf_core_type_id_local(int)", "type_id_local int int"],
  ["", "bpf_core_type_id_local(u8[3])", "type_id_local array"],
  ["", "bpf_core_type_id_local(typeof(int (*)(int)))", "type_id_local ptr"],
  ["", "bpf_core_enum_value_exists(enum en, EB)", "enumval_exists enum en.EB"],
  ["", "bpf_core_enum_value(enum en, EC)", "enumval_value enum en.EC"],
  ["", "bpf_core_enum_value(enum en64, FA)", "enumval_value enum64 en64.FA"],
  ["", "bpf_core_enum_value_exists(enum en64, FB)", "enumval_exists enum64 en64.FB"],
  ["", "BPF_CORE_READ(s, a)", "at struct s.a"],
  ["", "BPF_CORE_READ(s, p, d)", "at struct in.d; at struct s.p"],
  ["", "BPF_CORE_READ(s, n.d)", "at struct s.n.d"],
  ["", "BPF_CORE_READ(s, b[2].c)", "at struct s.b[2].c"],
  ["", "long x = 0; BPF_CORE_READ_INTO(&x, s, p, arr[1]); return x;", "at struct in.arr[1]; at struct s.p"],
  ["", "char x[16]; BPF_CORE_READ_STR_INTO(&x, s, name); return x[0];", "at struct s.name"],
  ["", "char x[16]; BPF_CORE_READ_USER_STR_INTO(&x, s, name); return x[0];", "at struct s.name"],
  ["", "BPF_CORE_READ_USER(s, p, c)", "at struct in.c; at struct s.p"],
  ["", "BPF_PROBE_READ(s, p, c)", "at struct in.c; at struct s.p"],
  ["", "int x = 0; bpf_core_read(&x, 4, &s->n.d); return x;", "at struct s.n.d"],
  ["", "int x = 0; bpf_core_read_user(&x, 4, &s->b[i].d); return x;", "at struct in.d; at struct s.b"],
  ["", "int x = 0; bpf_core_read(&x, 4, &pl->arr[1].d); return x;", "at struct plain.arr[1].d"],
  ["", "int x = 0; bpf_core_read(&x, 4, &pl->z); return x;", "at struct plain.z"],
  ["", "int x = 0; bpf_core_read(&x, 4, pl + 2); return x;", ""],
  ["", "int x = 0; bpf_core_read(&x, 4, &pl[2].z); return x;", "at struct plain[2].z"],
  ["const volatile struct in *b", "return b->d;", "at struct in.d"],
  ["anon2_t *b", "return b->tb;", "at typedef anon2_t.tb"],
  ["const anon_t *b", "return b->e.d;", "at typedef anon_t.e.d"],
  ["struct outer *o", "return o->x.d + o->y.c;", "at struct outer.x.d; at struct outer.y.c"],
  ["struct outer *o", "return o->z.tb;", "at struct outer.z.tb"],
  ["struct outer *o", "return o->w[2].d;", "at struct outer.w[2].d"],
  ["struct in *a", "return a->ip[3];", "at struct in.ip"],
  ["struct in *a", "return a->next[3].d;", "at struct in.next; at struct in[3].d"],
  ["struct in *a", "return a->tab[3]->d;", "at struct in.d; at struct in.tab"],
  ["struct in *a", "return (long)&a->ip[3];", "at struct in.ip"],
  [
    "struct in *a",
    "return (long)a->next[0].next[1].next[2].d;",
    "at struct in.next; at struct in[1].next; at struct in[2].d",
  ],
  ["union un *u", "return u->ub.d + u->ua;", "at union un.ua; at union un.ub.d"],
  [
    "struct pr *p",
    "return p->pa + p->pb + p->pd.pc + p->pf.pe + p->pi.ph;",
    "at struct pr.pa; at struct pr.pb; at struct pr.pd.pc; at struct pr.pf.pe; at struct pr.pi.ph",
  ],
  ["struct prn *p", "return p->pe;", "at struct prn.pe"],
  ["prt_t *p", "return p->pt;", "at typedef prt_t.pt"],
  [
    "int i",
    "gl.d = i; garr[i & 3].c = 3; gn.nb.pd.pc = 4; return 0;",
    "at struct in.c; at struct in.d; at struct pr.pd.pc",
  ],
  ["struct in *a", "return (*a).d + (a + 1)->d + a[1 + 1].d;", "at struct in.d; at struct in[2].d"],
  ["struct in *a", "struct in x = *a; return x.d + x.arr[1];", "at struct in.arr[1]; at struct in.d"],
  ["struct in *a", "struct in x = { .c = 1, .d = 2}; struct in *y = &x; return y->d + x.d;", "at struct in.d"],
  ["struct in *a, int i", "return a->arr[i] + (&a->arr[1])[1];", "at struct in.arr; at struct in.arr[1]"],
  ["struct in *a", "typeof(a->arr[1]) z = 0; return sizeof(a->arr) + __builtin_offsetof(struct in, d) + z;", ""],
  [
    "struct in *a",
    "a->d++; a->c += 2; a->arr[1] |= 4; return a->d++;",
    "at struct in.arr[1]; at struct in.c; at struct in.d",
  ],
  ["struct in *a", "__sync_fetch_and_add(&a->d, 2); return 0;", "at struct in.d"],
  ["struct in *a", "return a->next ? a->next->d : a->d;", "at struct in.d; at struct in.next"],
  ["struct in *a", "for (int i = 0; i < 3; i++) a->arr[i] = i; return 0;", "at struct in.arr"],
  [
    "struct in *a",
    "return __builtin_preserve_access_index(({ a->next->d + a->arr[2]; }));",
    "at struct in.arr[2]; at struct in.d; at struct in.next",
  ],
  [
    "struct noattr *a",
    "return __builtin_preserve_access_index(a->nc[2].arr[1]);",
    "at struct in[2].arr[1]; at struct noattr.nc",
  ],
  ["struct noattr *a", "return *__builtin_preserve_access_index(&a->nb.pa);", "at struct noattr.nb.pa"],
  [
    "void",
    "return bpf_core_enum_value(xt, X2) + bpf_core_enum_value_exists(xt, X1);",
    "enumval_exists typedef xt.X1; enumval_value typedef xt.X2",
  ],
  [
    "void",
    "return bpf_core_enum_value(big_t, B1) + bpf_core_enum_value(enum big, B0);",
    "enumval_value enum64 big.B0; enumval_value typedef big_t.B1",
  ],
  [
    "void",
    "return bpf_core_type_size(xt) + bpf_core_type_exists(big_t) + bpf_core_type_matches(xt);",
    "type_exists typedef big_t; type_matches typedef xt; type_size typedef xt",
  ],
  [
    "void",
    "return bpf_core_type_size(struct outer) + bpf_core_type_exists(union un) + bpf_core_type_matches(anon2_t) + bpf_core_type_size(struct pr);",
    "type_exists union un; type_matches typedef anon2_t; type_size struct outer; type_size struct pr",
  ],
  [
    "struct noattr *a",
    "return bpf_core_field_exists(a->na) + bpf_core_field_size(struct noattr, nb.pd.pc);",
    "exists struct noattr.na; size struct noattr.nb.pd.pc",
  ],
  [
    "struct in *a",
    "return (long)bpf_core_cast(a, struct in)->d + (long)bpf_rdonly_cast(a, bpf_core_type_id_kernel(struct in));",
    "at struct in.d; type_id_target struct in",
  ],
  [
    "void",
    "struct in l; return bpf_core_field_size(l.arr) + bpf_core_field_exists(gl.d);",
    "exists struct in.d; size struct in.arr",
  ],
  [
    "void",
    "return bpf_core_type_id_local(struct outer) + bpf_core_type_id_kernel(anon_t) + bpf_core_type_id_local(xt) + bpf_core_type_id_kernel(union un);",
    "type_id_local struct outer; type_id_local typedef xt; type_id_target typedef anon_t; type_id_target union un",
  ],
  ["int i", "struct in l = { .c = 1, .d = 2 }; return use(&l);", ""],
  ["int i", "struct in l = { .c = i, .d = 2 }; return use(&l);", "at struct in.c; at struct in.d"],
  ["int i", "struct in l = { .c = i, .d = 0 }; return use(&l);", "at struct in.c"],
  [
    "int i",
    'struct s l = { .n.d = i, .u1 = i, .name = "abc" }; return use(&l);',
    "at struct s.n.d; at struct s.name; at struct s.u1",
  ],
  ["int i", "struct plain l = { .z = i, .n = { .d = i } }; return use(&l);", "at struct in.d"],
  ["int i", "return use(&(struct in){ .c = i });", "at struct in.c"],
  ["int i", "struct in a = { .d = i }; struct in b = a; return use(&b);", "at struct in.d"],
  ["int i", "struct in a = { 0 }; a.d = i; return use(&a) + a.d;", "at struct in.d"],
];
