/** A file like a person's genome: changed bases with genotypes, evenly over all chromosomes, few of them known to ClinVar. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { lengthOf } from "../../runtime/vcf/assembly/known.ts";

export const chromosomes = [...Array.from({ length: 22 }, (_, index) => String(index + 1)), "X", "Y"];
/** Bases at a chromosome's beginning that nothing is called in. */
const telomere = 10_000;

const fields = [
  ...["AC", "AN", "DP"].map((id) => `##INFO=<ID=${id},Number=1,Type=Integer,Description="${id}">`),
  ...["AF", "BaseQRankSum", "MQ", "QD"].map((id) => `##INFO=<ID=${id},Number=1,Type=Float,Description="${id}">`),
  ...["GT", "AD", "DP", "GQ"].map((id) => `##FORMAT=<ID=${id},Number=.,Type=String,Description="${id}">`),
];

function* lines(records: number): Generator<string> {
  const lengths = chromosomes.map((name) => (lengthOf(name) as number) - telomere);
  const step = lengths.reduce((sum, length) => sum + length, 0) / records;
  const contigs = chromosomes.map((name) => `##contig=<ID=chr${name},length=${lengthOf(name)}>`);
  yield `${["##fileformat=VCFv4.2", ...contigs, ...fields].join("\n")}\n`;
  yield "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n";
  let n = 0;
  for (const [index, name] of chromosomes.entries()) {
    for (let at = 0; at + step < (lengths[index] as number); at += step) {
      n += 1;
      const position = telomere + Math.floor(at + (((n * 7919) % 1_000) / 1_000) * step);
      const [ref, alt] = ["AG", "CT", "GA", "TC"][n % 4] as string;
      const info = `AC=1;AF=0.500;AN=2;BaseQRankSum=${(n % 40) / 10};DP=${20 + (n % 30)};MQ=60.00;QD=14.2`;
      yield `chr${name}\t${position}\t.\t${ref}\t${alt}\t${300 + (n % 500)}.6\tPASS\t${info}\tGT:AD:DP:GQ\t0/1:14,13:27:99\n`;
    }
  }
}

function* inChunks(texts: Iterable<string>): Generator<string> {
  let chunk = "";
  for (const text of texts) {
    chunk += text;
    if (chunk.length < 1e6) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

/** Writes about so many records. */
export const writeGenome = (file: string, records: number): Promise<void> =>
  pipeline(Readable.from(inChunks(lines(records))), createWriteStream(file));
