/** Section names of programs, as libbpf reads them: section_defs and sec_def_matches of tools/lib/bpf/libbpf.c. */
import { nearestOf } from "../btf/nearest.ts";
import type { SectionInfo } from "./model.ts";
import { once, rowsOf } from "./rows.ts";
import { sectionRows } from "./tables/sections.ts";

/** name; `+` where `/target` may follow; program type and number; attach type and number; flags; prefix in BTF */
const rows = once(() => rowsOf(sectionRows));

/** What a section name means to libbpf, or undefined where it knows none such. The first row that matches wins. */
export function parseSection(name: string): SectionInfo | undefined {
  const optional = name.startsWith("?");
  const plain = optional ? name.slice(1) : name;
  for (const [section = "", more, progType = "", typeId, attachType, attachId, flags = "", btfPrefix] of rows()) {
    const slash = more === "+" && plain.startsWith(`${section}/`);
    if (plain !== section && !slash) continue;
    return {
      section: name,
      prefix: section,
      ...(slash && { target: plain.slice(section.length + 1) }),
      progType,
      progTypeId: Number(typeId),
      ...(attachType && { attachType: `BPF_${attachType}` }),
      attachTypeId: Number(attachId),
      sleepable: flags.includes("s"),
      needsBtfTarget: flags.includes("b"),
      optional,
      ...(btfPrefix && { btfPrefix }),
    };
  }
  return undefined;
}

/** All section names, without targets, in libbpf's order. */
export const sectionNames = (): readonly string[] => rows().map(([section]) => section!);

/** At most three section names close to a misspelt one, with its target kept: `fsession/f` for `fsesion/f`. */
export function nearestSections(name: string): readonly string[] {
  const plain = name.replace(/^\?/, "");
  const slash = plain.indexOf("/");
  const [prefix, rest] = slash < 0 ? [plain, ""] : [plain.slice(0, slash), plain.slice(slash)];
  const whole = nearestOf(plain, sectionNames(), 3);
  if (slash < 0) return whole;
  const takesTarget = rows().flatMap(([section, more]) => (more === "+" ? [section!] : []));
  const near = nearestOf(prefix, takesTarget, 3).map((section) => section + rest);
  return [...new Set([...near, ...whole])].slice(0, 3);
}
