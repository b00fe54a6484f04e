/** Bit-fields of kernel structs by `bpf_core_read.h`: place, size and shifts are the running kernel's. */

const ask = (question: number): string => `__builtin_preserve_field_info((s)->field, ${question})`;
const [offset, size, isSigned, toTop, toBottom] = [ask(0), ask(1), ask(3), ask(4), ask(5)];

/** The field among the bytes read to ___val: first to the top, which drops what lies above, then down again. */
const extract =
  `___val <<= ${toTop}; if (${isSigned}) ___val = (unsigned long long)((long long)___val >> ${toBottom}); ` +
  `else ___val >>= ${toBottom}; ___val;`;

/** One access of 1, 2, 4 or 8 bytes, as large as the kernel's field. */
const bySize = (make: (type: string) => string): string =>
  `switch (${size}) { ` +
  Object.entries({ 1: "char", 2: "short", 4: "int", 8: "long long" })
    .map(([bytes, type]) => `case ${bytes}: ${make(`unsigned ${type}`)} break; `)
    .join("") +
  "}";

export const bitfieldMacros: readonly string[] = [
  `BPF_CORE_READ_BITFIELD_PROBED(s, field) ({ unsigned long long ___val = 0; bpf_probe_read_kernel(&___val, ${size}, (const void *)(s) + ${offset}); ${extract} })`,
  "BPF_CORE_READ_BITFIELD(s, field) " +
    `({ const void *___at = (const void *)(s) + ${offset}; unsigned long long ___val = 0; barrier_var(___at); ` +
    `${bySize((type) => `___val = *(const ${type} *)___at;`)} ${extract} })`,
  "BPF_CORE_WRITE_BITFIELD(s, field, new_val) " +
    `({ void *___at = (void *)(s) + ${offset}; unsigned long long ___new = (new_val), ___old = 0, ___mask = ~0ULL; ` +
    `___mask = (___mask << ${toBottom}) >> ${toTop}; ___new = (___new << ${toBottom}) >> ${toTop}; barrier_var(___at); ` +
    `${bySize((type) => `___old = *(${type} *)___at; *(${type} *)___at = (___old & ~___mask) | ___new;`)} })`,
];
