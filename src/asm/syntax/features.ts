/** What `__has_builtin`, `__has_attribute` and their kin answer: what BPF C offers, by name. */

import { wordMeanings } from "./tokens.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Builtins that are called like functions, as sema takes them; a test holds the two together. */
export const offeredBuiltins = words(`
  memcpy memset memmove memcmp
  __builtin_memcpy __builtin_memset __builtin_memmove __builtin_memcmp __builtin_bcmp
  __builtin_bswap16 __builtin_bswap32 __builtin_bswap64 __builtin_clz __builtin_clzl __builtin_clzll
  __builtin_ctz __builtin_ctzl __builtin_ctzll __builtin_popcount __builtin_popcountl __builtin_popcountll
  __builtin_expect __builtin_assume __builtin_unreachable __builtin_trap __builtin_constant_p __builtin_choose_expr
  __builtin_add_overflow __builtin_sub_overflow __builtin_mul_overflow __builtin_prefetch __builtin_launder
  __builtin_preserve_access_index __builtin_preserve_field_info __builtin_preserve_type_info
  __builtin_preserve_enum_value __builtin_btf_type_id __builtin_bpf_may_goto __builtin_strcmp __builtin_strlen
  __sync_fetch_and_add __sync_fetch_and_sub __sync_fetch_and_and __sync_fetch_and_or __sync_fetch_and_xor
  __sync_add_and_fetch __sync_sub_and_fetch __sync_and_and_fetch __sync_or_and_fetch __sync_xor_and_fetch
  __sync_val_compare_and_swap __sync_bool_compare_and_swap __sync_lock_test_and_set
  __atomic_load_n __atomic_store_n __atomic_exchange_n __atomic_fetch_add __atomic_fetch_sub __atomic_fetch_and
  __atomic_fetch_or __atomic_fetch_xor __atomic_add_fetch __atomic_sub_fetch __atomic_and_fetch __atomic_or_fetch
  __atomic_xor_fetch
  __atomic_compare_exchange_n __builtin_assume_aligned __builtin_bzero __builtin_expect_with_probability
  __builtin_memcpy_inline __builtin_memset_inline __builtin_ffs __builtin_ffsl __builtin_ffsll __builtin_parity
  __builtin_parityl __builtin_parityll __builtin_clrsb __builtin_clrsbl __builtin_clrsbll __builtin_sadd_overflow
  __builtin_saddl_overflow __builtin_saddll_overflow __builtin_uadd_overflow __builtin_uaddl_overflow
  __builtin_uaddll_overflow __builtin_ssub_overflow __builtin_ssubl_overflow __builtin_ssubll_overflow
  __builtin_usub_overflow __builtin_usubl_overflow __builtin_usubll_overflow __builtin_smul_overflow
  __builtin_smull_overflow __builtin_smulll_overflow __builtin_umul_overflow __builtin_umull_overflow
  __builtin_umulll_overflow
  __c11_atomic_fetch_add __c11_atomic_fetch_sub __c11_atomic_fetch_and __c11_atomic_fetch_or __c11_atomic_fetch_xor
  __sync_swap __sync_lock_release __atomic_compare_exchange __atomic_exchange __c11_atomic_compare_exchange_strong
  __c11_atomic_compare_exchange_weak __c11_atomic_exchange __atomic_load __c11_atomic_load __atomic_store
  __c11_atomic_store __atomic_clear __c11_atomic_init __atomic_signal_fence __c11_atomic_signal_fence
  __atomic_always_lock_free __atomic_is_lock_free __c11_atomic_is_lock_free
  __builtin_unpredictable __builtin_mempcpy __builtin_clzs __builtin_ctzs __builtin_clzg __builtin_ctzg
  __builtin_popcountg __builtin_abs __builtin_labs __builtin_llabs __builtin_align_down __builtin_align_up
  __builtin_is_aligned __builtin_strncmp __builtin_strcpy __builtin_strncpy __builtin_object_size
  __builtin_dynamic_object_size __builtin_rotateleft8 __builtin_rotateright8 __builtin_bitreverse8
  __builtin_rotateleft16 __builtin_rotateright16 __builtin_bitreverse16 __builtin_rotateleft32
  __builtin_rotateright32 __builtin_bitreverse32 __builtin_rotateleft64 __builtin_rotateright64
  __builtin_bitreverse64
`);

/** Those that take a type, which the grammar reads. */
const grammarBuiltins = words("__builtin_offsetof __builtin_types_compatible_p");

/** Attributes that sema obeys, and those it may pass over. */
export const offeredAttributes = words(`
  section aligned packed always_inline noinline weak visibility naked preserve_access_index mode address_space
  btf_decl_tag btf_type_tag cleanup
  used unused nonnull noreturn deprecated warn_unused_result pure const cold hot malloc returns_nonnull fallthrough
  may_alias artificial flatten gnu_inline leaf no_instrument_function nothrow no_caller_saved_registers bpf_fastcall
  target transparent_union designated_init externally_visible randomize_layout diagnose_if enable_if overloadable
  optnone minsize format format_arg sentinel alloc_size assume_aligned alloc_align counted_by copy error warning
  uninitialized retain maybe_unused preserve_static_offset
`);

const extensions = words(
  "c_static_assert c_generic_selections c_alignas c_atomic gnu_asm statement_attributes_with_gnu_syntax",
);

const query: Readonly<Record<string, (name: string) => boolean>> = {
  __has_builtin: (name) => offeredBuiltins.has(name) || grammarBuiltins.has(name),
  __has_attribute: (name) => offeredAttributes.has(plain(name)),
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
