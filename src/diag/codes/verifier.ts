/** E05xx: what the kernel's verifier will refuse. One line a message; codes are never reused. */
export const verifierCodes = {
  // The program's shape.
  E0501: (slot: number, what: string) => `instruction ${slot}: the kernel does not accept ${what}`,
  E0502: (slot: number, to: number) =>
    `instruction ${slot} jumps to ${to}, which is outside its function or inside an instruction`,
  E0503: (slot: number) => `instruction ${slot} refers to a function, but none starts there`,
  E0504: (func: string) => `function '${func}' can run past its last instruction`,
  E0505: (slot: number) => `instruction ${slot} can never be reached`,
  E0506: (from: string, to: string) => `'${from}' calls '${to}', which is running already: recursion is not allowed`,
  // Registers.
  E0507: (reg: string) => `${reg} is read but holds nothing here`,
  E0508: () => "r10, the frame pointer, cannot be changed",
  E0509: (reg: string, value: string) => `${reg} is used as a pointer but holds a number (${value})`,
  E0510: (reg: string) => `${reg} may be null here`,
  // The context.
  E0511: (kind: string, off: number) => `${kind} programs cannot write to their context (offset ${off})`,
  E0512: (func: string, nth: number, count: number) => `'${func}' has no argument ${nth}: it has ${count}`,
  E0513: (off: number, size: number, why: string) => `a read of ${size} bytes at offset ${off} of the context: ${why}`,
  E0514: (off: string) => `the context is accessed at ${off}: its offset must be a constant and not negative`,
  E0515: (func: string, why: string) => `the return value of '${func}' cannot be read: ${why}`,
  E0516: (kind: string) => `${kind} programs cannot read arguments from their context`,
  E0517: (mode: string, size: number, off: number, kind: string) =>
    `${mode} of ${size} bytes at offset ${off} of the context is not allowed in ${kind} programs`,
  // The stack.
  E0518: (mode: string, from: bigint, size: number) =>
    `${mode} of ${size} bytes at ${from} from the frame pointer is outside the stack (-512 to -1)`,
  E0519: (off: string, size: number) => `a stack access of ${size} bytes at ${off} is not aligned`,
  E0520: (reg: string) => `${reg} points into the stack at an offset without bounds`,
  E0521: (size: number) => `a read of ${size} bytes takes a part of a pointer that was saved on the stack`,
  E0522: (why: string) => `a pointer cannot be saved here: ${why}`,
  // Maps and memory.
  E0523: (map: string, from: bigint, to: bigint, size: number) =>
    `bytes ${from} to ${to} of a value of map '${map}', which has ${size}`,
  E0524: (what: string, from: bigint, to: bigint, size: number) =>
    `bytes ${from} to ${to} of ${what}, which has ${size}`,
  E0525: (reg: string, what: string) => `the offset into ${what} in ${reg} may be negative`,
  E0526: (reg: string, what: string) => `the offset into ${what} in ${reg} has no upper bound`,
  E0527: (what: string) => `${what} is read-only`,
  // Kernel structs.
  E0529: (what: string) => `no load from there: ${what}`,
  E0530: (name: string) => `struct ${name} belongs to the kernel and can only be read`,
  E0531: (reg: string, name: string) => `${reg} points into struct ${name} at an offset that is not constant`,
  E0532: (reg: string, space: string) => `${reg} is a pointer to ${space} memory, which cannot be loaded from directly`,
  E0533: (name: string) => `a program without a GPL-compatible license cannot read struct ${name}`,
  E0534: (reg: string, what: string) => `${reg} is ${what}, which cannot be read or written`,
  E0535: (reg: string, what: string) => `no atomic operation on ${what} (${reg})`,
  E0575: (what: string, off: string, size: number) =>
    `an atomic operation of ${size} bytes at ${off} of ${what} is not aligned`,
  // Arithmetic.
  E0536: (reg: string, op: string, what: string) =>
    `${op} on ${reg}, which is ${what}: only adding and subtracting numbers is allowed`,
  E0537: (reg: string) => `arithmetic on ${reg}, which may be null`,
  E0538: (reg: string) => `32-bit arithmetic on ${reg}, which is a pointer`,
  E0539: (reg: string, what: string) => `an offset of ${what} is added to the pointer in ${reg}`,
  E0540: (reg: string) => `a pointer is subtracted from the number in ${reg}`,
  E0541: (reg: string, op: string) => `${op} of two pointers in ${reg}`,
  E0542: (reg: string) => `something is subtracted from the stack pointer in ${reg}`,
  E0543: () => "division by zero",
  E0544: (by: number, width: number) => `a shift by ${by} in ${width} bits`,
  // Helpers.
  E0545: (id: number) => `there is no helper ${id}`,
  E0546: (name: string, kind: string) => `${kind} programs cannot call ${name}`,
  E0547: (name: string) => `${name} needs a GPL-compatible license`,
  E0548: (name: string) => `${name} may sleep, and this program may not`,
  E0549: (reg: string, name: string, want: string, got: string) =>
    `${reg}, an argument of ${name}, must be ${want}, but is ${got}`,
  E0550: (reg: string, name: string) => `${reg}, an argument of ${name}, may be null`,
  E0551: (reg: string, name: string, why: string) => `${reg}, a size that ${name} takes, ${why}`,
  E0553: (reg: string, name: string) => `${reg}, an argument of ${name}, must be a constant`,
  E0554: (map: string, type: string, name: string) => `${name} does not take map '${map}' of type ${type}`,
  E0555: (reg: string, name: string) => `${reg}, an argument of ${name}, must be the context as the program got it`,
  E0556: (reg: string, name: string, why: string) => `${reg}, a string that ${name} takes, ${why}`,
  // Kfuncs.
  E0557: (id: number) => `the kernel has no kfunc with BTF id ${id}`,
  E0558: (name: string, why: string) => `${name} cannot be called here: ${why}`,
  E0559: (reg: string, name: string, want: string, got: string) =>
    `${reg}, an argument of ${name}, must be ${want}, but is ${got}`,
  // References and results.
  E0560: (what: string) => `${what} is not released on every path`,
  E0561: (reg: string, name: string) =>
    `${reg} is not what ${name} can release: it must be the pointer as it was acquired`,
  E0562: (kind: string, got: string, want: string) => `${kind} must return ${want}, but may return ${got}`,
  E0563: (what: string) => `r0, the result, ${what}`,
  E0564: (frames: number, max: number) => `calls nest ${frames} deep, and the limit is ${max}`,
  E0565: (size: number, calls: number, limit = 512) =>
    `the stack of ${calls} nested functions takes ${size} bytes, and the limit is ${limit}`,
  E0566: () => "this loop never changes anything that could end it",
  E0567: () => "a function returns a pointer to its own stack",
  E0568: (what: string) => `${what} is used here, and this kernel does not have it`,
  E0569: (name: string) => `${name} does not exist in this kernel, and this call can be reached`,
  E0570: (what: string, other: string) => `one instruction accesses ${what} on one path and ${other} on another`,
  E0571: (reg: string, func: string, why: string) => `${reg}, an argument of the global function '${func}', ${why}`,
  E0573: (why: string) => `this function cannot be called back: ${why}`,
  E0574: (why: string) => `the kernel will not load this program: ${why}`,
  E0576: (struct: string, member: string, why: string) =>
    `a program cannot be the operation '${member}' of struct ${struct}: ${why}`,
  // Packets.
  E0580: (off: string, size: bigint, what: string, range: number) =>
    `${size} bytes at ${off} of ${what}, of which ${range} are compared with the end`,
  E0581: (why: string) => `a load from the packet by its number is not allowed here: ${why}`,
  // Sections.
  E0582: (name: string) => `${name} ends what was never begun`,
  E0583: (name: string) => `${name} is called while a lock is held`,
  E0597: (reg: string, field: string, why: string) => `${reg} points to a ${field}, which ${why}`,
  E0598: (name: string, root: string) => `${name} works on a ${root} whose lock is not held`,
  E0599: (name: string) => `${name} does not restore the interrupt flags that were saved last`,
} as const;
