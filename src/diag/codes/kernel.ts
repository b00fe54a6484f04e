/** E03xx: the kernel, its BTF, kfuncs, CO-RE. One line a message; codes are never reused. */
export const kernelCodes = {} as const;
