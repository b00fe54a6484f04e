/** E059x: rules of the kernel's verifier that only its log tells of. One line a message; codes are never reused. */
export const kernelLogCodes = {
  E0590: (message: string) => `locks, RCU sections, preemption or interrupts: ${message}`,
  E0591: (message: string) => `a dynptr or an iterator: ${message}`,
  E0592: (message: string) => `a special field of a map value, or an allocated object: ${message}`,
  E0593: (message: string) => `a rule that bpfasm does not know: ${message}`,
} as const;
