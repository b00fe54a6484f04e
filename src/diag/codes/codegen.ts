/** E04xx: lowering and code generation. One line a message; codes are never reused. */
export const codegenCodes = {
  E0401: (name: string, count: number) => `'${name}' takes ${count} arguments; BPF passes at most five`,
  E0402: () => "structs and unions are not passed or returned by value",
  E0403: () => "call through a pointer whose value is not known",
  E0404: (name: string, cycle: string) => `'${name}' calls itself (${cycle})`,
  E0405: (name: string) => `'${name}' is naked: functions in assembly are not compiled`,
  E0406: () => "assembly text inside a function is not compiled",
  E0407: () => "128-bit integers do not fit BPF's registers",
  E0408: (size: number) => `BPF has no atomic operation on ${size === 1 ? "1 byte" : `${size} bytes`}`,
  E0409: (name: string) => `the length of ${name} is not a constant`,
  E0411: (length: number, most: number) => `${length} bytes take more than ${most} loads and stores`,
  E0440: (name: string, size: number, limit: number) =>
    `'${name}' needs ${size} bytes of stack, and the kernel gives ${limit}`,
  E0442: (name: string, slots: number) =>
    `a branch in '${name}' spans ${slots} instructions, more than its offset can hold`,
} as const;
