/**
 * Columns that a text takes on a terminal, for the layout of help. The build puts it in the place of `string-width`, whose
 * tables for every script of the world cost more to load than all else that the command line needs: help is ASCII.
 */
import { stripVTControlCharacters } from "node:util";

/** Code points, those of colours and cursor movements left out. */
export default function textWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
