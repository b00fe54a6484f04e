/** Warnings, by the name that `-W` takes. One line a message; names are never reused. */
export const warningTexts = {
  license: (name: string) => `no license given: '${name}' needs a GPL-compatible one, and the object gets "GPL"`,
} as const;
