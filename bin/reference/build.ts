/** `annofarm reference build`: files of one's own become a reference of the annotator. */
import { join } from "node:path";
import { makeReference, type ReferenceFiles } from "../../runtime/annotator/reference/make/make.ts";
import { tellReading } from "./progress.ts";

const whole = new Intl.NumberFormat("en-US");
const counted = (count: number, thing: string) => `${whole.format(count)} ${thing}${count === 1 ? "" : "s"}`;

/** @throws for a file that is not what it should be. */
export async function buildReference(files: ReferenceFiles): Promise<void> {
  const progress = tellReading();
  const { manifest, notes } = await makeReference(files, progress.read).finally(progress.end);
  const { assembly, contigs, sources, counts, index } = manifest;
  const data = [
    `${counted(counts.genes, "gene")} with ${counted(counts.transcripts, "transcript")} (${sources.genes.version})`,
    ...(sources.clinvar === undefined ? [] : [`${counted(counts.alleles, "allele")} (${sources.clinvar.version})`]),
  ];
  process.stderr.write(`${assembly}, ${counted(contigs.length, "sequence")}: ${data.join(", ")}\n`);
  if (sources.clinvar !== undefined) {
    const how =
      sources.fasta === undefined ? "only where ClinVar places them; --fasta changes that" : "however they are placed";
    process.stderr.write(`insertions and deletions are found ${how}\n`);
  }
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
  process.stdout.write(
    `${join(files.output, index.file)}  ${whole.format(index.bytes)} bytes  sha256:${index.sha256}\n`,
  );
}
