/** What the plugins make of BPF sources: put `"types": ["bpfasm/client"]` into the project's `tsconfig.json`. */
declare module "*.bpf" {
  /** The object file. */
  const object: Uint8Array;
  export default object;
  /** Names of the programs in it. */
  export const programs: readonly string[];
}

declare module "*.bpf.c" {
  /** The object file. */
  const object: Uint8Array;
  export default object;
  /** Names of the programs in it. */
  export const programs: readonly string[];
}
