/** From a name to a kfunc of a kernel: its id, its prototype there, and what the tables know of it. */
import { newBudget, typesCompatible } from "../btf/core-compat.ts";
import { essentialName } from "../btf/name.ts";
import { nearestOf } from "../btf/nearest.ts";
import { printPrototype } from "../btf/print.ts";
import type { BtfFile } from "../btf/reader.ts";
import type { BtfSpec, TypeId } from "../btf/type.ts";
import { allBtf } from "../kernel/kernel.ts";
import type { Kernel } from "../kernel/model.ts";
import { didYouMean, type KernelProblem, problem, withHelp } from "../kernel/problem.ts";
import { type FilterRule, type KfuncFlag, kfuncFacts } from "./table.ts";

export interface Kfunc {
  /** As the kernel calls it, without a flavour. */
  readonly name: string;
  /** FUNC in `btf`: what the call instruction holds. */
  readonly btfId: TypeId;
  /** BTF that the ids are of: the kernel's, or a module's. */
  readonly btf: BtfSpec;
  /** Number of the module among `Kernel.modules`; undefined for the kernel itself. */
  readonly module?: number;
  /** FUNC_PROTO as a program declares it: without implicit arguments. */
  readonly proto: TypeId;
  /** Whether the tables have it. If not, flags and callers are empty and mean nothing. */
  readonly known: boolean;
  readonly flags: readonly KfuncFlag[];
  /** Short names of program types, or `any`. */
  readonly callers: readonly string[];
  readonly filter?: readonly FilterRule[];
  readonly sleepable: boolean;
  readonly implicitArgs: number;
  readonly underLock?: "allowed" | "needed";
  readonly since?: string;
}

const KFUNC_TAG = "bpf_kfunc";

/**
 * The kfunc of that name; a flavour (`bpf_session_cookie___old`) is taken off, as libbpf does. Undefined where the kernel
 * has no such function or does not export it: BTF marks kfuncs with the tag `bpf_kfunc` (since 6.8); in BTF without any
 * such tag the tables decide.
 */
export function findKfunc(kernel: Kernel, name: string): Kfunc | undefined {
  const plain = essentialName(name);
  for (const { btf, module } of allBtf(kernel)) {
    const tagged = taggedIds(btf);
    for (const id of btf.byName(plain, "func")) {
      const exported = tagged.size > 0 ? tagged.has(id) : kfuncFacts(plain) !== undefined;
      const type = btf.type(id);
      if (exported && type.kind === "func") return make(plain, btf, module, id, type.type);
    }
  }
  return undefined;
}

/** The kfunc with that id in the kernel's own BTF, by its whole name; undefined as in `findKfunc`. */
export function kfuncById({ btf }: Kernel, id: TypeId): Kfunc | undefined {
  const func = btf.type(id);
  if (func.kind !== "func") return undefined;
  const tagged = taggedIds(btf);
  const exported = tagged.size > 0 ? tagged.has(id) : kfuncFacts(func.name) !== undefined;
  return exported ? make(func.name, btf, undefined, id, func.type) : undefined;
}

/**
 * How many arguments of the kfunc count: the last one does not where it is `meta__ign`, which the kernel neither checks
 * nor passes on, but replaces (kernel/bpf/verifier.c: is_kfunc_arg_ignore, fixup_kfunc_call). Other names in `__ign` are
 * of arguments that are passed on unchecked. Undefined for names that the kernel does not have.
 */
export function heededArguments(kernel: Kernel, name: string): number | undefined {
  const kfunc = findKfunc(kernel, name);
  const proto = kfunc?.btf.type(kfunc.proto);
  if (proto?.kind !== "func_proto") return undefined;
  return proto.params.length - (proto.params.at(-1)?.name === "meta__ign" ? 1 : 0);
}

/** All kfuncs of the kernel and its modules, by name. */
export function listKfuncs(kernel: Kernel): readonly Kfunc[] {
  const found = new Map<string, Kfunc>();
  for (const name of kfuncNames(kernel)) {
    const kfunc = found.has(name) ? undefined : findKfunc(kernel, name);
    if (kfunc) found.set(name, kfunc);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** At most three names of kfuncs that a misspelt one may stand for. */
export function suggestKfuncs(kernel: Kernel, name: string): readonly string[] {
  const plain = essentialName(name);
  const names = kfuncNames(kernel);
  const near = nearestOf(plain, names, 3);
  if (near.length > 0 || plain.length < 6) return near;
  return names.filter((other) => other.startsWith(plain) || plain.startsWith(other)).slice(0, 3);
}

/** E0305 with suggestions: the kernel has no such kfunc. */
export const noSuchKfunc = (kernel: Kernel, name: string): KernelProblem =>
  withHelp(problem("E0305", essentialName(name), kernel.name), didYouMean(suggestKfuncs(kernel, name)));

/** C text of a kfunc's prototype. */
export const kfuncPrototype = (kfunc: Kfunc): string => printPrototype(kfunc.btf, kfunc.proto, kfunc.name);

/**
 * Whether libbpf binds an extern of that prototype to the kfunc (bpf_core_types_are_compat): as many parameters, and the
 * same kinds along each. `localId` is a FUNC or FUNC_PROTO of `local`.
 */
export function protoMatches(local: BtfSpec, localId: TypeId, kfunc: Kfunc): boolean {
  const type = local.type(localId);
  const proto = type.kind === "func" ? type.type : localId;
  return typesCompatible(local, proto, kfunc.btf, kfunc.proto, newBudget());
}

/** E0309 where the prototypes do not match. */
export function protoProblem(local: BtfSpec, localId: TypeId, kfunc: Kfunc): KernelProblem | undefined {
  if (protoMatches(local, localId, kfunc)) return undefined;
  return problem("E0309", kfunc.name, printPrototype(local, localId, kfunc.name), kfuncPrototype(kfunc));
}

function make(name: string, btf: BtfSpec, module: number | undefined, btfId: TypeId, proto: TypeId): Kfunc {
  const facts = kfuncFacts(name);
  return {
    name,
    btfId,
    btf,
    ...(module !== undefined && { module }),
    proto,
    known: facts !== undefined,
    flags: facts?.flags ?? [],
    callers: facts?.callers ?? [],
    ...(facts?.filter && { filter: facts.filter }),
    sleepable: facts?.flags.includes("SLEEPABLE") ?? false,
    implicitArgs: facts?.implicitArgs ?? 0,
    ...(facts?.underLock && { underLock: facts.underLock }),
    ...(facts?.since && { since: facts.since }),
  };
}

const tagSets = new WeakMap<BtfSpec, ReadonlySet<TypeId>>();

/** FUNCs with the tag; empty where the BTF has none, or is a stand-in without tags. */
function taggedIds(btf: BtfSpec): ReadonlySet<TypeId> {
  let set = tagSets.get(btf);
  if (!set) {
    const file = btf as Partial<BtfFile>;
    set = new Set(typeof file.tagged === "function" ? file.tagged.call(btf, KFUNC_TAG) : []);
    tagSets.set(btf, set);
  }
  return set;
}

function kfuncNames(kernel: Kernel): readonly string[] {
  const names = new Set<string>();
  for (const { btf } of allBtf(kernel)) {
    for (const id of taggedIds(btf)) {
      const type = btf.type(id);
      if (type.kind === "func") names.add(type.name);
    }
  }
  return [...names];
}
