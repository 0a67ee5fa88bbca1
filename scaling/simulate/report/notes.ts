/** Remarks on a page. */
import { escaped } from "./svg.ts";

/** What a reader must know of what is shown. */
export const notesOf = (notes: readonly string[]): string[] =>
  notes.length === 0 ? [] : [`<ul>${notes.map((note) => `<li>${escaped(note)}</li>`).join("")}</ul>`];
