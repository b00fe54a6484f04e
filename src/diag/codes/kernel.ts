/** E03xx: the kernel, its BTF, kfuncs, CO-RE. One line a message; codes are never reused. */
export const kernelCodes = {
  E0301: (name: string, kernel: string) => `no function '${name}' in ${kernel}`,
  E0302: (section: string, attachType: string, kernel: string) =>
    `section '${section}' needs ${attachType}, which ${kernel} does not have`,
  E0303: (name: string) => `the kernel does not let anything trace '${name}'`,
  E0304: (name: string, section: string) => `'${name}' never returns, so '${section}' cannot be attached`,
  E0305: (name: string, kernel: string) => `no kfunc '${name}' in ${kernel}`,
  E0306: (name: string, why: string) => `'${name}' cannot be traced: ${why}`,
  E0307: (name: string, section: string) =>
    `'${name}' must not sleep, so the sleepable '${section}' cannot be attached`,
  E0309: (name: string, declared: string, real: string) =>
    `kfunc '${name}' is declared '${declared}', but is '${real}'`,
  E0311: (name: string, kernel: string) => `no tracepoint '${name}' in ${kernel}`,
  E0312: (name: string, kernel: string) => `no security hook '${name}' in ${kernel}`,
  E0313: (name: string, kernel: string) => `no iterator '${name}' in ${kernel}`,
  E0314: (name: string) => `the return value of '${name}' may not be modified`,
  E0317: (file: string, why: string) => `cannot read the BTF of ${file}: ${why}`,
} as const;
