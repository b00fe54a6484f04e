/** Warnings, by the name that `-W` takes. One line a message; names are never reused. */
export const warningTexts = {
  license: (name: string) => `no license given: '${name}' needs a GPL-compatible one, and the object gets "GPL"`,
  "incompatible-pointer-types": (what: string, want: string, got: string) =>
    `${what}: expected '${want}', found the pointer '${got}'`,
  "return-type": (name: string) => `'${name}' can reach its end without 'return'`,
  "undefined-externs": (name: string) =>
    `nothing in this file defines '${name}': the object has to be linked before it loads`,
  "unknown-attributes": (name: string) => `attribute '${name}' is unknown and ignored`,
  "unknown-sections": (section: string) => `section '${section}' is no section name of BPF programs`,
  "unknown-targets": (what: string, name: string, kernel: string) => `no ${what} '${name}' in ${kernel}`,
  "optional-programs": (name: string, text: string) =>
    `the kernel would refuse the optional program '${name}': ${text}`,
  unresolved: (name: string, text: string) => `this kernel would refuse '${name}': ${text}`,
  "macro-redefined": (name: string) => `macro '${name}' is defined again, differently`,
  cpp: (text: string) => `#warning ${text}`,
  "extra-tokens": (directive: string) => `what follows '#${directive}' on its line is ignored`,
  "unknown-escape-sequence": (text: string) => `escape '${text}' has no meaning and stands for its character`,
  "pass-failed": () => "this loop is not unrolled: how often it runs is not known, or the copies would be too many",
  "unknown-warning-option": (flag: string) => `no warning is called '${flag}'`,

  "unused-variable": (name: string) => `variable '${name}' is never used`,
  "unused-const-variable": (name: string) => `constant '${name}' is never used`,
  "unused-but-set-variable": (name: string) => `variable '${name}' is set but never read`,
  "unused-parameter": (name: string) => `parameter '${name}' is never used`,
  "unused-but-set-parameter": (name: string) => `parameter '${name}' is set but never read`,
  "unused-function": (name: string) => `function '${name}' is never used`,
  "unused-label": (name: string) => `no goto names label '${name}'`,
  "unused-value": () => "the value of this expression is not used",
  "unused-comparison": () => "the result of this comparison is not used",
  "unused-result": (name: string) => `the result of '${name}' must be looked at`,

  uninitialized: (name: string) => `variable '${name}' has no value yet`,
  "sometimes-uninitialized": (name: string) =>
    `variable '${name}' is used without a value whenever control comes this way`,
  "conditional-uninitialized": (name: string) => `variable '${name}' may have no value here`,

  "sign-compare": (left: string, right: string, op = "?:") =>
    `'${op}' between '${left}' and '${right}': their signs differ`,
  "tautological-compare": (op: string, always: string) => `'${op}' of a thing with itself is always ${always}`,
  "tautological-constant-out-of-range-compare": (value: bigint, type: string, always: string) =>
    `${value} is out of the range of '${type}': the comparison is always ${always}`,
  "tautological-constant-compare": (value: bigint, always: string) =>
    `the comparison of what is true or false with ${value} is always ${always}`,
  "tautological-type-limit-compare": (value: bigint, type: string, always: string) =>
    `${value} is a limit of '${type}': the comparison is always ${always}`,
  "tautological-unsigned-zero-compare": (type: string, op: string, always: string) =>
    `'${type}' is unsigned: its '${op}' with 0 is always ${always}`,
  "tautological-unsigned-enum-zero-compare": (type: string, op: string, always: string) =>
    `'${type}' is unsigned: its '${op}' with 0 is always ${always}`,
  "tautological-value-range-compare": (op: string, always: string) =>
    `the values that can come here make '${op}' always ${always}`,
  "tautological-overlap-compare": (always: string) => `these two comparisons together are always ${always}`,
  "tautological-bitwise-compare": (always: string) => `the bits left by the mask make this comparison always ${always}`,
  "tautological-pointer-compare": (name: string, always: string) =>
    `'${name}' always has an address: the comparison with null is always ${always}`,
  "pointer-bool-conversion": (name: string) => `'${name}' always has an address: this is always true`,
  "string-compare": () => "this compares addresses of strings, not their text",
  "enum-compare": (left: string, right: string) => `'${left}' and '${right}' are different enumerations`,
  "compare-distinct-pointer-types": (left: string, right: string) =>
    `'${left}' and '${right}' are pointers to different types`,

  "implicit-int-conversion": (from: string, to: string) => `'${from}' does not fit '${to}': bits may get lost`,
  "shorten-64-to-32": (from: string, to: string) => `the upper half of '${from}' gets lost in '${to}'`,
  "sign-conversion": (from: string, to: string) => `'${from}' becomes '${to}': its sign may change`,
  "constant-conversion": (value: bigint, kept: bigint, to: string) => `${value} becomes ${kept} in '${to}'`,
  "bitfield-constant-conversion": (value: bigint, kept: bigint, bits: number) =>
    `${value} becomes ${kept} in a bit-field of ${bits} bit${bits === 1 ? "" : "s"}`,
  "enum-conversion": (from: string, to: string) => `'${from}' becomes '${to}', another enumeration`,
  "int-conversion": (what: string, want: string, got: string) => `${what}: expected '${want}', found '${got}'`,
  "incompatible-pointer-types-discards-qualifiers": (what: string, want: string, got: string) =>
    `${what}: '${want}' drops a qualifier of '${got}'`,
  "pointer-sign": (what: string, want: string, got: string) =>
    `${what}: '${want}' and '${got}' point at integers of different sign`,
  "int-to-pointer-cast": (to: string, from: string) => `'${from}' is smaller than the pointer '${to}'`,
  "int-to-void-pointer-cast": (to: string, from: string) => `'${from}' is smaller than the pointer '${to}'`,
  "pointer-to-int-cast": (to: string, from: string) => `the pointer '${from}' does not fit '${to}'`,
  "void-pointer-to-int-cast": (to: string, from: string) => `the pointer '${from}' does not fit '${to}'`,

  parentheses: (inner: string, outer: string) =>
    `'${inner}' in ${outer === "a condition" ? outer : `an operand of '${outer}'`} without parentheses`,
  "parentheses-equality": () => "a comparison in two pairs of parentheses: an assignment has that form",
  "logical-op-parentheses": () => "'&&' inside of '||' without parentheses",
  "bitwise-op-parentheses": (inner: string, outer: string) => `'${inner}' inside of '${outer}' without parentheses`,
  "bitwise-conditional-parentheses": (op: string) => `'${op}' in the condition of '?:' without parentheses`,
  "shift-op-parentheses": (shift: string, op: string) => `'${op}' in an operand of '${shift}' without parentheses`,
  "logical-not-parentheses": (what: string) => `'!' is for the left side of this ${what} alone`,
  "dangling-else": () => "this 'else' belongs to the inner 'if'",
  "constant-logical-operand": (op: string) => `'${op}' with a constant: '${op[0]}' works on bits`,
  "xor-used-as-pow": (base: bigint, power: bigint) => `${base} ^ ${power} is exclusive or, not a power`,
  "self-assign": () => "a variable is assigned to itself",
  "division-by-zero": (what: string) => `${what} by zero`,
  "shift-count-overflow": (op: string, by: bigint, type: string) => `'${op}' by ${by} leaves nothing of '${type}'`,
  "shift-count-negative": (op: string, by: bigint) => `'${op}' by ${by}`,
  "shift-negative-value": (value: bigint) => `'<<' of the negative value ${value}`,
  "shift-overflow": (value: bigint, by: bigint, type: string) => `${value} << ${by} does not fit '${type}'`,
  "integer-overflow": (value: bigint, type: string) => `the result does not fit '${type}' and becomes ${value}`,
  "array-bounds": (at: bigint, type: string) => `index ${at} is outside of '${type}'`,
  "sizeof-pointer-memaccess": (name: string) => `'${name}' of the size of the pointer, not of what it points at`,
  "sizeof-array-argument": (name: string) => `parameter '${name}' is a pointer, for all that it is written as an array`,
  "sizeof-pointer-div": (type: string) => `the size of '${type}' divided by that of what it points at`,
  "sizeof-array-div": (type: string) => `the array's elements are '${type}', of another size than the divisor`,
  "memset-transposed-args": () => "'memset' of no bytes: value and size have changed places",

  "empty-body": (word: string) => `the body of '${word}' is empty`,
  "implicit-fallthrough": () => "the case above runs on into this one",
  switch: (names: string, count: number) =>
    count === 0 ? `no case can be ${names}` : `no case for ${names}${count > 3 ? ` and ${count - 3} more` : ""}`,
  "switch-enum": (names: string, count: number) =>
    `no case of its own for ${names}${count > 3 ? ` and ${count - 3} more` : ""}`,
  "switch-bool": () => "a switch over what is only true or false",
  "covered-switch-default": () => "every value has a case: 'default' is never reached",
  shadow: (name: string, what: string) => `'${name}' hides ${what}`,

  "missing-braces": (type: string) => `braces around the values of '${type}' are missing`,
  "missing-field-initializers": (name: string) => `member '${name}' and what follows get no value`,
  "initializer-overrides": () => "this has been given a value before, which is lost",
  "excess-initializers": (what: string, count: number) =>
    `too many values: ${what} holds ${count}, the rest is dropped`,
  "unused-local-typedef": (name: string) => `typedef '${name}' is never used`,
  "missing-prototypes": (name: string) => `'${name}' is not declared before it is defined, and not static`,
  "missing-variable-declarations": (name: string) => `'${name}' is not declared before it is defined, and not static`,
  "uninitialized-memory": (name: string, helper: string) => `${helper} reads '${name}', which nothing has written`,
  "session-cookie-unwritten": (program: string) =>
    `the exit of '${program}' reads the cookie, which no entry writes: it is always 0`,
  "session-return-at-entry": (program: string) =>
    `'${program}' reads the return value in the entry run, where it is always 0`,
  "session-is-return-value": () => "the answer of bpf_session_is_return is calculated with: it only says yes or no",
  "session-too-many": (target: string, most: number) =>
    `the programs on '${target}' take more than the ${most} places of a trampoline, a session taking two`,
  "session-unmarked-return": (program: string) =>
    `the entry of '${program}' returns without writing the cookie, and its exit cannot tell`,
  "session-unchecked-entry": (program: string) =>
    `the exit of '${program}' calculates with the cookie, which is 0 where the entry was not run`,
  "asm-immediate": (value: string) => `of ${value}, the instruction holds the low 32 bits only`,
} as const;
