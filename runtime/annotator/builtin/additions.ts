/** What is added to a record: genes, consequences and ClinVar's entries at its site. */
import { beyondTheEnd, isBeyondTheEnd } from "../../vcf/assembly/words.ts";
import type { AlleleKind } from "../../vcf/record.ts";
import type { Site } from "../../vcf/site.ts";
import { trimmed } from "../reference/allele.ts";
import type { ClinvarEntry } from "../reference/clinvar.ts";
import type { ChromosomeReference } from "../reference/load.ts";
import { changesOf, lastBase } from "./changes.ts";
import { clinvarInfo } from "./fields.ts";
import { countPassedThrough, note, type Report } from "./report.ts";
import type { Sequence } from "./sequences.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { createTexts } from "./texts.ts";

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
  const texts = createTexts(stopwatch);

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

  function outside(position: number, end: number): undefined {
    const { referenceAssembly } = report;
    note(report, `line ${report.lines}: ${beyondTheEnd(position, end, referenceAssembly)}`);
    return none(`position beyond the end of the chromosome in ${referenceAssembly}`);
  }

  return {
    to(sequence, site) {
      const { position, ref, kinds } = site;
      if (otherAssembly !== undefined) return none(`assembly ${otherAssembly}`);
      if (sequence.refusal !== undefined) return none(sequence.refusal);
      const changes = changesOf(site);
      if (changes === undefined) return none(unchangedReason(kinds));
      const { reference: at, end } = sequence;
      if (at === undefined) return none("no reference data for this sequence");
      if (isBeyondTheEnd(position, end)) return outside(position, end);
      const genes = texts.genes(at, position, lastBase(position + ref.length - 1, changes));
      const consequence = texts.consequences(at, changes);
      const entries = entriesAt(at, site);
      report.annotated += 1;
      if (genes !== "") report.withGene += 1;
      const placed = genes === "" ? consequence : `${genes};${consequence}`;
      if (entries === undefined) return placed;
      report.withClinvar += 1;
      return `${placed};${clinvarInfo(entries)}`;
    },
  };
}

/** Why a record none of whose alleles does anything known is passed through. */
const unchangedReason = (kinds: readonly AlleleKind[]): string =>
  kinds.includes("symbolic") ? "symbolic allele without kind or length" : "no alternate allele";
