/** E05xx: what the kernel's verifier will refuse. One line a message; codes are never reused. */
export const verifierCodes = {} as const;
