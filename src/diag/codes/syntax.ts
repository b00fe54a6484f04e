/** E01xx: what the preprocessor and the grammar refuse. One line a message; codes are never reused. */
export const syntaxCodes = {} as const;
