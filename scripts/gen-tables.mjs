// Turns the facts of data/facts/*.json into the tables of src/kernel/tables and src/kfuncs/tables: one text a table, one
// row a line, fields between semicolons, so that loading them costs a string and a change shows as a line. The modules
// that decode a table describe its fields. Run: node scripts/gen-tables.mjs
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const check = process.argv.includes("--check");
const facts = (name) => JSON.parse(readFileSync(new URL(`data/facts/${name}.json`, root), "utf8"));

function table(path, what, tables) {
  const body = Object.entries(tables).map(([name, rows]) => {
    for (const row of rows) if (/[\n`\\$]/.test(row)) throw new Error(`${name}: cannot hold ${row}`);
    return `export const ${name} = \`\n${rows.join("\n")}\n\`;\n`;
  });
  const text = `/** ${what} Made by scripts/gen-tables.mjs from data/facts. */\n\n${body.join("\n")}`;
  const url = new URL(path, root);
  if (existsSync(url) && readFileSync(url, "utf8") === text) return;
  console.log(`${path}: ${check ? "differs from the facts" : "written"}`);
  if (check) process.exitCode = 1;
  else writeFileSync(url, text);
}

const row = (...fields) => {
  for (const f of fields) if (String(f).includes(";")) throw new Error(`a field holds the separator: ${f}`);
  return fields.join(";");
};

const att = (name) => (name ?? "").replace(/^BPF_/, "");

function sections() {
  const letter = {
    SEC_SLEEPABLE: "s",
    SEC_ATTACH_BTF: "b",
    SEC_XDP_FRAGS: "x",
    SEC_EXP_ATTACH_OPT: "o",
    SEC_USDT: "u",
  };
  return facts("sections").sections.map((s) =>
    row(
      s.section,
      s.match === "exact" ? "" : "+",
      s.prog_type,
      s.prog_type_id,
      att(s.attach_type),
      s.attach_type_id,
      s.flags.map((f) => letter[f] ?? "").join(""),
      s.btf_name_prefix ?? "",
    ),
  );
}

const helperGroups =
  "tracing_trampoline tracing_raw_tp tracing_iter kprobe tracepoint raw_tracepoint perf_event xdp sched_cls cgroup_skb socket_filter lsm lsm_cgroup syscall".split(
    " ",
  );

function condition(text = "") {
  if (text === "" || text.startsWith("not under lockdown") || text === "CAP_PERFMON") return "";
  if (text === "sleepable program") return "s";
  if (text === "non-sleepable program") return "n";
  if (text.startsWith("kprobe.multi")) return "k";
  if (text.startsWith("uprobe.multi")) return "u";
  if (text === "other kprobe/uprobe") return "o";
  if (text.includes("listed hook") || text.startsWith("cgroup attach types other than")) return "h";
  throw new Error(`unknown condition: ${text}`);
}

const kind = (k, prefix) =>
  [
    k.verifier.replace(prefix, ""),
    ...k.flags,
    ...(k.btf_struct ? [`=${k.btf_struct}`] : []),
    ...(k.fixed_size ? [`#${k.fixed_size}`] : []),
  ].join("+");

function helpers() {
  const traits = {
    acquires_reference: "a",
    releases_reference: "r",
    changes_pkt_data: "p",
    sync_callback: "c",
    async_callback: "d",
  };
  return facts("helpers").helpers.map((h) => {
    const protos = [h.primary, ...h.variants.map((v) => v.proto).filter((p) => p !== h.primary)];
    const variants = protos.map((proto) => {
      const v = h.variants.find((x) => x.proto === proto);
      const flags =
        (v.gpl_only ? "g" : "") +
        (v.might_sleep ? "s" : "") +
        (v.pkt_access ? "p" : "") +
        (v.allow_fastcall ? "f" : "");
      const args = v.args.map((a) => kind(a, /^ARG_/)).join(",");
      return `${flags}@${kind(v.ret, /^RET_/)}@${args}${v.allowed_callback ? `@${v.allowed_callback}` : ""}`;
    });
    const allowed = helperGroups.map((g) =>
      (h.allowed_in[g] ?? []).map((e) => protos.indexOf(e.proto) + condition(e.condition)).join(""),
    );
    const args = h.args.map((a) => (a.c === "..." ? "..." : `${a.c}:${a.name}`)).join(",");
    return row(
      h.id,
      h.name,
      h.ret,
      args,
      h.flags.map((f) => traits[f]).join(""),
      h.capability ?? "",
      allowed.join("/"),
      variants.join("|"),
    );
  });
}

function maps() {
  const size = (v) => (typeof v === "number" ? v : "");
  const lookup = (m) => (m.lookup_result ?? "").replace(/ \(.*/, "");
  return facts("maps").maps.map((m) =>
    row(
      m.name,
      m.id,
      size(m.key_size),
      size(m.value_size),
      m.helper_check === "listed helpers only" ? "listed" : "generic",
      m.helpers.join(","),
      (m.helpers_that_always_fail ?? []).join(","),
      lookup(m),
      m.lookup_may_be_null === undefined ? "" : m.lookup_may_be_null === true ? "null" : "const",
      (m.direct_value_address ? "d" : "") +
        (m.sleepable_programs ? "s" : "") +
        (m.usable_as_inner_map ? "i" : "") +
        (m.mmap ? "m" : ""),
      m.special_fields.join(","),
      (m.flags_required ?? []).map((f) => f.replace(/^BPF_F_/, "")).join(","),
    ),
  );
}

function contexts() {
  const c = facts("contexts");
  const progs = Object.entries(c.prog_types).map(([name, p]) => {
    const r = p.rule ?? {};
    const sizes = (v) => (Array.isArray(v) ? v.join("") : v === true ? String(r.size) : "");
    const low = r.off_min ?? r.off ?? "";
    const high = r.off_below ?? (r.off === undefined ? "" : r.off + r.size);
    return row(name, p.id, p.ctx, p.modified, low, high, sizes(r.read), sizes(r.write), r.aligned ? "a" : "");
  });
  const fields = [];
  const access = [];
  const rights = (ctx, who, field, a) => {
    for (const x of a.by_attach_type ?? [a]) {
      const flags =
        (x.narrow_inside ? "n" : "") +
        (x.narrow_write_inside ? "w" : "") +
        (x.elements ? "e" : "") +
        (x.sign_extending_load === false ? "u" : "");
      access.push(
        row(
          ctx,
          who,
          field,
          (x.attach_types ?? []).map(att).join(","),
          (x.read ?? []).join(""),
          (x.write ?? []).join(""),
          flags,
          x.reg,
        ),
      );
    }
  };
  for (const [name, ctx] of Object.entries(c.contexts)) {
    fields.push(row(name, "", 0, ctx.size, ""));
    for (const f of ctx.fields) fields.push(row(name, f.name, f.off, f.size, f.type));
    const tables = { ...ctx.access, ...ctx.via_pointer };
    for (const [who, table] of Object.entries(tables)) {
      if (table.same_as) access.push(row(name, who, "", "", "", "", "", table.same_as));
      else for (const [field, a] of Object.entries(table)) rights(name, who, field, a);
    }
  }
  const regs = Object.entries(c.pt_regs).flatMap(([arch, r]) => [
    row(arch, "size", r.size),
    row(arch, "parm", r.parm.join(",")),
    row(arch, "syscall_parm", r.syscall_parm.join(",")),
    ...["ret_address", "frame_pointer", "return_value", "stack_pointer", "instruction_pointer"].map((k) =>
      row(arch, k, r[k]),
    ),
    row(arch, "fields", r.fields.map((f) => `${f.name}:${f.off}:${f.size}`).join(",")),
  ]);
  return { progTypeRows: progs, contextFieldRows: fields, contextAccessRows: access, ptRegsRows: regs };
}

function attach() {
  const a = facts("attach");
  const names = (list) => list.map((x) => (typeof x === "string" ? x : x.name)).join(",");
  const lists = [
    row("noreturn", names(a.noreturn)),
    row("noreturn_attach", a.noreturn_refused_attach_types.map(att).join(",")),
    row("denied", names(a.denied)),
    row("sleepable_tracing", a.sleepable_attach_types.TRACING.map(att).join(",")),
    row("error_injection", names(a.error_injection)),
    row("non_sleepable", names(a.non_sleepable)),
    row("fmod_ret", names(a.fmod_ret)),
    row("fmod_ret_sleepable", names(a.fmod_ret.filter((f) => f.flags.includes("KF_SLEEPABLE")))),
    row("d_path", names(a.d_path)),
    row("faultable_tracepoints", names(a.faultable_tracepoints)),
    row("syscall_prefix_x86", a.syscall_entry_prefixes.x86),
    row("syscall_prefix_arm64", a.syscall_entry_prefixes.arm64),
  ];
  const args = Object.entries(a.raw_tracepoint_args).map(([tp, list]) =>
    row(
      tp,
      list
        .map(
          (x) =>
            `${x.arg}${x.kinds.includes("maybe_null") ? "n" : ""}${x.kinds.includes("maybe_error_pointer") ? "e" : ""}`,
        )
        .join(","),
    ),
  );
  const iters = a.iterators.map((i) =>
    row(i.target, i.ctx_pointers.map((p) => `${p.struct}.${p.field}=${p.reg.replaceAll(" ", "")}`).join(",")),
  );
  const hooks = a.lsm.map((h) =>
    row(
      h.name,
      (h.ret === "void" ? "v" : "") +
        (h.attachable ? "" : "x") +
        (h.sleepable ? "s" : "") +
        (h.trusted_args ? "t" : ""),
      h.return ? `${h.return.min}:${h.return.max}` : "",
    ),
  );
  const ranges = a.return_ranges.map((r) =>
    row(
      r.prog_type,
      Array.isArray(r.attach_types) ? r.attach_types.map(att).join(",") : "",
      typeof r.range === "string" ? r.range : r.range ? `${r.range.min}:${r.range.max}` : "",
    ),
  );
  return {
    attachListRows: lists,
    tracepointArgRows: args,
    iteratorRows: iters,
    lsmRows: hooks,
    returnRangeRows: ranges,
  };
}

function rule(restriction) {
  if (restriction?.allowed === undefined) return "";
  if (restriction.allowed.length === 0) return "none";
  return restriction.allowed
    .map((a) => {
      if (a.sleepable) return "sleepable";
      if (a.prog_type.includes("sharing its kfunc hook")) return "TRACING*";
      if (a.attach_types) return `${a.prog_type}:${a.attach_types.map(att).join("+")}`;
      const some = a.ops !== undefined || Object.values(a.struct_ops ?? {}).some((ops) => ops !== "all ops");
      return a.prog_type + (a.struct_ops && some ? "!" : "");
    })
    .join(",");
}

function kfuncs() {
  const { hook_groups: groups, kfuncs: list } = facts("kfuncs");
  const callers = (names) => {
    let left = names;
    const out = [];
    for (const [code, group] of [
      ["@T", groups.TRACING],
      ["@C", groups.CGROUP],
      ["@L", groups.LWT],
    ]) {
      if (!group.every((g) => left.includes(g))) continue;
      out.push(code);
      left = left.filter((n) => !group.includes(n));
    }
    return [...out, ...left].join(",");
  };
  return list.map((k) =>
    row(
      k.name,
      (k.flags ?? []).map((f) => f.replace(/^KF_/, "")).join(","),
      callers(k.callers),
      rule(k.restriction),
      (k.implicit_args ?? []).length || "",
      (k.restriction?.callable_while_spin_lock_held ? "h" : "") +
        (k.restriction?.requires?.startsWith("the spin lock") ? "l" : ""),
      k.since?.version ?? "",
    ),
  );
}

/** Operations of structs of function pointers in which a kfunc may be called; those with the same ones share a row. */
function kfuncOps() {
  const rows = new Map();
  for (const { name, restriction } of facts("kfuncs").kfuncs) {
    if (!restriction || restriction.note === "set has no filter") continue;
    const rules = [restriction, ...(restriction.allowed ?? [])].filter((rule) => rule.struct_ops);
    if (rules.length === 0) continue;
    const ops = rules.flatMap(({ struct_ops: structs, ops: list }) =>
      Object.entries(typeof structs === "string" ? { [structs]: list } : structs).flatMap(([struct, members]) =>
        members === "all ops" ? [`${struct}.*`] : members.map((member) => `${struct}.${member}`),
      ),
    );
    const key = ops.join(",");
    rows.set(key, [...(rows.get(key) ?? []), name]);
  }
  return [...rows].map(([ops, names]) => row(ops, names.join(",")));
}

table("src/kernel/tables/sections.ts", "libbpf's section table, in its order.", { sectionRows: sections() });
table("src/kernel/tables/helpers.ts", "Helpers with the kinds of their arguments and who may call them.", {
  helperRows: helpers(),
});
table("src/kernel/tables/maps.ts", "Map types and what the verifier asks of them.", { mapRows: maps() });
table("src/kernel/tables/contexts.ts", "Context layouts and the accesses the kernel allows.", contexts());
table("src/kernel/tables/attach.ts", "What may be attached where, and what it may return.", attach());
table("src/kfuncs/tables/kfuncs.ts", "Kfuncs with their flags and callers.", { kfuncRows: kfuncs() });
table("src/kfuncs/tables/struct-ops.ts", "In which operations a struct_ops program may call a kfunc.", {
  kfuncOpsRows: kfuncOps(),
});
