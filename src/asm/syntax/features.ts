/** What `__has_builtin`, `__has_attribute` and their kin answer: what BPF C offers, by name. */

import { wordMeanings } from "./tokens.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Names behind `__builtin_`. */
const builtins = words(`
  memcpy memset memmove memcmp expect expect_with_probability bswap16 bswap32 bswap64 clz clzl clzll ctz ctzl ctzll
  popcount popcountl popcountll ffs ffsl ffsll parity parityl parityll constant_p choose_expr types_compatible_p
  unreachable trap assume add_overflow sub_overflow mul_overflow offsetof object_size dynamic_object_size
  preserve_access_index preserve_field_info preserve_type_info preserve_enum_value btf_type_id prefetch
  return_address frame_address strlen abs labs llabs
`);

const otherBuiltins = words(`
  __sync_fetch_and_add __sync_fetch_and_sub __sync_fetch_and_and __sync_fetch_and_or __sync_fetch_and_xor
  __sync_add_and_fetch __sync_sub_and_fetch __sync_and_and_fetch __sync_or_and_fetch __sync_xor_and_fetch
  __sync_val_compare_and_swap __sync_bool_compare_and_swap __sync_lock_test_and_set __sync_synchronize
  __atomic_load_n __atomic_store_n __atomic_exchange_n __atomic_compare_exchange_n __atomic_fetch_add
  __atomic_fetch_sub __atomic_fetch_and __atomic_fetch_or __atomic_fetch_xor __atomic_add_fetch __atomic_sub_fetch
  __atomic_and_fetch __atomic_or_fetch __atomic_xor_fetch __atomic_thread_fence __atomic_signal_fence
`);

const attributes = words(`
  section always_inline noinline used unused weak visibility packed aligned preserve_access_index
  preserve_static_offset btf_decl_tag btf_type_tag naked noreturn cold hot const pure deprecated warning error
  fallthrough cleanup format nonnull address_space bpf_fastcall alias malloc may_alias transparent_union mode
  designated_init nodebug no_instrument_function warn_unused_result flatten gnu_inline optnone
`);

const extensions = words(
  "c_static_assert c_generic_selections c_alignas c_atomic gnu_asm statement_attributes_with_gnu_syntax",
);

const query: Readonly<Record<string, (name: string) => boolean>> = {
  __has_builtin: (name) =>
    name.startsWith("__builtin_") ? builtins.has(name.slice("__builtin_".length)) : otherBuiltins.has(name),
  __has_attribute: (name) => attributes.has(plain(name)),
  __has_c_attribute: (name) =>
    ["fallthrough", "deprecated", "maybe_unused", "nodiscard", "noreturn"].includes(plain(name)),
  __has_feature: (name) => extensions.has(plain(name)),
  __has_extension: (name) => extensions.has(plain(name)),
  __has_declspec_attribute: () => false,
  __has_warning: () => false,
  __building_module: () => false,
  __is_identifier: (name) => !wordMeanings.has(name),
};

/** `name` without the underscores that keep it apart from macros. */
export const plain = (name: string): string => /^__(.+)__$/.exec(name)?.[1] ?? name;

/** The names that ask about features; each takes one name in parentheses. */
export const featureQueries: ReadonlySet<string> = new Set(Object.keys(query));

/** The answer of `__has_builtin` and its kin to `name`. */
export const hasFeature = (asked: string, name: string): boolean => query[asked]?.(name) ?? false;
