/** E06xx: objects, ELF, linking. One line a message; codes are never reused. */
export const objectCodes = {} as const;
