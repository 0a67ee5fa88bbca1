/** What the search box means: a gene, a region, an rs number, a variation id of ClinVar. Pure. */
import type { Filters } from "../../results/filters.ts";
import type { Summary } from "../../results/summary.ts";
import { HttpError } from "../http/errors.ts";

/** Last position that a VCF file can have. */
const positionMax = 2 ** 31 - 1;

type Found = Pick<Filters, "region" | "gene" | "id" | "clinvar">;

/** @throws {HttpError} 400 for a text that is none of them in this result. */
export function searchOf(text: string, summary: Summary): Found {
  const trimmed = text.trim();
  if (/^rs\d+$/i.test(trimmed)) return { id: trimmed };
  const clinvar = /^(?:clinvar:|vcv0*)?(\d+)$/i.exec(trimmed)?.[1];
  // A bare number is a chromosome where the result has one of that name.
  const sequence = sequenceNamed(trimmed, summary);
  if (sequence !== undefined) return { region: { sequence, first: 1, last: positionMax } };
  if (clinvar !== undefined) return { clinvar };
  const region = regionOf(trimmed, summary);
  if (region !== undefined) return { region };
  const gene = geneNamed(trimmed, summary);
  if (gene !== undefined) return { gene };
  if (summary.genes.length === 0) throw unknown(trimmed, "This result names no genes");
  throw unknown(trimmed, "No record of this result is in a gene or on a sequence of this name");
}

const unknown = (text: string, why: string): HttpError =>
  new HttpError(
    400,
    "bad-search",
    `"${text}" was not found: ${why}. Search for a gene (BRCA1), a region (chr17:43,044,295-43,125,364), a sequence (chr17), ` +
      "an rs number (rs80357906) or a ClinVar variation id (clinvar:17661).",
  );

/** `chr17`, `17` and `CHR17` are one. */
const bare = (name: string): string => name.replace(/^chr/i, "").toUpperCase();

function sequenceNamed(text: string, { sequences }: Summary): string | undefined {
  const exact = sequences.find(({ name }) => name === text);
  return (exact ?? sequences.find(({ name }) => bare(name) === bare(text)))?.name;
}

function geneNamed(text: string, { genes }: Summary): string | undefined {
  if (genes.includes(text)) return text;
  const upper = text.toUpperCase();
  return genes.find((gene) => gene.toUpperCase() === upper);
}

/** @throws {HttpError} 400 for a region that ends before it begins, and one on a sequence that the result does not have. */
function regionOf(text: string, summary: Summary): Found["region"] {
  const parts = /^(\S+):([\d,]+)(?:-([\d,]+)?)?$/.exec(text);
  if (parts === null) return undefined;
  const [, name = "", begin = "", end] = parts;
  const sequence = sequenceNamed(name, summary);
  if (sequence === undefined) throw unknown(text, `the result has no records on ${name}`);
  const number = (digits: string) => Number(digits.replaceAll(",", ""));
  const first = number(begin);
  const last = end === undefined ? (text.endsWith("-") ? positionMax : first) : number(end);
  if (first < 1 || last > positionMax || last < first) {
    throw new HttpError(
      400,
      "bad-region",
      `The region "${text}" goes from ${first.toLocaleString("en")} to ${last.toLocaleString("en")}; it must begin at 1 or later, ` +
        `end no earlier than it begins, and at ${positionMax.toLocaleString("en")} at most.`,
    );
  }
  return { sequence, first, last };
}
