/** E06xx: objects, ELF, linking. One line a message; codes are never reused. */
export const objectCodes = {
  E0601: (file: string, why: string) => `'${file}' is no BPF object: ${why}`,
  E0602: (section: string, why: string) => `the object's ${section} cannot be read: ${why}`,
  E0603: (func: string, slot: number, why: string) => `instruction ${slot} of '${func}' is none: ${why}`,
  E0604: (func: string, slot: number, symbol: string) =>
    `the relocation of instruction ${slot} in '${func}' against '${symbol}' cannot be resolved`,
  E0605: (func: string, slot: number) => `instruction ${slot} of '${func}' calls what is no function in '.text'`,
  E0606: (map: string, why: string) => `map '${map}' is not well defined: ${why}`,
  E0607: (name: string) => `no BTF says what the extern '${name}' is`,
  E0608: (name: string, kernel: string) => `the extern '${name}' does not exist in ${kernel}`,
  E0609: (name: string, kernel: string) => `the extern '${name}' has another type in ${kernel}`,
  E0610: (func: string, slot: number, why: string) => `CO-RE cannot patch instruction ${slot} of '${func}': ${why}`,
  E0611: (program: string, max: number) => `program '${program}' has more than ${max} instructions`,
  E0612: (program: string, section: string) => `program '${program}' in section '${section}' is static`,
} as const;
