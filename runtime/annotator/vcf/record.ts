/** What a record's columns must look like to be read, and why one is not. Pure functions of column text. */
import { quoted } from "./input-error.ts";

const bases = /^[ACGTUNRYSWKMBDHV]+$/i;

export type AlleleKind = "bases" | "symbolic" | "breakend" | "spanning" | "none";

/** Kind of one ALT allele; `undefined` when it is none that VCF knows. */
export function alleleKind(alt: string): AlleleKind | undefined {
  if ((alt.length === 1 && "ACGT".includes(alt)) || bases.test(alt)) return "bases";
  if (alt === ".") return "none";
  if (alt === "*") return "spanning";
  if (alt.startsWith("<") && alt.endsWith(">") && alt.length > 2) return "symbolic";
  if (/[[\]]/.test(alt) || (alt.length > 1 && (alt.startsWith(".") || alt.endsWith(".")))) return "breakend";
  return undefined;
}

/** 1-based position between `from` and `to` of `block`, or −1. VCF allows 0 (a telomere); INFO and BCF hold 31 bits. */
export function positionIn(block: string, from: number, to: number): number {
  if (to <= from || to - from > 10) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = block.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value > 2_147_483_647 ? -1 : value;
}

/** Why a record cannot be read: `kind` is the same for all of one sort, `detail` shows the value. */
export interface Objection {
  readonly kind: string;
  readonly detail: string;
}

export const tooFewColumns = (found: number): Objection => ({
  kind: "fewer than 8 tab-separated columns",
  detail: `${found} tab-separated column${found === 1 ? "" : "s"}, at least 8 are needed`,
});

export const noChromosome: Objection = { kind: "CHROM is empty", detail: "CHROM is empty" };

export const badPosition = (text: string): Objection => ({
  kind: "POS is not a position",
  detail: `POS ${quoted(text)} is not a whole number between 0 and 2147483647`,
});

/** Checks REF. */
export function refObjection(ref: string): Objection | undefined {
  if (bases.test(ref)) return undefined;
  return { kind: "REF is not a sequence of bases", detail: `REF ${quoted(ref)} is not a sequence of bases` };
}

export const badAlternate = (alt: string): Objection => ({
  kind: "ALT is not an allele",
  detail: `ALT ${quoted(alt)} is neither bases nor a symbolic allele, breakend, * or .`,
});
