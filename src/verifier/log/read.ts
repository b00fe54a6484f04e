/**
 * Reads a log of the kernel's verifier, of any level, with or without what libbpf or bpftool print around it: the
 * instructions on the path that was refused, the source lines beside them, and the message. kernel/bpf/log.c
 */

/** An instruction as the log shows it. */
export interface LogInsn {
  /** Slot in the program, as the kernel counts. */
  readonly slot: number;
  /** First byte of the instruction. */
  readonly opcode: number;
  /** `r6 = r1` */
  readonly text: string;
  /** What the kernel said of the state behind the instruction. */
  readonly state?: string;
  readonly source?: LogSource;
}

/** `; text @ file:line`; kernels before 6.9 print the text alone. */
export interface LogSource {
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
}

export interface KernelLog {
  /** The program's name, where libbpf printed it. */
  readonly program?: string;
  /** The instructions from the entry to the refused one, which is the last. */
  readonly path: readonly LogInsn[];
  /** Lines of the message; none: the log tells of no refusal. */
  readonly message: readonly string[];
  /** Slot that the message itself names. */
  readonly named?: number;
  /** Source lines by slot, as far as they were printed. */
  readonly sources: ReadonlyMap<number, LogSource>;
}

const INSN = /^(\d+): \(([0-9a-f]{2})\) (.*)$/;
/** Where a jump back is refused, 6.1 prints the lines of its ends so. */
const END = /^(\d+): (?!\(|R\d|frame\d|safe)(.+)$/;
const SOURCE = /^; (.*)$/;
const PLACED = /^(.*) @ (\S+):(\d+)$/;
const FROM = /^from (\d+) to (\d+)\b/;
/** What the kernel prints beside instructions and messages. */
const NOISE =
  /^(mark_precise|last_idx|regs=|parent |func#\d+ @|topo_order|subprog#\d+|stack use\/def|Live regs|Func#|Validating |verification time|stack depth|insns processed|processed \d+ insns|max_states|propagating|old state|cur state|caller|callee|returning from|frame\d+:|to caller at|\d+: |from \d+ to|R\d+(_\w+)?=|fp-\d+|-- |={3,}|\s|arg#\d+ reference type|btf_vmlinux is malformed|Analyzing)/;
const PROGRAM = /prog '([^']+)': (?:-- BEGIN PROG LOAD LOG --|BPF program load failed)/;
const AROUND = /^(libbpf:|Error:|bpftool:|\[\s*\d+\.\d+\]) ?/;
/** Of a line as long as a hostile one may be. */
const MOST = 4096;

/** The refusal that a log ends with. Never throws; a log that says nothing gives no message. */
export function readKernelLog(text: string): KernelLog {
  const reader = new Reader();
  for (const line of text.split("\n")) reader.line(line.replace(/\r$/, "").slice(0, MOST));
  return reader.result();
}

class Reader {
  #path: LogInsn[] = [];
  #message: string[] = [];
  #source: LogSource | undefined;
  /** It was printed just now. */
  #fresh = false;
  readonly #sources = new Map<number, LogSource>();
  #program: string | undefined;
  /** Behind the counts at the end of a program's log. */
  #done = false;

  line(raw: string): void {
    const named = PROGRAM.exec(raw)?.[1];
    if (named !== undefined) this.#program = named;
    if (/-- BEGIN PROG LOAD LOG --/.test(raw)) this.#start();
    if (AROUND.test(raw) || /-- (BEGIN|END) PROG LOAD LOG --/.test(raw)) return;
    const insn = INSN.exec(raw);
    if (insn) {
      if (this.#done) this.#start();
      this.#insn(Number(insn[1]), Number.parseInt(insn[2]!, 16), insn[3]!);
      return;
    }
    const end = END.exec(raw);
    if (end) this.#sources.set(Number(end[1]), { text: end[2]! });
    const source = SOURCE.exec(raw)?.[1];
    if (source !== undefined) {
      this.#source = sourceOf(source);
      this.#fresh = true;
      return;
    }
    if (FROM.test(raw)) this.#back(Number(FROM.exec(raw)![1]));
    else if (/^processed \d+ insns/.test(raw)) this.#done = true;
    else if (raw !== "" && !NOISE.test(raw) && !this.#done)
      this.#message.push(raw.replace(/verification time \d+ usec$/, ""));
    else if (/^R\d+ (?!.*=)/.test(raw)) this.#message.push(raw);
  }

  #start(): void {
    this.#path = [];
    this.#message = [];
    this.#source = undefined;
    this.#sources.clear();
    this.#done = false;
  }

  #insn(slot: number, opcode: number, rest: string): void {
    const source = this.#sourceOf(slot);
    const semicolon = rest.search(/\s+; /);
    const state = semicolon < 0 ? undefined : rest.slice(semicolon).replace(/^\s+; /, "");
    this.#path.push({
      slot,
      opcode,
      text: (semicolon < 0 ? rest : rest.slice(0, semicolon)).trimEnd(),
      ...(state !== undefined && { state }),
      ...(source && { source }),
    });
    this.#message = [];
  }

  /** The kernel prints a line before the first of its instructions, and again only where the line printed last is another. */
  #sourceOf(slot: number): LogSource | undefined {
    const known = this.#fresh ? undefined : this.#sources.get(slot);
    const source = known ?? this.#source;
    if (source) this.#sources.set(slot, source);
    this.#source = source;
    this.#fresh = false;
    return source;
  }

  /** Another way is taken, from an earlier branch: what came after it is no part of the path. */
  #back(from: number): void {
    let at = this.#path.length - 1;
    while (at >= 0 && this.#path[at]!.slot !== from) at--;
    if (at >= 0) this.#path.length = at + 1;
    this.#message = [];
  }

  result(): KernelLog {
    const message = this.#message.filter((line) => line.trim() !== "");
    const named = /(?:insn|insn_idx|alloc_insn) ?=?(\d+)/.exec(message.join("\n"))?.[1];
    return {
      ...(this.#program !== undefined && { program: this.#program }),
      path: this.#path,
      message,
      sources: this.#sources,
      ...(named !== undefined && { named: Number(named) }),
    };
  }
}

function sourceOf(text: string): LogSource {
  const placed = PLACED.exec(text);
  return placed ? { text: placed[1]!, file: placed[2]!, line: Number(placed[3]) } : { text };
}
