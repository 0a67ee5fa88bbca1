/**
 * The header of a VCF file, line by line: what is kept, what is replaced, which assembly it names, and whether the column line
 * is one. Nothing is collected: a header of any length needs no memory.
 */
import { InputError, quoted } from "./input-error.ts";

const columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"] as const;

/** @throws {InputError} when the line does not name the eight fixed columns, tab-separated and in order. */
export function checkColumnLine(line: string, number: number): void {
  const found = line.split("\t", columns.length);
  const wrong = columns.findIndex((column, at) => found[at] !== column);
  if (wrong < 0) return;
  const spaces = /^#CHROM +POS/.test(line) ? "; columns must be separated by tabs, these are by spaces" : "";
  throw new InputError(
    `the column line must begin with the columns ${columns.join(", ")}; column ${wrong + 1} is ${quoted(found[wrong] ?? "")}${spaces}`,
    number,
  );
}

/**
 * Name of an assembly other than GRCh38 that this header line proves, or undefined. Proof is a name that people give to it, or
 * the length of its chromosome 1.
 */
export function otherAssembly(line: string): string | undefined {
  if (!/^##(reference|contig|assembly)=/i.test(line)) return undefined;
  if (/\b(GRCh37|hg19|b37|hs37d5|human_g1k_v37)/i.test(line)) return "GRCh37";
  if (/\b(NCBI36|hg18|b36)\b/i.test(line)) return "NCBI36";
  if (/\b(T2T-CHM13|chm13)/i.test(line)) return "T2T-CHM13";
  const chromosome1 = /^##contig=<(?=.*\bID=(?:chr)?1[,>])(?=.*\blength=(\d+))/.exec(line);
  if (chromosome1?.[1] === "249250621") return "GRCh37";
  if (chromosome1?.[1] === "247249719") return "NCBI36";
  if (chromosome1?.[1] === "248387328") return "T2T-CHM13";
  return undefined;
}
