/** E02xx: names, types, constants. One line a message; codes are never reused. */
export const semaCodes = {
  E0201: (name: string) => `unknown name '${name}'`,
} as const;
