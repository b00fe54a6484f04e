/** Syntax trees as compact s-expressions, so that a test shows a whole tree on a line. */
import type {
  Attribute,
  Block,
  Declaration,
  Declarator,
  Designator,
  Expr,
  ExternalItem,
  Initializer,
  MemberItem,
  StaticAssert,
  Stmt,
  StringLiteral,
  TypeExpr,
} from "../../../src/asm/syntax/ast.ts";
import { assertNever } from "../../../src/support/bug.ts";

type Part = string | undefined | false | readonly Part[];

function list(...parts: Part[]): string {
  return `(${flat(parts).join(" ")})`;
}

function flat(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => (!part ? [] : typeof part === "string" ? [part] : flat(part)));
}

const opt = <T>(value: T | undefined, show: (value: T) => string): string | undefined => value && show(value);
const text = (s: StringLiteral): string => JSON.stringify(new TextDecoder().decode(s.bytes));

export function showItem(item: ExternalItem): string {
  switch (item.kind) {
    case "function":
      return list(
        "fn",
        item.storage,
        item.inline && "inline",
        item.name.name,
        showType(item.type),
        attrs(item.attributes),
        showBlock(item.body),
      );
    case "declaration":
      return showDeclaration(item);
    case "static_assert":
      return showAssert(item);
    case "deferred":
      return list("deferred", `${item.end}`);
    case "file_asm":
      return list("asm", text(item.text));
    default:
      return assertNever(item);
  }
}

const showAssert = (item: StaticAssert): string => list("assert", showExpr(item.cond), opt(item.message, text));

export function showDeclaration(item: Declaration): string {
  const base = item.declarators.length === 0 ? showType(item.base) : undefined;
  return list(
    "decl",
    item.storage,
    item.inline && "inline",
    base,
    attrs(item.attributes),
    item.declarators.map(showDeclarator),
  );
}

function showDeclarator({ name, type, init, attributes, asmName }: Declarator): string {
  return list(
    name.name,
    showType(type),
    attrs(attributes),
    opt(asmName, (s) => `asm:${text(s)}`),
    opt(init, showInit),
  );
}

function attrs(attributes: readonly Attribute[]): Part {
  return attributes.map(({ name, args }) => (args.length ? `@${list(name, args.map(showExpr))}` : `@${name}`));
}

export function showType(type: TypeExpr): string {
  switch (type.kind) {
    case "builtin":
      return type.words.replaceAll(" ", "-");
    case "name":
      return type.name.name;
    case "record":
      return list(
        type.of,
        type.tag?.name,
        attrs(type.attributes),
        opt(type.members, (m) => `{${m.map(showMember).join(" ")}}`),
      );
    case "enum": {
      const values = type.values?.map(({ name, value }) => (value ? list(name.name, showExpr(value)) : name.name));
      return list(
        "enum",
        type.tag?.name,
        attrs(type.attributes),
        opt(type.underlying, showType),
        opt(values, (v) => `{${v.join(" ")}}`),
      );
    }
    case "typeof_expr":
      return list(type.unqualified ? "typeof_unqual" : "typeof", showExpr(type.expr));
    case "typeof_type":
      return list(type.unqualified ? "typeof_unqual" : "typeof", showType(type.type));
    case "auto":
      return "__auto_type";
    case "qualified":
      return list(type.qualifiers.join("-"), showType(type.of));
    case "attributed":
      return list(attrs(type.attributes), showType(type.of));
    case "ptr":
      return list("ptr", showType(type.to));
    case "array":
      return list("array", showType(type.elem), opt(type.length, showExpr));
    case "func": {
      const params = type.params.map((p) =>
        p.name ? list(p.name.name, showType(p.type), attrs(p.attributes)) : showType(p.type),
      );
      return list("func", showType(type.ret), params, type.variadic && "...", type.unspecified && "?");
    }
    default:
      return assertNever(type);
  }
}

function showMember(item: MemberItem): string {
  if (item.kind === "static_assert") return showAssert(item);
  if (item.declarators.length === 0) return list(showType(item.base));
  const shown = item.declarators.map((d) =>
    list(
      d.name?.name ?? "_",
      showType(d.type),
      opt(d.bits, (b) => `:${showExpr(b)}`),
      attrs(d.attributes),
    ),
  );
  return [...shown, ...flat([attrs(item.attributes)])].join(" ");
}

function showInit(init: Initializer): string {
  if (init.kind !== "init_list") return showExpr(init);
  return `{${init.items.map(({ designators, value }) => [...designators.map(showDesignator), showInit(value)].join(" ")).join(", ")}}`;
}

function showDesignator(d: Designator): string {
  if (d.kind === "field") return `.${d.name.name}`;
  return d.kind === "index" ? `[${showExpr(d.index)}]` : `[${showExpr(d.first)}..${showExpr(d.last)}]`;
}

export function showBlock(block: Block): string {
  return `{${block.items.map(showBlockItem).join(" ")}}`;
}

