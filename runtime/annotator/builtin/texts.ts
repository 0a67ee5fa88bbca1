/** INFO texts of genes and consequences. Those of one record are mostly those of the one before, and kept for it. */
import type { Change } from "../consequence/change.ts";
import { type Consequences, createConsequences, genesNear } from "../consequence/consequences.ts";
import type { Gene } from "../reference/genes.ts";
import type { ChromosomeReference } from "../reference/load.ts";
import type { Changes } from "./changes.ts";
import { consequenceInfo, geneInfo } from "./fields.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Genes that a record names; and pairs of an allele and a gene near it whose transcripts it lists. A deletion may hold thousands. */
export const namedMax = 200;

export interface Texts {
  /** Of the genes that overlap `start`–`end`; empty for none. */
  genes(at: ChromosomeReference, start: number, end: number): string;
  /** @throws {InputError} when the record takes too long. */
  consequences(at: ChromosomeReference, changes: Changes): string;
}

export function createTexts(stopwatch: Stopwatch): Texts {
  // The last ones alone: a table of all, even of weak references, costs the garbage collector more than it saves.
  let genesBefore: readonly Gene[] | undefined;
  let geneText = "";
  let consequencesBefore: Consequences | undefined;
  let consequenceText = "";
  const consequences = createConsequences();

  function found({ transcripts }: ChromosomeReference, change: Change, alleles: number): Consequences {
    const genes = genesNear(transcripts, change);
    const isMany = genes.length * alleles > namedMax;
    return consequences[isMany ? "worst" : "find"](transcripts, genes, change);
  }

  return {
    genes({ genes }, start, end) {
      const overlapping = genes.overlapping(start, end);
      if (overlapping !== genesBefore) {
        genesBefore = overlapping;
        geneText = geneInfo(overlapping, namedMax);
      }
      return geneText;
    },
    consequences(at, changes) {
      const [only] = changes;
      if (changes.length > 1 || only === undefined) {
        return consequenceInfo(
          changes.map((change) => {
            stopwatch.lap();
            return change && found(at, change, changes.length);
          }),
        );
      }
      const one = found(at, only, 1);
      if (one !== consequencesBefore) {
        consequencesBefore = one;
        consequenceText = consequenceInfo([one]);
      }
      return consequenceText;
    },
  };
}
