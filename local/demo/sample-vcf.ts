/** VCF files that the demo uploads: real ClinVar alleles, and as much of them as is asked for. */
import { readFileSync } from "node:fs";

const sample = new URL("./data/clinvar-sample.vcf", import.meta.url);

/** The sample as it is: about 40 KB and several hundred records, under the limit of a free user. */
export const sampleVcf = (): string => readFileSync(sample, "utf8");

function parts(): { header: string; records: string } {
  const text = sampleVcf();
  const records = text.indexOf("\n", text.indexOf("\n#CHROM") + 1) + 1;
  return { header: text.slice(0, records), records: text.slice(records) };
}

/** A well-formed VCF file of at least `bytes` bytes, in memory: the sample's records over and over. */
export function oversizedVcf(bytes: number): string {
  const { header, records } = parts();
  return header + records.repeat(Math.max(1, Math.ceil((bytes - header.length) / records.length)));
}

/** The same as a stream, for files that should not be in memory whole. Chunks are about 1 MB. */
export async function* generatedVcf(bytes: number): AsyncGenerator<Buffer> {
  const { header, records } = parts();
  yield Buffer.from(header);
  const times = Math.max(1, Math.ceil(1_000_000 / records.length));
  const chunk = Buffer.from(records.repeat(times));
  for (let written = header.length; written < bytes; written += chunk.length) yield chunk;
}
