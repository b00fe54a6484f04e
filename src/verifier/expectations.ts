/** What each rule asks for, and how a program is mended that breaks it: one row a code. A refusal may know better of the mend. */
export interface Expectation {
  /** What the kernel wants, as the object of "expected". */
  readonly expected: string;
  readonly mend: string;
}

const row = (expected: string, mend: string): Expectation => ({ expected, mend });

/** What codes of the section and its target (E03xx) ask for. */
const target = row(
  "a program and a target that the kernel loads",
  "choose a target that this kind of program may be attached to",
);

export const expectationOf = (code: string): Expectation => expectations[code] ?? target;

export const expectations: Readonly<Record<string, Expectation>> = {
  // The program's shape.
  E0501: row("an instruction that the kernel knows", "write it in a form that RFC 9669 defines"),
  E0502: row("a jump to an instruction of the same function", "jump to a label of the function"),
  E0503: row("the first instruction of a function", "call a function of the same object"),
  E0504: row("'exit' or a jump as the last instruction", "return at the end of the function"),
  E0505: row("code that can be reached", "remove what follows the unconditional jump or exit"),
  E0506: row("calls that never come back to a function that runs", "make a bounded loop of the recursion"),
  // Registers.
  E0507: row("a register with a value", "give it a value on every path that leads here"),
  E0508: row("the frame pointer to stay as it is", "copy r10 to another register and change that"),
  E0509: row(
    "a pointer",
    "take the address from a helper, a map or an argument of the program; numbers cannot be followed",
  ),
  E0510: row("a pointer that was compared with NULL", "compare it with NULL before it is used"),
  // The context.
  E0511: row("the context to be read only", "copy what is to be changed to a local variable"),
  E0512: row("an argument that the function has", "declare the arguments as the traced function has them"),
  E0513: row("a read of one whole argument", "read the argument with its own type"),
  E0514: row("a constant offset into the context", "use the context as the program got it, and name its members"),
  E0515: row(
    "a return value that exists when the program runs",
    "use a program that runs at the end: fexit or fsession",
  ),
  E0516: row("arguments by helper", "use bpf_get_func_arg"),
  E0517: row("a member of the context, with its own size", "access the member by its name and type"),
  // The stack.
  E0518: row("an access to the 512 bytes below the frame pointer", "keep the index inside the local variable"),
  E0519: row("an offset that is a multiple of the size", "align the variable, or access it byte by byte"),
  E0520: row("an offset with bounds", "compare the index with the size first, or mask it"),
  E0521: row("the whole pointer, with 8 bytes", "read it as a pointer"),
  E0522: row(
    "a pointer that is stored whole, in the own frame",
    "store it with 8 bytes, in a variable of this function",
  ),
  // Maps and memory.
  E0523: row("an access inside the map's value", "compare the index with the size first, or mask it"),
  E0524: row("an access inside the memory", "compare the index with the size first, or mask it"),
  E0525: row(
    "an offset that is not negative",
    "make the index unsigned, or check that it is not negative before it is used",
  ),
  E0526: row("an offset with an upper bound", "compare the index with the size first, or mask it"),
  E0527: row("memory that may be written", "write to a map, to the stack or to a global that is not const"),
  // Kernel structs.
  E0529: row("a load of one member, with its own size", "load the member by its name and type"),
  E0530: row("the kernel's structs to be read only", "copy what is to be changed to a local variable"),
  E0531: row("a constant offset into a kernel struct", "name the member; copy arrays with bpf_probe_read_kernel"),
  E0532: row("memory of the kernel itself", "copy it with the helper for that kind of memory"),
  E0533: row("a GPL-compatible license", 'say so in the file: char LICENSE[] SEC("license") = "GPL";'),
  E0534: row("memory that can be accessed", "use the helpers for that object"),
  E0535: row("memory of the program: the stack, a map value or a global", "do the atomic operation on a map value"),
  E0575: row("an offset that is a multiple of the size", "align the member that the operation works on"),
  // Arithmetic.
  E0536: row("pointers that are moved by adding and subtracting numbers", "work on a number, not on the pointer"),
  E0537: row("a pointer that was compared with NULL", "check it against NULL first"),
  E0538: row("arithmetic in 64 bits on pointers", "use a 64-bit type for the address"),
  E0539: row("an offset with bounds", "bound the number before it is added to the pointer"),
  E0540: row("a number to be subtracted", "subtract the number from the pointer"),
  E0541: row("one pointer at most", "subtract pointers of one object, or work on numbers"),
  E0542: row("stack pointers that are moved by adding", "add the negative number"),
  E0543: row("a divisor that is not 0", "divide by another constant"),
  E0544: row("a shift below the width", "shift by less"),
  // Helpers.
  E0545: row("a helper that the kernel has", "use a helper of this kernel; `bpf_helpers.h` lists them"),
  E0546: row("a helper that this kind of program may call", "use another helper, or another kind of program"),
  E0547: row("a GPL-compatible license", 'give the program a license such as "GPL"'),
  E0548: row("a function that does not sleep", "use a sleepable section (`.s`) and a target that may sleep"),
  E0549: row("an argument of the kind that the helper takes", "pass what the helper's prototype asks for"),
  E0550: row("a pointer that was compared with NULL", "compare it with NULL before the call"),
  E0551: row("a size with bounds that fits the memory", "compare it with the size of the buffer first, or mask it"),
  E0553: row("a constant", "pass a number that is known when the program is built"),
  E0554: row("a map type that the helper works on", "use the helper for that type of map, or another type"),
  E0555: row("the context as the program got it", "pass ctx itself"),
  E0556: row("a constant string that ends in a zero byte", "pass a string literal, or a const array with a NUL"),
  // Kfuncs.
  E0557: row("a kfunc of this kernel", "build for the kernel that the object is to run on"),
  E0558: row("a kfunc that this kind of program may call", "use a section that the kfunc is for"),
  E0559: row("an argument of the kind that the kfunc takes", "pass what the kfunc's prototype asks for"),
  // References and results.
  E0560: row("that everything acquired is released before the program ends", "release it on every path"),
  E0561: row("the pointer as it was acquired, still held", "pass the pointer that the acquiring call gave"),
  E0562: row("a result that this kind of program may give", "return a permitted number on every path"),
  E0563: row("a number as result", "return a number on every path"),
  E0564: row("calls that nest less", "inline functions, or flatten the chain of calls"),
  E0565: row("at most 512 bytes of stack over a chain of calls", "move large variables to a map"),
  E0566: row("a loop that ends", "count, and leave the loop when the count is reached"),
  E0567: row("a result that outlives the function", "let the caller pass a variable to be filled"),
  E0568: row(
    "a field, type or value that this kernel has",
    "guard the access with bpf_core_field_exists or bpf_core_type_exists",
  ),
  E0569: row("a function or variable that this kernel has", "guard the call with bpf_ksym_exists"),
  E0570: row("one kind of memory for each instruction", "write the access twice, once in each branch"),
  E0571: row("what the global function's signature says", "pass a pointer that suits, or make the function static"),
  E0573: row("a function of the helper's callback type", "declare the callback as the helper wants it"),
  E0574: target,
  E0576: row("an operation that such a program can be", "move the program to an operation that allows it"),
  // Packets.
  E0580: row(
    "bytes that were compared with the packet's end",
    "compare the address behind the bytes with data_end first",
  ),
  E0581: row(
    "a program that gets whole packets, with the context in r6",
    "read the packet by its pointers, or with bpf_skb_load_bytes",
  ),
  // Sections.
  E0582: row("a section or lock that was begun", "begin it on every path that leads here"),
  E0583: row("no call while a lock is held", "call it before the lock or after the unlock"),
  E0597: row(
    "a kernel pointer that is used as one",
    "load it whole; put something there with bpf_kptr_xchg, or with a plain store where the tag is kptr_untrusted",
  ),
  E0598: row(
    "the lock beside the list or tree, held",
    "take the lock that lies in the same value or object, with bpf_spin_lock",
  ),
  E0599: row("the flags that were saved last", "restore saved flags in the opposite order"),
  // What only the kernel's log tells of.
  E0590: row(
    "locks and sections that are opened and closed in pairs, and little in between",
    "close the lock or section on every path, and make no such call inside",
  ),
  E0591: row(
    "a dynptr or iterator in the state that the function takes",
    "make it before, and destroy or release it after, on every path",
  ),
  E0592: row(
    "special fields that their own functions alone touch",
    "use the functions for that field; null-check and drop what they give",
  ),
  E0593: row("what the message says", "look the message up in kernel/bpf/verifier.c of that kernel"),
};
