/**
 * Helpers of the rarer program types, as Linux 7.2 gave them when each was asked for: by attach type where that decides, else
 * by program type. Only helpers that not all types have are listed.
 */
import type { SectionInfo } from "./model.ts";

/** Numbers of the helpers that may be called. */
const LISTS: Readonly<Record<string, readonly number[]>> = {
  CGROUP_INET4_BIND: [8, 25, 46, 49, 57, 81, 86, 107, 108, 122, 136, 137, 138, 139, 140, 160, 178, 186, 187, 196],
  CGROUP_INET4_CONNECT: [
    8, 25, 46, 49, 57, 64, 81, 86, 107, 108, 122, 136, 137, 138, 139, 140, 160, 178, 186, 187, 196,
  ],
  CGROUP_INET6_CONNECT: [
    8, 25, 46, 49, 57, 64, 81, 86, 107, 108, 122, 136, 137, 138, 139, 140, 160, 178, 186, 187, 196,
  ],
  CGROUP_INET6_GETPEERNAME: [8, 25, 46, 49, 57, 81, 86, 107, 108, 122, 136, 137, 138, 139, 140, 160, 178, 196],
  CGROUP_INET6_GETSOCKNAME: [8, 25, 46, 49, 57, 81, 86, 107, 108, 122, 136, 137, 138, 139, 140, 160, 178, 196],
  CGROUP_UDP6_RECVMSG: [8, 25, 46, 49, 57, 81, 86, 107, 108, 122, 136, 137, 138, 139, 140, 160, 178, 196],
  CGROUP_UDP6_SENDMSG: [8, 25, 46, 49, 57, 81, 86, 107, 108, 122, 136, 137, 138, 139, 140, 160, 178, 186, 187, 196],
  CGROUP_GETSOCKOPT: [8, 25, 81, 96, 107, 108, 122, 186, 187],
  CGROUP_SETSOCKOPT: [8, 25, 49, 57, 81, 96, 107, 108, 122, 186, 187],
  CGROUP_INET4_POST_BIND: [8, 25, 46, 81, 107, 122, 160, 186, 187],
  CGROUP_INET_SOCK_CREATE: [8, 25, 46, 49, 57, 81, 107, 122, 160, 186, 187],
  CGROUP_SYSCTL: [8, 25, 81, 101, 102, 103, 104, 160, 186, 187],
  CGROUP_DEVICE: [8, 25, 81, 186, 187],
  FLOW_DISSECTOR: [8, 26, 136, 137, 138, 139, 140, 160, 178, 196],
  LWT_IN: [8, 24, 25, 26, 28, 33, 34, 39, 73, 136, 137, 138, 139, 140, 160, 178, 196],
  LWT_XMIT: [
    8, 9, 10, 11, 13, 20, 21, 23, 24, 25, 26, 28, 29, 30, 33, 34, 38, 39, 40, 41, 43, 73, 135, 136, 137, 138, 139, 140,
    160, 178, 196,
  ],
  SK_LOOKUP: [8, 25, 86, 136, 137, 138, 139, 140, 160, 178, 196],
  SK_MSG: [8, 25, 60, 61, 62, 63, 71, 90, 91, 107, 108, 122, 136, 137, 138, 139, 140, 160, 178, 196],
  SK_REUSEPORT: [8, 26, 46, 68, 82, 160],
  SK_SKB: [8, 9, 25, 26, 38, 39, 43, 46, 47, 50, 52, 72, 86, 136, 137, 138, 139, 140, 160, 178, 196],
  SOCK_OPS: [
    8, 25, 46, 49, 53, 57, 59, 70, 81, 96, 107, 108, 122, 136, 137, 138, 139, 140, 142, 143, 144, 160, 178, 196,
  ],
};

/** Helpers of several forms, of which it is not known for sure which one these types get. */
const UNSURE: ReadonlySet<number> = new Set([17, 84, 85, 99, 124, 141]);

const COOKIE = 46;
const SETSOCKOPT = 49;
const GETSOCKOPT = 57;
const STORAGE_GET = 107;
const STORAGE_DELETE = 108;

/** Which of the forms that the table has a type gets, where it is not the first. */
const FORMS: readonly { readonly id: number; readonly form: number; readonly types: RegExp }[] = [
  { id: COOKIE, form: 1, types: /^(CGROUP_|SOCK_OPS|SK_SKB)/ },
  { id: SETSOCKOPT, form: 2, types: /^(CGROUP_(INET|UDP)|SOCK_OPS)/ },
  { id: GETSOCKOPT, form: 2, types: /^(CGROUP_(INET|UDP)|SOCK_OPS)/ },
  { id: STORAGE_GET, form: 2, types: /^CGROUP_INET(4_POST_BIND|_SOCK_CREATE)$/ },
  { id: STORAGE_GET, form: 1, types: /./ },
  { id: STORAGE_DELETE, form: 1, types: /./ },
];

/** The list that is for a program; undefined where there is none. */
function listOf(info: SectionInfo): string | undefined {
  const byAttach = info.attachType?.replace(/^BPF_/, "") ?? "";
  return [byAttach, info.progType].find((key) => Object.hasOwn(LISTS, key));
}

/** The form (its place in the table) of a helper that not all types have; `no` where it may not be called; undefined where nothing is known. */
export function rareForm(id: number, info: SectionInfo): number | "no" | undefined {
  const key = listOf(info);
  if (key === undefined || UNSURE.has(id)) return undefined;
  if (!LISTS[key]!.includes(id)) return "no";
  return FORMS.find((f) => f.id === id && f.types.test(key))?.form ?? 0;
}
