/** Position and alleles of a record, read from its columns. */

import { recordLimits } from "../contract/limits.ts";
import {
  type AlleleKind,
  alleleKind,
  badAlternate,
  badPosition,
  type Objection,
  positionIn,
  refObjection,
  tooManyAlleles,
} from "./record.ts";
import type { Tabs } from "./tabs.ts";

export interface Site {
  readonly position: number;
  readonly ref: string;
  readonly alts: readonly string[];
  /** One for each of `alts`. */
  readonly kinds: readonly AlleleKind[];
  /** INFO, of a record with a symbolic allele; else empty. */
  readonly info: string;
}

const comma = 44;

/** @throws {InputError} */
function alternates(text: string, line: number): string[] {
  // Fewer characters than alleles allowed: not worth counting.
  if (text.length > recordLimits.alleles) {
    let alleles = 1;
    for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === comma) alleles += 1;
    if (alleles > recordLimits.alleles) throw tooManyAlleles(alleles, recordLimits.alleles, line);
  }
  return text.length === 1 ? [text] : text.split(",");
}

/**
 * The record's site, or why it has none.
 *
 * @throws {InputError} for more alleles than a record may have.
 */
export function siteOf(block: string, tabs: Tabs, line: number): Site | Objection {
  const position = positionIn(block, tabs.chrom + 1, tabs.pos);
  if (position < 0) return badPosition(block.slice(tabs.chrom + 1, tabs.pos));
  const ref = block.slice(tabs.id + 1, tabs.ref);
  const refWrong = refObjection(ref);
  if (refWrong !== undefined) return refWrong;
  const alts = alternates(block.slice(tabs.ref + 1, tabs.alt), line);
  const kinds: AlleleKind[] = [];
  for (const alt of alts) {
    const kind = alleleKind(alt);
    if (kind === undefined) return badAlternate(alt);
    kinds.push(kind);
  }
  const info = kinds.includes("symbolic") ? block.slice(tabs.filter + 1, tabs.info) : "";
  return { position, ref, alts, kinds, info };
}
