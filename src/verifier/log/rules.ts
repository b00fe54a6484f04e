/**
 * Which of our codes a message of the kernel's verifier belongs to. A row is a pattern over the message's lines (joined by
 * newlines) and a code; the first that matches wins, so special rows stand before general ones. Texts are those of 6.1 to
 * 7.2: kernel/bpf/verifier.c and its neighbours, kernel/bpf/btf.c.
 */

/** A message that no row knows. */
export const UNKNOWN_RULE = "E0593";

export interface LogRule {
  readonly pattern: RegExp;
  readonly code: string;
}

const row = (code: string, ...patterns: readonly RegExp[]): readonly LogRule[] =>
  patterns.map((pattern) => ({ pattern, code }));

export const logRules: readonly LogRule[] = [
  // What programs must be, before any instruction is followed.
  ...row("E0501", /^unknown opcode|uses reserved fields|^invalid BPF_LD_IMM|^bad ld_imm64|^invalid bpf_ld_imm64/m),
  ...row("E0501", /invalid atomic operand size|uses invalid atomic opcode|^R1[0-9] is invalid|BPF_ATOMIC uses/m),
  ...row("E0502", /^jump out of range|^jump into the middle|^jump \/ exit in the middle/m),
  ...row("E0503", /^(invalid )?(insn|function) reference|^no subprog|subprog.*doesn't start|^unable to find subprog/im),
  ...row("E0504", /^last insn is not an exit|falls? through|^jump.*outside of subprog/m),
  ...row("E0505", /^unreachable insn/m),
  ...row("E0506", /^recursive call/m),
  ...row("E0566", /^infinite loop detected|^back-edge from insn/m),
  ...row(
    "E0565",
    /^combined stack size|^stack size of subprog|^stack size \d+|tail_calls are not allowed when call stack/m,
  ),
  ...row("E0564", /^the call stack of \d+ frames|^call stack .* too deep/m),
  // Attaching.
  ...row("E0301", /^attach_btf_id \d+ is not a function|address of function .* cannot be found/m),
  ...row(
    "E0574",
    /^(The function|Attaching|Attach to) |is not modifiable|^Cannot (extend|nest|replace)|JIT (does not|is required)/m,
  ),
  ...row(
    "E0574",
    / is not sleepable$|^Tracing programs must provide|^Sleepable programs can only use|^Can attach to only/m,
  ),
  ...row("E0574", /^(tracing|socket filter|perf_event|sleepable) progs? (cannot|can)|map.* sleepable/m),
  ...row("E0576", /^attach to (unsupported|invalid) member|with __ref argument cannot tail call/m),
  // Locks, sections, objects on the stack, fields.
  ...row(
    "E0582",
    /^unmatched (rcu read unlock|attempt to enable preemption)|unlock without taking a lock|^arg#\d+ .*irq_restore/m,
  ),
  ...row(
    "E0583",
    /function calls are not allowed while holding a lock|cannot be (used|called) inside bpf_spin_lock-ed region/,
  ),
  ...row(
    "E0597",
    /^(BPF_ST imm must be 0 when storing to kptr|store to referenced kptr|kptr in insn|kptr access|kptr cannot be accessed|invalid kptr access)/m,
  ),
  ...row("E0598", /^bpf_(res_)?spin_lock at off=\d+ must be held for/m),
  ...row("E0599", /^cannot restore irq state out of order/m),
  ...row(
    "E0590",
    /spin_lock|_lock(ed)?\b.*(region|held)|lock region|rcu_?read|rcu read|rcu_dereference|preempt|IRQ-disabled|\birq\b/im,
  ),
  ...row(
    "E0591",
    /dynptr|iter_\w+ as R|pointer to an iterator|uninitialized iter|initialized iter|arg#\d+ expected pointer to.*iter/i,
  ),
  ...row(
    "E0592",
    /cannot be accessed directly by load\/store|kptr|bpf_timer|graph (node|root)|bpf_list|bpf_rb_|allocated object|refcount/,
  ),
  // References and results.
  ...row("E0560", /^Unreleased reference|would lead to reference leak|tail_call would lead/m),
  ...row(
    "E0561",
    /must have zero offset when passed to release|release func(tion)? .*(expects|must)|must be referenced when passed to release/,
  ),
  ...row("E0561", /arg \d+ is an unacquired reference|release kernel function .* expects refcounted/),
  ...row("E0561", /^release (helper|kfunc) \S+ expects referenced/m),
  ...row("E0567", /^cannot return stack pointer/m),
  ...row(
    "E0563",
    /At (program|subprogram|callback|async callback) (exit|return) the register R0 is not a|leaks addr as return value|return value not void or scalar/,
  ),
  ...row(
    "E0562",
    /(At (program exit|callback return|async callback return)|In (callback|async callback)) the register R0 has|should have been in/,
  ),
  // Kfuncs.
  ...row("E0547", /^cannot call (GPL-restricted|kernel) function from non-GPL/m),
  ...row("E0548", /might sleep|must be sleepable to call|^sleepable (helper|kfunc)|is sleepable within/m),
  ...row("E0558", /^calling kernel function .* is not allowed|^calling kernel functions? (is|are) not/m),
  ...row(
    "E0557",
    /^(kernel )?(btf_id|kfunc btf_id) \d+ (is not|not) |does not have a valid func_proto|kernel function btf_id/m,
  ),
  ...row("E0569", /is referenced but wasn't resolved|^invalid func (unknown#|.*#20020000)/m),
  ...row("E0555", /dereference of modified ctx ptr/),
  ...row("E0561", /dereference of modified \S+ ptr/),
  ...row("E0568", /CO-RE relocat|invalid func unknown#1958|<invalid CO-RE/),
  // Helpers.
  ...row("E0545", /^invalid func /m),
  ...row("E0546", /^unknown func |cannot use helper|^helper call is not allowed|supported only for fentry/m),
  ...row("E0554", /^cannot pass map_type/m),
  ...row("E0553", /is not a known constant|must be a known constant|is not a const\b/),
  ...row(
    "E0551",
    /min value is negative, either use unsigned or 'var &= const'|invalid zero-sized read|unbounded memory access, use 'var &= const'/,
  ),
  ...row("E0551", /leads to invalid memory access/),
  ...row(
    "E0556",
    /does not point to a readonly map|string is not zero-terminated|direct value access on string|no direct value access/,
  ),
  ...row("E0550", /Possibly NULL pointer passed/),
  ...row("E0550", /R[1-5] type=\w*or_null\w* expected=/),
  ...row("E0571", /^Caller passes invalid args|^arg#\d+ .*global|func#\d+ .*invalid args/m),
  ...row("E0573", /^callback function/m),
  ...row("E0556", /R[1-5] type=\S+ expected=map_value$/m),
  ...row("E0549", /R[1-5] type=\S* ?expected=/),
  ...row(
    "E0559",
    /must be (a rcu|referenced or trusted|referenced)|^kernel function .* args?#\d+ expected|expected pointer to|arg#\d+ is not|must point to/m,
  ),
  ...row("E0559", /^R[1-5] is not a scalar|^kernel function .*(expected|expects)/m),
  ...row("E0549", /is of type .* but .* is expected/),
  ...row("E0549", /helper access to the packet is not allowed|^get_local_storage\(\)/m),
  ...row("E0554", /^expected prog array map/m),
  // Packets and contexts.
  ...row("E0580", /R\d+ offset is outside of the packet/),
  ...row("E0581", /^LD_(ABS|IND) is only allowed/m),
  ...row("E0580", /^invalid access to packet/m),
  ...row("E0581", /^BPF_LD_\[ABS\|IND\]/m),
  ...row("E0516", /^func 'bpf_multi_func' doesn't have/m),
  ...row("E0512", /doesn't have \d+-th argument/),
  ...row("E0513", /offset \d+ is not multiple of 8|size \d+ must be 8|Only pointer access is allowed/),
  ...row("E0514", /variable ctx access|negative offset ctx ptr|ctx access var_off=/),
  ...row("E0511", /^BPF_STX? stores into R\d+ ctx is not allowed$/m),
  ...row("E0517", /^invalid bpf_context access/m),
  // Arithmetic.
  ...row("E0537", /pointer arithmetic on \S+ prohibited, null-check it first/),
  ...row("E0538", /32-bit pointer arithmetic prohibited/),
  ...row("E0540", /tried to subtract pointer from scalar/),
  ...row("E0541", /R\d+ pointer \S+ pointer prohibited/),
  ...row("E0542", /subtraction from stack pointer prohibited/),
  ...row(
    "E0539",
    /^(math between|value -?\d+ makes)|makes pointer be out of bounds|pointer offset -?\d+ is not allowed/m,
  ),
  ...row("E0536", /bitwise operator \S+ on pointer|pointer arithmetic with|pointer arithmetic on \S+ prohibited/),
  ...row("E0543", /div by zero/),
  ...row("E0544", /^invalid shift/m),
  ...row("E0508", /frame pointer is read only/),
  ...row(
    "E0522",
    /partial copy of pointer|cannot spill pointers? to stack|attempt to corrupt spilled pointer|invalid size of register spill/,
  ),
  ...row("E0521", /invalid size of register fill|corrupted spill memory/),
  // Memory, by the region that a message names.
  ...row("E0535", /BPF_ATOMIC (stores into|loads from) R\d+/),
  ...row("E0570", /same insn cannot be used with different pointers/),
  ...row("E0527", /write into map forbidden|cannot write into|read-only|R\d+ cannot write/),
  ...row("E0534", /read from map forbidden|^only read from bpf_\w+ is supported/m),
  ...row("E0525", /invalid negative \S+ buffer offset/),
  ...row("E0524", /invalid access to flow keys|invalid \S+ buffer access/),
  ...row("E0529", /invalid sock(_common)? access|invalid tcp_sock access/),
  ...row("E0525", /min value is negative, either use unsigned index/),
  ...row("E0526", /unbounded memory access, make sure to bounds check/),
  ...row("E0523", /invalid access to map (value|key)/),
  ...row(
    "E0524",
    /invalid access to (memory|mem)|invalid (read|write|access) (to|from) .*(mem|buf)|allowed memory range/,
  ),
  ...row("E0520", /invalid unbounded variable-offset|unbounded variable-offset|variable stack access prohibited/),
  ...row("E0519", /misaligned stack access/),
  ...row("E0575", /^misaligned /m),
  ...row(
    "E0518",
    /invalid (variable-offset )?(indirect )?(read from|write to|access to) stack|variable-offset (read|write).* stack|invalid stack/,
  ),
  // Kernel structs.
  ...row("E0530", /only read is supported/),
  ...row("E0533", /^Cannot access kernel 'struct/m),
  ...row("E0532", /access user memory|access percpu memory/),
  ...row("E0531", /invalid variable offset|invalid negative access|invalid access: off=/),
  ...row(
    "E0529",
    /access beyond (the end of member|struct)|doesn't have field at|cannot access ptr member|access beyond/,
  ),
  // Registers.
  ...row("E0507", /!read_ok/),
  ...row("E0510", /invalid mem access '\S*or_null\S*'/),
  ...row("E0509", /invalid mem access '(scalar|inv|fp|\?)'/),
  ...row("E0534", /invalid mem access/),
];

/** The code of a message, which may have several lines. */
export const codeOfMessage = (message: string): string =>
  logRules.find(({ pattern }) => pattern.test(message))?.code ?? UNKNOWN_RULE;
