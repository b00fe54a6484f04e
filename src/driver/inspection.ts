/** What `inspect()` tells of an object: plain data, as `bpfasm inspect --json` prints it. docs/inspect.md has it in a table. */

/** Version of the JSON form; it changes when a field changes its meaning or goes. */
export const INSPECTION_VERSION = 1;

export interface Inspection {
  readonly version: typeof INSPECTION_VERSION;
  /** The kernel that ids, offsets and targets are of; missing where none was given. */
  readonly kernel?: string;
  readonly license: string;
  readonly programs: readonly InspectedProgram[];
  /** Functions that programs call. */
  readonly functions: readonly InspectedFunction[];
  readonly maps: readonly InspectedMap[];
  readonly globals: readonly InspectedGlobal[];
  readonly externs: readonly InspectedExtern[];
  readonly core: readonly InspectedCore[];
  /** The object's types as C. */
  readonly types: string;
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

export interface InspectedFunction {
  readonly name: string;
  readonly section: string;
  /** C text, where BTF has the function. */
  readonly prototype?: string;
  readonly linkage: "static" | "global" | "weak";
  /** Instructions, and slots of eight bytes. */
  readonly insns: number;
  readonly slots: number;
}

export interface InspectedProgram extends InspectedFunction {
  /** What the section name means to a loader; missing where it means nothing. */
  readonly type?: string;
  readonly attachType?: string;
  readonly target?: string;
  readonly sleepable: boolean;
  /** Its section begins with `?`: loaded only where asked for. */
  readonly optional: boolean;
  /** Prototype of the target in the kernel. */
  readonly targetPrototype?: string;
}

export interface InspectedMap {
  readonly name: string;
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly key?: string;
  readonly value?: string;
  readonly maxEntries: number;
  readonly flags: number;
  /** The type of the maps in a map of maps. */
  readonly inner?: InspectedMap;
}

export interface InspectedGlobal {
  readonly section: string;
  readonly name: string;
  /** A C declaration. */
  readonly declaration: string;
  /** Bytes from the start of the section. */
  readonly off: number;
  readonly size: number;
  readonly linkage: "static" | "global" | "extern";
  /** Numbers and texts as C writes them; missing for what is larger, and zero data. */
  readonly value?: string;
}

export interface InspectedExtern {
  readonly name: string;
  readonly kind: "kfunc" | "ksym" | "kconfig" | "undeclared";
  readonly declaration?: string;
  readonly weak: boolean;
  /** BTF id in the kernel. */
  readonly id?: number;
  /** `given`: the loader knows the value when it runs. Missing without a kernel. */
  readonly here?: "found" | "missing" | "other type" | "given";
}

export interface InspectedCore {
  readonly function: string;
  /** From the start of the function. */
  readonly slot: number;
  readonly kind: string;
  /** `sk_buff.len`. */
  readonly subject: string;
  /** The sentence that is printed. */
  readonly words: string;
  /** In the object's own types, as a decimal number. */
  readonly built?: string;
  /** In the kernel. */
  readonly here?: string;
}
