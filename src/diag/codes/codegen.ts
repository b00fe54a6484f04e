/** E04xx: lowering and code generation. One line a message; codes are never reused. */
export const codegenCodes = {} as const;
