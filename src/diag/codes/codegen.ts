/** E04xx: lowering and code generation. One line a message; codes are never reused. */
export const codegenCodes = {
  E0401: (name: string, count: number) => `'${name}' takes ${count} arguments; BPF passes at most five`,
  E0402: () => "structs and unions are not passed or returned by value",
  E0403: () => "call through a pointer whose value is not known",
  E0404: (name: string, cycle: string) => `'${name}' calls itself (${cycle})`,
  E0405: (name: string) => `'${name}' is naked, and its body is more than assembly`,
  E0406: () => "'asm goto' in a naked function jumps to labels that it cannot have",
  E0407: (what: string) => `${what} cannot be 128 bits wide`,
  E0408: (size: number) => `BPF has no atomic operation on ${size === 1 ? "1 byte" : `${size} bytes`}`,
  E0409: (name: string) => `the length of ${name} is not a constant`,
  E0411: (length: number, most: number) => `${length} bytes take more than ${most} loads and stores`,
  E0412: (name: string) => `'${name}' can reach __builtin_trap(), and BPF has no trap`,
  E0413: (what: string) => `BPF has no instruction for ${what}`,
  E0440: (name: string, size: number, limit: number) =>
    `'${name}' needs ${size} bytes of stack, and the kernel gives ${limit}`,
  E0442: (name: string, slots: number) =>
    `a branch in '${name}' spans ${slots} instructions, more than its offset can hold`,
  E0443: (op: string) => `'${op}' on 4 bytes needs the instructions of -mcpu=v3`,
  E0450: (text: string) => `'${text}' is no BPF instruction`,
  E0451: (value: string, bits: number) => `${value} does not fit into the ${bits} bits of its field`,
  E0452: (name: string) => `no label '${name}' in this assembly`,
  E0453: (name: string) => `label '${name}' is set twice`,
  E0454: (name: string) => `assembly names '${name}', which is not declared`,
  E0455: (ref: string) => `assembly refers to operand '${ref}', which it does not have`,
  E0456: (name: string) =>
    `an operand of the assembly of '${name}' is not constant, and a naked function runs nothing before`,
  E0457: (constraint: string) => `constraint "${constraint}" of an operand is not one of BPF's`,
  E0458: (name: string) => `assembly clobbers '${name}', which is no register of BPF`,
  E0459: (wanted: number, left: number) => `operands need ${wanted} registers, and the assembly leaves ${left}`,
  E0460: () => "assembly jumps behind the end of its function",
  E0461: (constraint: string) => `constraint "${constraint}" wants a constant, and this is none even after inlining`,
} as const;
