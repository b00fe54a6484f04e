/** Warnings, by the name that `-W` takes. One line a message; names are never reused. */
export const warningTexts = {
  license: (name: string) => `no license given: '${name}' needs a GPL-compatible one, and the object gets "GPL"`,
  "incompatible-pointer-types": (what: string, want: string, got: string) =>
    `${what}: expected '${want}', found the pointer '${got}'`,
  "return-type": (name: string) => `'${name}' can reach its end without 'return'`,
  "unknown-attributes": (name: string) => `attribute '${name}' is unknown and ignored`,
  "unknown-sections": (section: string) => `section '${section}' is no section name of BPF programs`,
  "macro-redefined": (name: string) => `macro '${name}' is defined again, differently`,
  cpp: (text: string) => `#warning ${text}`,
  "extra-tokens": (directive: string) => `what follows '#${directive}' on its line is ignored`,
  "unknown-escape-sequence": (text: string) => `escape '${text}' has no meaning and stands for its character`,
  "pass-failed": () => "this loop is not unrolled: how often it runs is not known, or the copies would be too many",
  "asm-immediate": (value: string) => `of ${value}, the instruction holds the low 32 bits only`,
} as const;
