/** What lies where in an object: the function that begins at a place, the variable that covers one. */
import type { FileFunc, FileSymbol, ObjectFile } from "../elf/object-file.ts";

export interface Places {
  /** The function that begins there. */
  func(section: string, off: number): FileFunc | undefined;
  /** The last variable that begins at or before the place and reaches beyond it. */
  variable(section: string, off: number): FileSymbol | undefined;
}

const known = new WeakMap<ObjectFile, Places>();

/** The places of an object; worked out once. */
export function placesOf(object: ObjectFile): Places {
  let places = known.get(object);
  if (!places) {
    places = makePlaces(object);
    known.set(object, places);
  }
  return places;
}

function makePlaces(object: ObjectFile): Places {
  const funcs = new Map(object.funcs.map((func) => [`${func.off} ${func.section.name}`, func]));
  const variables = new Map<string, FileSymbol[]>();
  for (const symbol of object.symbols) {
    if (symbol.type !== "object" || !symbol.section) continue;
    const list = variables.get(symbol.section.name);
    if (list) list.push(symbol);
    else variables.set(symbol.section.name, [symbol]);
  }
  for (const list of variables.values()) list.sort((a, b) => a.value - b.value);
  return {
    func: (section, off) => funcs.get(`${off} ${section}`),
    variable: (section, off) => {
      const found = lastAtMost(variables.get(section) ?? [], off);
      return found && off < found.value + found.size ? found : undefined;
    },
  };
}

function lastAtMost(symbols: readonly FileSymbol[], off: number): FileSymbol | undefined {
  let low = 0;
  let high = symbols.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (symbols[mid]!.value <= off) low = mid + 1;
    else high = mid;
  }
  return symbols[low - 1];
}
