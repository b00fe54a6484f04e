/** Map types: `enum bpf_map_type`, the sizes that are fixed, and what programs may do with each. */
import { listOf, once, rowsOf } from "./rows.ts";
import { mapRows } from "./tables/maps.ts";

export interface MapType {
  /** Without `BPF_MAP_TYPE_`. */
  readonly name: string;
  readonly id: number;
  /** Bytes, where the kernel takes only one size. */
  readonly keySize?: number;
  readonly valueSize?: number;
  /** `listed`: no helper but `helpers` takes this map; `generic`: the map helpers do, some may always fail. */
  readonly access: "listed" | "generic";
  /** Without `bpf_`. */
  readonly helpers: readonly string[];
  readonly failingHelpers: readonly string[];
  /** Register type that a lookup gives: `PTR_TO_MAP_VALUE`, `CONST_PTR_TO_MAP`, `PTR_TO_SOCKET`, ... */
  readonly lookup?: string;
  /** `const`: not null for a constant key in range (array maps without BPF_F_INNER_MAP). */
  readonly lookupNull?: "null" | "const";
  /** Values have addresses, for `ld_imm64` (global data). */
  readonly directValue: boolean;
  readonly sleepable: boolean;
  readonly innerMap: boolean;
  readonly mmap: boolean;
  /** Kernel fields that values may hold: `spin_lock`, `timer`, `kptr`, ... */
  readonly specialFields: readonly string[];
  /** Without `BPF_F_`. */
  readonly requiredFlags: readonly string[];
}

const table = once((): readonly MapType[] =>
  rowsOf(mapRows).map((row) => {
    const [
      name = "",
      id,
      keySize,
      valueSize,
      access,
      helpers,
      failing,
      lookup,
      lookupNull,
      flags = "",
      special,
      required,
    ] = row;
    return {
      name,
      id: Number(id),
      ...(keySize && { keySize: Number(keySize) }),
      ...(valueSize && { valueSize: Number(valueSize) }),
      access: access === "listed" ? "listed" : "generic",
      helpers: listOf(helpers),
      failingHelpers: listOf(failing),
      ...(lookup && { lookup }),
      ...(lookupNull && { lookupNull: lookupNull === "const" ? "const" : "null" }),
      directValue: flags.includes("d"),
      sleepable: flags.includes("s"),
      innerMap: flags.includes("i"),
      mmap: flags.includes("m"),
      specialFields: listOf(special),
      requiredFlags: listOf(required),
    };
  }),
);

export const mapTypes = (): readonly MapType[] => table();
export const mapTypeById = (id: number): MapType | undefined => table().find((map) => map.id === id);
/** With or without `BPF_MAP_TYPE_`. */
export function mapTypeByName(name: string): MapType | undefined {
  const short = name.replace(/^BPF_MAP_TYPE_/, "");
  return table().find((map) => map.name === short);
}
