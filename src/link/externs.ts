/**
 * What the undefined symbols of an object stand for in a kernel: kfuncs, kernel variables, Kconfig values.
 * tools/lib/bpf/libbpf.c:bpf_object__collect_externs, bpf_object__resolve_ksyms_btf_id.
 */

import { newBudget, typesCompatible } from "../btf/core-compat.ts";
import { essentialName } from "../btf/name.ts";
import { sizeOf, skipModifiers } from "../btf/resolve.ts";
import type { BtfSpec, BtfType, TypeId } from "../btf/type.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import type { FileSymbol, ObjectFile } from "../elf/object-file.ts";
import { POISON_KFUNC } from "../kernel/helpers.ts";
import type { Kernel } from "../kernel/model.ts";
import { alignUp } from "../support/int.ts";
import type { LinkedMap } from "./model.ts";

export type Extern =
  /** `fd` is 0 for the kernel's own BTF, else one more than the index of the module in `Kernel.modules`. */
  | { readonly kind: "func" | "var"; readonly btfId: number; readonly fd: number }
  /** Weak and not there: its address is 0, and a call of it becomes one of this helper number, which does not exist. */
  | { readonly kind: "missing"; readonly poison: number }
  /** A kernel symbol without a type: its address is known when the kernel runs. */
  | { readonly kind: "address" }
  /** A value at this place of the Kconfig map. */
  | { readonly kind: "kconfig"; readonly off: number };

export interface ExternTable {
  /** By index of the symbol. */
  readonly bySymbol: ReadonlyMap<number, Extern>;
  /** Bytes of the Kconfig map; 0: there is none. */
  readonly kconfigSize: number;
  readonly kconfigKnown: NonNullable<LinkedMap["known"]>;
}

/**
 * What libbpf finds out about the running kernel (libbpf.c:bpf_object__resolve_externs) and is the same on all that
 * have BTF and the trampolines of this machine: system calls get their arguments in a struct of their own.
 */
const virtualKconfig: ReadonlyMap<string, bigint> = new Map([["LINUX_HAS_SYSCALL_WRAPPER", 1n]]);

interface Declared {
  readonly symbol: FileSymbol;
  readonly section: ".ksyms" | ".kconfig";
  readonly type: BtfType & { readonly kind: "func" | "var" };
  readonly size: number;
}

/** Resolves every extern; what is missing and not weak is reported and left out. */
export function resolveExterns(
  object: ObjectFile,
  btf: BtfSpec | undefined,
  kernel: Kernel,
  sink: DiagSink,
): ExternTable {
  const bySymbol = new Map<number, Extern>();
  let kconfigSize = 0;
  const kconfigKnown: { off: number; size: number; value: bigint }[] = [];
  inLoaderOrder(declaredExterns(object, btf, sink)).forEach((extern, i) => {
    if (extern.section === ".kconfig") {
      const off = alignUp(kconfigSize, extern.size);
      kconfigSize = off + extern.size;
      bySymbol.set(extern.symbol.index, { kind: "kconfig", off });
      const value = virtualKconfig.get(extern.symbol.name);
      if (value !== undefined) kconfigKnown.push({ off, size: extern.size, value });
      return;
    }
    const found = resolveKsym(extern, btf!, kernel, sink, POISON_KFUNC + i);
    if (found) bySymbol.set(extern.symbol.index, found);
  });
  return { bySymbol, kconfigSize, kconfigKnown };
}

function declaredExterns(object: ObjectFile, btf: BtfSpec | undefined, sink: DiagSink): readonly Declared[] {
  const members = btf ? externTypes(btf) : new Map<string, Omit<Declared, "symbol">>();
  return object.symbols.flatMap((symbol): readonly Declared[] => {
    if (!symbol.undefined || symbol.binding === "local" || symbol.type !== "notype") return [];
    const known = members.get(symbol.name);
    if (known) return [{ symbol, ...known }];
    sink.error("E0607", undefined, symbol.name);
    return [];
  });
}

/** The members of the two data sections that exist in BTF alone, by name. */
export function externTypes(btf: BtfSpec): ReadonlyMap<string, Omit<Declared, "symbol">> {
  const members = new Map<string, Omit<Declared, "symbol">>();
  for (const section of [".ksyms", ".kconfig"] as const) {
    for (const id of btf.byName(section, "datasec")) {
      const datasec = btf.type(id);
      if (datasec.kind !== "datasec") continue;
      for (const { type: member } of datasec.vars) {
        const type = btf.type(member);
        if (type.kind !== "func" && type.kind !== "var") continue;
        const size = type.kind === "var" ? (sizeOf(btf, type.type) ?? 0) : 0;
        members.set(type.name, { section, type, size: section === ".kconfig" ? Math.max(size, 1) : size });
      }
    }
  }
  return members;
}

/** Kconfig values first, widest first, then by name (libbpf.c:cmp_externs): their places follow from it. */
const inLoaderOrder = (externs: readonly Declared[]): readonly Declared[] =>
  [...externs].sort((a, b) => {
    if (a.section !== b.section) return a.section === ".kconfig" ? -1 : 1;
    if (a.section === ".kconfig" && a.size !== b.size) return b.size - a.size;
    return a.symbol.name < b.symbol.name ? -1 : 1;
  });

function resolveKsym(
  { symbol, type }: Declared,
  btf: BtfSpec,
  kernel: Kernel,
  sink: DiagSink,
  poison: number,
): Extern | undefined {
  const isWeak = symbol.binding === "weak";
  if (type.kind === "var" && skipModifiers(btf, type.type).type.kind === "void") return { kind: "address" };
  const found = findInKernel(kernel, essentialName(symbol.name), type.kind);
  if (found && typesCompatible(btf, type.type, found.btf, found.type, newBudget())) {
    return { kind: type.kind, btfId: found.id, fd: found.fd };
  }
  if (isWeak) return { kind: "missing", poison };
  const code = found ? "E0609" : "E0608";
  sink.error(code, undefined, symbol.name, kernel.name);
  return undefined;
}

interface KernelSymbol {
  readonly btf: BtfSpec;
  readonly id: TypeId;
  readonly type: TypeId;
  readonly fd: number;
}

/** The function or variable of that name in the kernel or, after it, in a module. */
function findInKernel(kernel: Kernel, name: string, kind: "func" | "var"): KernelSymbol | undefined {
  for (const [fd, btf] of [kernel.btf, ...kernel.modules].entries()) {
    const [id] = btf.byName(name, kind);
    const type = id === undefined ? undefined : btf.type(id);
    if (type?.kind === kind) return { btf, id: id!, type: type.type, fd };
  }
  return undefined;
}
