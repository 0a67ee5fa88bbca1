/** INFO text of a place: the same for every short change up to the next place where something begins or ends. */
import { createBaseConsequences } from "../consequence/base-consequences.ts";
import type { Consequences } from "../consequence/consequences.ts";
import type { GeneSegment } from "../reference/genes.ts";
import type { ChromosomeReference } from "../reference/load.ts";
import { consequenceInfo, geneInfo } from "./fields.ts";
import { namedMax } from "./texts.ts";

export interface PlaceText {
  /** First and last base of the place. */
  readonly first: number;
  readonly last: number;
  /** To add to INFO; undefined: it depends on the alleles, or too many genes are near. */
  readonly text: string | undefined;
  /** Whether it names a gene. */
  readonly withGene: boolean;
  /** Whether it holds only for changes that keep the length. */
  readonly coding: boolean;
}

export interface PlaceTexts {
  around(position: number): PlaceText;
}

/** Texts of a chromosome's places; quick when positions come in their order. */
export function createPlaceTexts(at: ChromosomeReference): PlaceTexts {
  const consequences = createBaseConsequences(at, namedMax);
  let genes: GeneSegment = { genes: [], first: 1, last: 0 };
  let ofGenes = "";
  let ofConsequences: Consequences | undefined;
  let text = "";
  let clinvarFrom = 1;
  let clinvarNext = 0;

  /** Whether the text is another than before. */
  function enterGenes(position: number): boolean {
    if (position >= genes.first && position <= genes.last) return false;
    genes = at.genes.around(position);
    ofGenes = geneInfo(genes.genes, namedMax);
    return true;
  }

  return {
    around(position) {
      if (position < clinvarFrom || position > clinvarNext) {
        clinvarFrom = position;
        clinvarNext = at.clinvar.nextFrom(position);
      }
      const found = clinvarNext === position ? undefined : consequences.around(position);
      if (found === undefined)
        return { first: position, last: position, text: undefined, withGene: false, coding: false };
      const isOther = enterGenes(position) || found.consequences !== ofConsequences;
      if (isOther) {
        ofConsequences = found.consequences;
        const ofBase = consequenceInfo([ofConsequences]);
        text = ofGenes === "" ? ofBase : `${ofGenes};${ofBase}`;
      }
      return {
        // Nothing is known of the places of ClinVar's entries before this position.
        first: Math.max(found.first, genes.first, clinvarFrom),
        last: Math.min(found.last, genes.last, clinvarNext - 1),
        text,
        withGene: ofGenes !== "",
        coding: found.coding,
      };
    },
  };
}
