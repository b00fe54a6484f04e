/** Which warnings there are, which of them are on without being asked for, and the groups that clang 19 puts them in. */
import { type WarningName, warningTexts } from "./catalogue.ts";

/** Reported only where `-W` or a pragma asks for them. */
const offByDefault: ReadonlySet<string> = new Set<WarningName>([
  "bitwise-conditional-parentheses",
  "bitwise-op-parentheses",
  "conditional-uninitialized",
  "covered-switch-default",
  "implicit-fallthrough",
  "implicit-int-conversion",
  "logical-op-parentheses",
  "missing-braces",
  "missing-field-initializers",
  "missing-prototypes",
  "missing-variable-declarations",
  "self-assign",
  "shadow",
  "shorten-64-to-32",
  "sign-compare",
  "sign-conversion",
  "sometimes-uninitialized",
  "switch-enum",
  "tautological-bitwise-compare",
  "tautological-overlap-compare",
  "tautological-type-limit-compare",
  "tautological-unsigned-enum-zero-compare",
  "tautological-unsigned-zero-compare",
  "tautological-value-range-compare",
  "uninitialized",
  "unused-but-set-parameter",
  "unused-but-set-variable",
  "unused-const-variable",
  "unused-function",
  "unused-label",
  "unused-local-typedef",
  "unused-parameter",
  "unused-variable",
]);

/** Groups and their members, which may be groups. A warning that has others below it is a member of its own group. */
const groups: Readonly<Record<string, string>> = {
  all: "most parentheses switch",
  most:
    "missing-braces return-type self-assign sizeof-array-argument sometimes-uninitialized tautological-compare " +
    "uninitialized unused",
  extra: "initializer-overrides missing-field-initializers sign-compare unused-but-set-parameter unused-parameter",
  "extra-warnings": "extra",
  unused: "unused-but-set-variable unused-function unused-label unused-local-typedef unused-value unused-variable",
  "unused-local-typedefs": "unused-local-typedef",
  "unused-value": "unused-value unused-comparison unused-result",
  "unused-variable": "unused-variable unused-const-variable",
  uninitialized: "uninitialized sometimes-uninitialized",
  parentheses:
    "parentheses bitwise-op-parentheses dangling-else logical-not-parentheses logical-op-parentheses " +
    "parentheses-equality shift-op-parentheses",
  switch: "switch switch-bool",
  "tautological-compare":
    "tautological-compare tautological-bitwise-compare tautological-constant-compare tautological-overlap-compare " +
    "tautological-pointer-compare",
  "tautological-constant-compare": "tautological-constant-compare tautological-constant-out-of-range-compare",
  "tautological-constant-in-range-compare": "type-limits tautological-value-range-compare",
  "type-limits":
    "tautological-type-limit-compare tautological-unsigned-enum-zero-compare tautological-unsigned-zero-compare",
  conversion:
    "bool-conversion constant-conversion enum-conversion implicit-int-conversion int-conversion shorten-64-to-32 " +
    "sign-conversion",
  "implicit-int-conversion": "implicit-int-conversion shorten-64-to-32",
  "constant-conversion": "constant-conversion bitfield-constant-conversion",
  "bool-conversion": "pointer-bool-conversion",
  address: "pointer-bool-conversion string-compare tautological-pointer-compare",
  attributes: "unknown-attributes",
  "int-to-pointer-cast": "int-to-pointer-cast int-to-void-pointer-cast",
  "pointer-to-int-cast": "pointer-to-int-cast void-pointer-to-int-cast",
  "incompatible-pointer-types": "incompatible-pointer-types incompatible-pointer-types-discards-qualifiers",
  "div-by-zero": "division-by-zero",
  "override-init": "initializer-overrides",
  "initializer-overrides": "initializer-overrides",
  "shadow-all": "shadow",
  "suspicious-memaccess": "sizeof-pointer-memaccess",
  session:
    "session-cookie-unwritten session-is-return-value session-return-at-entry session-too-many " +
    "session-unchecked-entry session-unmarked-return",
  "#warnings": "cpp",
};

export const isWarningName = (name: string): name is WarningName => Object.hasOwn(warningTexts, name);

export const isOnByDefault = (name: string): boolean => !offByDefault.has(name);

const members = new Map<string, readonly WarningName[]>();

/** The warnings that a name after `-W` stands for: a group's, or itself; none for a name that is not ours. */
export function warningsOf(name: string): readonly WarningName[] {
  let known = members.get(name);
  if (!known) {
    known = Object.hasOwn(groups, name)
      ? [...new Set(groups[name]!.split(" ").flatMap((n) => membersIn(n, name)))]
      : [];
    if (known.length === 0 && isWarningName(name)) known = [name];
    members.set(name, known);
  }
  return known;
}

/** A group that lists its own name means the warning called so. */
const membersIn = (name: string, group: string): readonly WarningName[] =>
  name === group ? (isWarningName(name) ? [name] : []) : warningsOf(name);

export const allWarnings = (): readonly WarningName[] => Object.keys(warningTexts) as WarningName[];
