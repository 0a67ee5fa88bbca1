/** What a symbolic allele or a breakend does to the reference, as far as its place tells consequences. */
import type { Change } from "./change.ts";
import { type TermSet, termBit } from "./terms.ts";

/** What INFO says of a record's symbolic alleles. */
export interface StructuralInfo {
  /** Last base of the record's alleles. */
  readonly end: number | undefined;
  /** By allele, as written; the sign does not count. */
  readonly lengths: readonly number[];
}

const noInfo: StructuralInfo = { end: undefined, lengths: [] };

/** Reads `END` and `SVLEN`; values that are no numbers are passed over. */
export function structuralInfo(info: string): StructuralInfo {
  if (!info.includes("END=") && !info.includes("SVLEN=")) return noInfo;
  let { end, lengths } = noInfo;
  for (const field of info.split(";")) {
    if (field.startsWith("END=")) end = wholeNumber(field.slice(4));
    else if (field.startsWith("SVLEN="))
      lengths = field
        .slice(6)
        .split(",")
        .map((text) => wholeNumber(text) ?? 0);
  }
  return { end, lengths };
}

function wholeNumber(text: string): number | undefined {
  const digits = text.startsWith("-") ? text.slice(1) : text;
  return /^\d{1,10}$/.test(digits) ? Number(digits) : undefined;
}

interface Kind {
  readonly whenWhole: TermSet;
  readonly partly: TermSet;
  readonly inside: TermSet;
}

const unchanged = { whenWhole: termBit.coding_transcript_variant, partly: 0, inside: 0 };
/** By the first word of the allele. */
const kinds: Readonly<Record<string, Kind>> = {
  DEL: { whenWhole: termBit.transcript_ablation, partly: termBit.feature_truncation, inside: 0 },
  DUP: { whenWhole: termBit.transcript_amplification, partly: 0, inside: termBit.feature_elongation },
  INV: unchanged,
  CNV: unchanged,
};

const point = (before: number, kind: Kind): Change => ({
  first: before + 1,
  last: before,
  whenCoding: termBit.coding_sequence_variant,
  ...kind,
});

/** Kind of a symbolic allele: `DEL` of `<DEL:ME:ALU>`, `CNV` of `<CN3>`. */
function wordOf(alt: string): string {
  const word = alt.slice(1, -1).split(":", 1)[0]?.toUpperCase() ?? "";
  return /^CN\d+$/.test(word) ? "CNV" : word;
}

/**
 * The change that a symbolic allele is, from the base after POS: as long as SVLEN says for it, else up to END. Undefined when its
 * kind is none of DEL, DUP, INV, CNV, INS, or when nothing says how far it reaches.
 */
export function symbolicChange(alt: string, index: number, position: number, info: StructuralInfo): Change | undefined {
  const word = wordOf(alt);
  if (word === "INS") return point(position, { whenWhole: 0, partly: 0, inside: termBit.feature_elongation });
  const kind = kinds[word];
  if (kind === undefined) return undefined;
  const length = info.lengths[index] ?? 0;
  const last = length > 0 ? position + length : (info.end ?? position);
  if (last <= position) return undefined;
  return { first: position + 1, last, whenCoding: termBit.coding_sequence_variant, ...kind };
}

/** The cut that a breakend is: behind the base at POS, or before it when the base stands last. */
export function breakendChange(alt: string, position: number): Change {
  const isBefore = alt.startsWith(".") || alt.startsWith("[") || alt.startsWith("]");
  const kind = { whenWhole: 0, partly: termBit.feature_truncation, inside: 0 };
  return point(isBefore ? position - 1 : position, kind);
}
