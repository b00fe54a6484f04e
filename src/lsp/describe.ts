/** What a name means, in words and as C: for hovers, completion and signatures. */
import type { Entity } from "../asm/sema/scope.ts";
import { typeText } from "../asm/sema/type-ops.ts";
import type { CType, FuncType } from "../asm/sema/types.ts";
import type { Helper, Kernel } from "../kernel/model.ts";
import { findKfunc, type Kfunc, kfuncPrototype } from "../kfuncs/kfunc.ts";
import { namedTypeIn, nameOfType, placeText, summary, typeDocument } from "./kernel-text.ts";
import type { Meaning } from "./names.ts";

export interface Description {
  /** C text. */
  readonly code: string;
  /** Sentences, the most telling first. */
  readonly facts: readonly string[];
}

/** A function with the names of its parameters. */
export function prototypeText(name: string, type: FuncType): string {
  const params = [...type.params.map((p) => typeText(p.type, p.name)), ...(type.variadic ? ["..."] : [])];
  return typeText(type.ret, `${name}(${params.join(", ") || "void"})`);
}

export const helperPrototype = ({ name, ret, args, variadic }: Helper): string => {
  const params = [...args.map((a) => joined(a.c, a.name)), ...(variadic ? ["..."] : [])];
  return `${joined(ret.c, name)}(${params.join(", ") || "void"})`;
};

const joined = (type: string, name: string): string => (type.endsWith("*") ? `${type}${name}` : `${type} ${name}`);

/** `ARG_PTR_TO_MEM` and `MEM_RDONLY` in words: "pointer to memory, only read". */
const argWords: Readonly<Record<string, string>> = {
  ARG_CONST_MAP_PTR: "a map",
  ARG_PTR_TO_MAP_KEY: "a key of the map",
  ARG_PTR_TO_MAP_VALUE: "a value of the map",
  ARG_PTR_TO_MEM: "memory",
  ARG_PTR_TO_CTX: "the context",
  ARG_CONST_SIZE: "the memory's size, not 0",
  ARG_CONST_SIZE_OR_ZERO: "the memory's size",
  ARG_PTR_TO_BTF_ID: "a kernel object",
  ARG_PTR_TO_STACK: "the stack",
  ARG_PTR_TO_CONST_STR: "a constant string",
  ARG_PTR_TO_FUNC: "a function",
  ARG_PTR_TO_DYNPTR: "a dynptr",
  ARG_PTR_TO_TIMER: "a timer in a map value",
  ARG_PTR_TO_SPIN_LOCK: "a lock in a map value",
};

export function helperDescription(helper: Helper): Description {
  const facts = [
    `helper ${helper.id}`,
    helper.gplOnly && "for programs under a licence compatible with the GPL",
    helper.mightSleep && "may sleep: sleepable programs only",
    helper.acquires && acquired(helper),
    helper.releases && "releases the reference it is given",
    helper.changesPacket && "packet pointers are stale after it",
    helper.callback && `calls the function it is given${helper.callback === "async" ? " later" : ""}`,
    helper.capability && `needs ${helper.capability}`,
    helper.ret.kind.flags.includes("PTR_MAYBE_NULL") && "may give NULL",
  ];
  const args = helper.args.flatMap(({ name, kind }) => {
    const words = argWords[kind.base];
    const struct = kind.struct ? ` of struct ${kind.struct}` : "";
    const nullable = kind.flags.includes("PTR_MAYBE_NULL") ? " or NULL" : "";
    return words ? [`\`${name}\`: ${words}${struct}${nullable}`] : [];
  });
  return { code: helperPrototype(helper), facts: [...facts.filter((f) => typeof f === "string"), ...args] };
}

/** A value of a map is borrowed; a socket is not (verifier.c: may_be_acquire_function, is_acquire_function). */
const acquired = ({ name }: Helper): string =>
  `${name === "bpf_map_lookup_elem" ? "of a map of sockets: " : ""}gives a reference, which must be released`;

const flagWords: Readonly<Record<string, string>> = {
  ACQUIRE: "gives a reference, which must be released",
  RELEASE: "releases the reference it is given",
  RET_NULL: "may give NULL",
  SLEEPABLE: "may sleep: sleepable programs only",
  DESTRUCTIVE: "destructive: needs CAP_SYS_BOOT",
  RCU: "takes pointers that RCU protects",
  RCU_PROTECTED: "inside of an RCU read section",
};

