/** VCF files that checks upload: well-formed, small or of a wanted size, and a broken one. */

const header = [
  "##fileformat=VCFv4.2",
  "##reference=GRCh38",
  '##INFO=<ID=NOTE,Number=1,Type=String,Description="Marks the record">',
  "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
].join("\n");

const bases = ["A", "C", "G", "T"] as const;

/** Records on chromosomes 1 to 3, in order; `mark` makes every file, and so every result, one of its own. */
function recordsOf(count: number, mark: string): string[] {
  return Array.from({ length: count }, (_, at) => {
    const reference = bases[at % 4];
    const alternative = bases[(at + 1) % 4];
    const chromosome = 1 + Math.floor((at * 3) / count);
    return `chr${chromosome}\t${1_000_000 + at * 7}\t.\t${reference}\t${alternative}\t50\tPASS\tNOTE=${mark}`;
  });
}

/** @param mark letters and digits. */
export const smallVcf = (mark: string, records = 120): string => `${header}\n${recordsOf(records, mark).join("\n")}\n`;

/** At least `bytes` bytes. */
export function largeVcf(bytes: number, mark: string): string {
  const perRecord = recordsOf(1, mark)[0]?.length ?? 1;
  return smallVcf(mark, Math.ceil((bytes - header.length) / perRecord) + 1);
}

/** Line 6 is cut off in the middle. */
export const brokenVcf = (): string => `${header}\nchr1\t1000\t.\tA\tC\t50\tPASS\t.\nchr1\t2000\t.\tG\n`;

/** Records of a VCF text, as their first five fields. */
export function sites(vcf: string): string[] {
  return vcf
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t").slice(0, 5).join("\t"));
}
