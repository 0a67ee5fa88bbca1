/** What the alleles of a record do to the reference. */

import type { Site } from "../../vcf/site.ts";
import { type Change, changeOf } from "../consequence/change.ts";
import { breakendChange, type StructuralInfo, structuralInfo, symbolicChange } from "../consequence/structural.ts";

/** One for each allele, undefined where its place tells nothing; undefined: no allele does anything that is known. */
export type Changes = readonly (Change | undefined)[];

export function changesOf({ position, ref, alts, kinds, info }: Site): Changes | undefined {
  const upperRef = ref.toUpperCase();
  let structural: StructuralInfo | undefined;
  let known = false;
  const changes = alts.map((alt, index) => {
    let change: Change | undefined;
    const kind = kinds[index];
    if (kind === "bases") change = changeOf(position, upperRef, alt.toUpperCase());
    else if (kind === "breakend") change = breakendChange(alt, position);
    else if (kind === "symbolic") {
      structural ??= structuralInfo(info);
      change = symbolicChange(alt, index, position, structural);
    }
    if (change !== undefined) known = true;
    return change;
  });
  return known ? changes : undefined;
}

/** Last base that the record or one of its changes covers. @param ofRef last base of REF. */
export function lastBase(ofRef: number, changes: Changes): number {
  let last = ofRef;
  for (const change of changes) if (change !== undefined && change.last > last) last = change.last;
  return last;
}
