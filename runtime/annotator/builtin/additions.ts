/** What is added to a record: genes and ClinVar's entries at its site. */
import { ours } from "../assembly/known.ts";
import { trimmed } from "../reference/allele.ts";
import type { ClinvarEntry } from "../reference/clinvar.ts";
import type { Gene } from "../reference/genes.ts";
import type { ChromosomeReference } from "../reference/load.ts";
import type { AlleleKind } from "../vcf/record.ts";
import { clinvarInfo, geneInfo } from "./fields.ts";
import { countPassedThrough, note, type Report } from "./report.ts";
import type { Sequence } from "./sequences.ts";
import type { Site } from "./site.ts";
import type { Stopwatch } from "./stopwatch.ts";

export interface Additions {
  /**
   * Text to add to INFO; `undefined`: none, counted with its reason.
   *
   * @throws {InputError} when the record takes too long.
   */
  to(sequence: Sequence, site: Site): string | undefined;
}

/** @param otherAssembly what the file is of, when that is not what the reference data are for. */
export function createAdditions(report: Report, stopwatch: Stopwatch, otherAssembly: string | undefined): Additions {
  const geneTexts = new WeakMap<readonly Gene[], string>();

  function genesAt({ genes }: ChromosomeReference, start: number, end: number): string {
    const found = genes.overlapping(start, end);
    let text = geneTexts.get(found);
    if (text === undefined) {
      text = geneInfo(found);
      geneTexts.set(found, text);
    }
    return text;
  }

  function entriesAt(at: ChromosomeReference, { position, ref, alts, kinds }: Site) {
    let entries: (ClinvarEntry | undefined)[] | undefined;
    const upperRef = ref.toUpperCase();
    for (let index = 0; index < alts.length; index += 1) {
      stopwatch.lap();
      if (kinds[index] !== "bases") continue;
      const entry = at.clinvar.find(trimmed(position, upperRef, (alts[index] as string).toUpperCase()));
      if (entry === undefined) continue;
      entries ??= alts.map(() => undefined);
      entries[index] = entry;
    }
    return entries;
  }

  /** Counts a record to which nothing is added. */
  function none(reason: string): undefined {
    countPassedThrough(report, reason);
  }

  function beyondTheEnd(position: number, end: number): undefined {
    note(
      report,
      `line ${report.lines}: position ${position} is beyond the end of the chromosome in ${ours} (${end}): the file may be of another assembly`,
    );
    return none(`position beyond the end of the chromosome in ${ours}`);
  }

  return {
    to(sequence, site) {
      const { position, ref, kinds } = site;
      if (otherAssembly !== undefined) return none(`assembly ${otherAssembly}`);
      if (sequence.refusal !== undefined) return none(sequence.refusal);
      if (!kinds.includes("bases")) return none(withoutBases(kinds));
      const { reference: at, end } = sequence;
      if (at === undefined) return none("no reference data for this sequence");
      // A telomere may be named by the position after the last base.
      if (position > end + 1) return beyondTheEnd(position, end);
      const genes = genesAt(at, position, position + ref.length - 1);
      const entries = entriesAt(at, site);
      if (genes === "" && entries === undefined) return none("no gene and no ClinVar entry here");
      report.annotated += 1;
      if (genes !== "") report.withGene += 1;
      if (entries === undefined) return genes;
      report.withClinvar += 1;
      return genes === "" ? clinvarInfo(entries) : `${genes};${clinvarInfo(entries)}`;
    },
  };
}

/** Why a record without an allele of bases is passed through. */
function withoutBases(kinds: readonly AlleleKind[]): string {
  if (kinds.includes("symbolic")) return "symbolic allele";
  if (kinds.includes("breakend")) return "breakend";
  return "no alternate allele";
}
