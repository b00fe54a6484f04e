/** `<stdatomic.h>` (C11 7.17): every name of it is one of the `__c11_atomic_*` builtins, or a type or constant. */

const orders = ["relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"];

/** The types whose names are longer than `atomic_` with their own: C11 7.17.6. */
const types: readonly (readonly [name: string, of: string])[] = [
  ["bool", "_Bool"],
  ["char", "char"],
  ["schar", "signed char"],
  ["uchar", "unsigned char"],
  ["short", "short"],
  ["ushort", "unsigned short"],
  ["int", "int"],
  ["uint", "unsigned int"],
  ["long", "long"],
  ["ulong", "unsigned long"],
  ["llong", "long long"],
  ["ullong", "unsigned long long"],
  ["char16_t", "unsigned short"],
  ["char32_t", "unsigned int"],
  ["wchar_t", "int"],
  ...[8, 16, 32, 64].flatMap((bits) =>
    ["least", "fast"].flatMap((how): [string, string][] => [
      [`int_${how}${bits}_t`, `__INT${bits}_TYPE__`],
      [`uint_${how}${bits}_t`, `__UINT${bits}_TYPE__`],
    ]),
  ),
  ["intptr_t", "__INTPTR_TYPE__"],
  ["uintptr_t", "__UINTPTR_TYPE__"],
  ["size_t", "__SIZE_TYPE__"],
  ["ptrdiff_t", "__PTRDIFF_TYPE__"],
  ["intmax_t", "__INTMAX_TYPE__"],
  ["uintmax_t", "__UINTMAX_TYPE__"],
];

/** Operations by their parameters; the form without `_explicit` is in the order `seq_cst`, given once or twice. */
const operations: readonly (readonly [name: string, params: string, orders: number])[] = [
  ["store", "object, value", 1],
  ["load", "object", 1],
  ["exchange", "object, value", 1],
  ["compare_exchange_strong", "object, expected, value", 2],
  ["compare_exchange_weak", "object, expected, value", 2],
  ...["add", "sub", "or", "xor", "and"].map((op) => [`fetch_${op}`, "object, value", 1] as const),
];

const lockFree = ["BOOL", "CHAR", "CHAR16_T", "CHAR32_T", "WCHAR_T", "SHORT", "INT", "LONG", "LLONG", "POINTER"];

const sequential = (count: number): string => Array(count).fill("__ATOMIC_SEQ_CST").join(", ");

export const stdatomic = [
  "#pragma once",
  `typedef enum memory_order { ${orders.map((o) => `memory_order_${o} = __ATOMIC_${o.toUpperCase()}`).join(", ")} } memory_order;`,
  ...lockFree.map((name) => `#define ATOMIC_${name}_LOCK_FREE 2`),
  ...types.map(([name, of]) => `typedef _Atomic(${of}) atomic_${name};`),
  ...operations.flatMap(([name, params, count]) => [
    `#define atomic_${name}(${params}) __c11_atomic_${name}(${params}, ${sequential(count)})`,
    `#define atomic_${name}_explicit __c11_atomic_${name}`,
  ]),
  "#define ATOMIC_VAR_INIT(value) (value)",
  "#define atomic_init __c11_atomic_init",
  "#define kill_dependency(value) (value)",
  "#define atomic_thread_fence(order) __c11_atomic_thread_fence(order)",
  "#define atomic_signal_fence(order) __c11_atomic_signal_fence(order)",
  "#define atomic_is_lock_free(object) __c11_atomic_is_lock_free(sizeof(*(object)))",
  "typedef struct atomic_flag { atomic_bool _Value; } atomic_flag;",
  "#define ATOMIC_FLAG_INIT { 0 }",
  "#define atomic_flag_test_and_set(object) atomic_exchange(&(object)->_Value, 1)",
  "#define atomic_flag_test_and_set_explicit(object, order) __c11_atomic_exchange(&(object)->_Value, 1, order)",
  "#define atomic_flag_clear(object) atomic_store(&(object)->_Value, 0)",
  "#define atomic_flag_clear_explicit(object, order) __c11_atomic_store(&(object)->_Value, 0, order)",
  "",
].join("\n");
