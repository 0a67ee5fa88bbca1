/** Names that tell nothing: a letter for the kind and six drawn by chance. */
import { randomInt } from "node:crypto";
import type { Pseudonym } from "../types.ts";

/** Without those that are taken for another: i, l, o, 0, 1. */
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
const drawnLength = 6;

/** `s` for a person, `t` for a team. */
export type Kind = "s" | "t";

/** A whole number from 0, below the bound, as likely as any other. */
export type Draw = (below: number) => number;

export const pseudonymPattern = new RegExp(`^[st][${alphabet}]{${drawnLength}}$`);

/** Above this share of all names taken, drawing again might go on for long; no course comes near. */
const mostDraws = 1000;

/**
 * A name that nobody has or had.
 *
 * @param taken every pseudonym ever given in the course.
 */
export function newPseudonym(kind: Kind, taken: ReadonlySet<Pseudonym>, draw: Draw = randomInt): Pseudonym {
  for (let attempt = 0; attempt < mostDraws; attempt++) {
    const drawn = Array.from({ length: drawnLength }, () => alphabet[draw(alphabet.length)]).join("");
    if (!taken.has(`${kind}${drawn}`)) return `${kind}${drawn}`;
  }
  throw new Error(`${mostDraws} pseudonyms in a row were taken already; the course's people.json has ${taken.size}`);
}