export function kfuncDescription(kfunc: Kfunc, kernel: Kernel): Description {
  const callers = kfunc.callers.includes("any") ? "any program" : kfunc.callers.join(", ");
  return {
    code: kfuncPrototype(kfunc),
    facts: [
      `kfunc of ${kernel.name}, BTF id ${kfunc.btfId}`,
      ...kfunc.flags.flatMap((flag) => flagWords[flag] ?? []),
      ...(callers === "" ? [] : [`may be called by: ${callers}`]),
      ...(kfunc.since ? [`since Linux ${kfunc.since}`] : []),
    ],
  };
}

/** What a name means. */
export function describe(name: string, meaning: Meaning, kernel: Kernel): Description {
  switch (meaning.kind) {
    case "entity":
      return entityDescription(name, meaning.entity, meaning.parameter === true, kernel);
    case "tag": {
      const { decl } = meaning;
      const lines = typeDocument(decl).text.trimEnd().split("\n");
      const code = lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES - 2), "\t...", lines.at(-1)!];
      return { code: code.join("\n"), facts: [`${summary(decl)}${ofKernel(decl, kernel)}`] };
    }
    case "member": {
      const field = meaning.found.path.at(-1)!;
      const { record } = meaning;
      const moves = record.core ? "; a loader moves it to where its own kernel has it (CO-RE)" : "";
      const type = namedTypeIn(field.type);
      return {
        code: `${typeText(field.type, field.name)}${field.bitSize === undefined ? "" : `:${field.bitSize}`};`,
        facts: [
          `${placeText(meaning.found.bitOff, field)} of ${nameOfType(record)}${ofKernel(record, kernel)}${moves}`,
          ...(type && type.tag !== "" ? [summary(type)] : []),
        ],
      };
    }
  }
}

const MAX_LINES = 24;
const ofKernel = (decl: { readonly kernelType?: unknown }, kernel: Kernel): string =>
  decl.kernelType === undefined ? "" : ` in ${kernel.name}`;

function entityDescription(name: string, entity: Entity, parameter: boolean, kernel: Kernel): Description {
  switch (entity.kind) {
    case "local":
      return variable(name, entity.local.type, parameter ? "parameter" : "local variable", kernel);
    case "global":
      return variable(name, entity.global.type, `variable in ${entity.global.section}`, kernel);
    case "map":
      return variable(name, entity.type, "map", kernel);
    case "function": {
      const { fn } = entity;
      const facts = fn.section === undefined ? [`${fn.linkage} function`] : [`program in section ${fn.section}`];
      return { code: prototypeText(name, fn.type), facts };
    }
    case "extern":
      return externDescription(name, entity, kernel);
    case "helper":
      return helperDescription(entity.helper);
    case "enumerator":
      return { code: `${name} = ${entity.value}`, facts: [`enumerator, ${typeText(entity.type)}`] };
    case "typedef":
      return typedefDescription(name, entity.type, kernel);
    case "builtin":
      return { code: name, facts: ["part of the language"] };
  }
}

function externDescription(name: string, { extern }: Extract<Entity, { kind: "extern" }>, kernel: Kernel): Description {
  const kfunc = extern.kind === "kfunc" ? findKfunc(kernel, name) : undefined;
  if (kfunc) return kfuncDescription(kfunc, kernel);
  const { type } = extern;
  const code = type.kind === "func" ? prototypeText(name, type) : `extern ${typeText(type, name)};`;
  return { code, facts: [`bound by the loader${extern.weak ? ", or NULL" : ""}`] };
}

function typedefDescription(name: string, type: CType, kernel: Kernel): Description {
  const of = type.sugar ? type.sugar.of : type;
  const decl = namedTypeIn(of);
  return {
    code: `typedef ${typeText(of, name)};`,
    facts: decl ? [`${summary(decl)}${ofKernel(decl, kernel)}`] : [],
  };
}

function variable(name: string, type: CType, what: string, kernel: Kernel): Description {
  const decl = namedTypeIn(type);
  const told = decl && decl.tag !== "" ? [`${summary(decl)}${ofKernel(decl, kernel)}`] : [];
  return { code: `${typeText(type, name)};`, facts: [what, ...told] };
}