function showBlockItem(item: Stmt | Declaration | StaticAssert): string {
  if (item.kind === "declaration") return showDeclaration(item);
  return item.kind === "static_assert" ? showAssert(item) : showStmt(item);
}

export function showStmt(stmt: Stmt): string {
  switch (stmt.kind) {
    case "block":
      return showBlock(stmt);
    case "expr":
      return showExpr(stmt.expr);
    case "empty":
      return stmt.attributes ? list("empty", attrs(stmt.attributes)) : ";";
    case "if":
      return list("if", showExpr(stmt.cond), showStmt(stmt.then), opt(stmt.else, showStmt));
    case "while":
      return list("while", unroll(stmt.unroll), showExpr(stmt.cond), showStmt(stmt.body));
    case "do":
      return list("do", unroll(stmt.unroll), showStmt(stmt.body), showExpr(stmt.cond));
    case "for": {
      const init = stmt.init && (stmt.init.kind === "declaration" ? showDeclaration(stmt.init) : showExpr(stmt.init));
      const [cond, step] = [stmt.cond, stmt.step].map((e) => (e ? showExpr(e) : "_"));
      return list("for", unroll(stmt.unroll), init ?? "_", cond, step, showStmt(stmt.body));
    }
    case "switch":
      return list("switch", showExpr(stmt.value), showStmt(stmt.body));
    case "case":
      return list("case", showExpr(stmt.first), stmt.last && `..${showExpr(stmt.last)}`, showStmt(stmt.body));
    case "default":
      return list("default", showStmt(stmt.body));
    case "label":
      return list("label", stmt.name.name, showStmt(stmt.body));
    case "goto":
      return list("goto", stmt.label.name);
    case "goto_computed":
      return list("goto*", showExpr(stmt.target));
    case "break":
    case "continue":
      return list(stmt.kind);
    case "return":
      return list("return", opt(stmt.value, showExpr));
    case "asm": {
      const operands = [...stmt.outputs.map((o) => ["out", o] as const), ...stmt.inputs.map((o) => ["in", o] as const)];
      const shown = operands.map(([dir, o]) => list(dir, o.name?.name, text(o.constraint), showExpr(o.expr)));
      const flags = [stmt.volatile && "volatile", stmt.goto && "goto"];
      return list(
        "asm",
        flags,
        text(stmt.template),
        shown,
        stmt.clobbers.map(text),
        stmt.labels.map((l) => `->${l.name}`),
      );
    }
    default:
      return assertNever(stmt);
  }
}

const unroll = (value: number | string | undefined): string | undefined =>
  value === undefined ? undefined : `unroll:${value}`;

export function showExpr(expr: Expr): string {
  switch (expr.kind) {
    case "int":
      return `${expr.value}${expr.suffix}`;
    case "float":
      return expr.text;
    case "char":
      return `'${expr.value}'`;
    case "string":
      return text(expr);
    case "name":
      return expr.name;
    case "unary":
      return list(expr.op, showExpr(expr.operand));
    case "incdec":
      return expr.prefix ? list(`${expr.op}_`, showExpr(expr.operand)) : list(`_${expr.op}`, showExpr(expr.operand));
    case "binary":
      return list(expr.op, showExpr(expr.left), showExpr(expr.right));
    case "assign":
      return list(expr.op, showExpr(expr.target), showExpr(expr.value));
    case "cond":
      return list("?", showExpr(expr.cond), opt(expr.then, showExpr), showExpr(expr.else));
    case "cast":
      return list("cast", showType(expr.type), showExpr(expr.operand));
    case "compound_literal":
      return list("literal", showType(expr.type), showInit(expr.init));
    case "call":
      return list("call", showExpr(expr.callee), expr.args.map(showExpr));
    case "index":
      return list("[]", showExpr(expr.base), showExpr(expr.index));
    case "member":
      return list(expr.arrow ? "->" : ".", showExpr(expr.base), expr.name.name);
    case "sizeof_expr":
    case "alignof_expr":
      return list(expr.kind.replace("_expr", ""), showExpr(expr.operand));
    case "sizeof_type":
    case "alignof_type":
      return list(expr.kind.replace("_type", ""), `<${showType(expr.type)}>`);
    case "stmt_expr":
      return list("block", showBlock(expr.body));
    case "label_addr":
      return list("&&", expr.label.name);
    case "offsetof":
      return list("offsetof", showType(expr.type), expr.path.map(showDesignator).join(""));
    case "types_compatible":
      return list("compatible", showType(expr.left), showType(expr.right));
    case "generic":
      return list(
        "generic",
        showExpr(expr.control),
        expr.cases.map(({ type, value }) => list(type ? showType(type) : "default", showExpr(value))),
      );
    case "type_arg":
      return `<${showType(expr.type)}>`;
    case "error":
      return "ERROR";
    default:
      return assertNever(expr);
  }
}
