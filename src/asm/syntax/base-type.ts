/** Which words make a built-in type (C11 6.7.2p2), and which attributes belong to a type rather than to a name. */
import type { Attribute } from "./ast.ts";

/** Words in the order in which the canonical spelling lists them. */
const order = ["signed", "unsigned", "short", "long", "char", "int", "__int128", "float", "double", "_Bool", "void"];

/** Canonical spellings by the sorted words that a program may write. */
const combinations: ReadonlyMap<string, string> = new Map(
  (
    [
      ["void"],
      ["char"],
      ["signed char"],
      ["unsigned char"],
      ["short", "signed short", "short int", "signed short int"],
      ["unsigned short", "unsigned short int"],
      ["int", "signed", "signed int"],
      ["unsigned int", "unsigned"],
      ["long", "signed long", "long int", "signed long int"],
      ["unsigned long", "unsigned long int"],
      ["long long", "signed long long", "long long int", "signed long long int"],
      ["unsigned long long", "unsigned long long int"],
      ["__int128", "signed __int128"],
      ["unsigned __int128"],
      ["float"],
      ["double"],
      ["long double"],
      ["_Bool"],
    ] as const
  ).flatMap(([canonical, ...others]) => [canonical, ...others].map((text) => [sorted(text.split(" ")), canonical])),
);

function sorted(words: readonly string[]): string {
  return [...words].sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(" ");
}

/** The canonical spelling of a built-in type's words, or two words that do not go together. */
export function builtinWords(
  words: readonly string[],
): { readonly words: string } | { readonly clash: readonly [string, string] } {
  const whole = combinations.get(sorted(words));
  if (whole !== undefined) return { words: whole };
  let good = words[0]!;
  for (let n = 2; n <= words.length; n++) {
    const next = combinations.get(sorted(words.slice(0, n)));
    if (next === undefined) return { clash: [good, words[n - 1]!] };
    good = next;
  }
  return { clash: [good, good] };
}

const typeAttributes: ReadonlySet<string> = new Set([
  "btf_type_tag",
  "address_space",
  "noderef",
  "vector_size",
  "mode",
]);

/** Whether the attribute, written among specifiers, belongs to the base type. */
export const isTypeAttribute = (attribute: Attribute): boolean => typeAttributes.has(attribute.name);
