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
  "excess-initializers": (why: string) => `this part of the initialiser is ignored: ${why}`,
  "extra-tokens": (directive: string) => `what follows '#${directive}' on its line is ignored`,
  "unknown-escape-sequence": (text: string) => `escape '${text}' has no meaning and stands for its character`,
  "pass-failed": () => "this loop is not unrolled: how often it runs is not known, or the copies would be too many",
  "asm-immediate": (value: string) => `of ${value}, the instruction holds the low 32 bits only`,
} as const;
