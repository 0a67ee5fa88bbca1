/** VCF files drawn from a seed: well-formed ones, and ones that are wrong in a place or two. */
import { gzipSync } from "node:zlib";
import { bgzip } from "./vcf.ts";

/** Whole numbers from 0 to below `below`; the same seed gives the same ones (xorshift32). */
export type Draw = (below: number) => number;

export function drawFrom(seed: number): Draw {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const chromosomes = [
  "1",
  "chr1",
  "17",
  "chrX",
  "MT",
  "25",
  "NC_000017.11",
  "NC_000017.10",
  "CM000679.2",
  "chrUn_1",
  "",
  " 1",
  "1 ",
];
const positions = ["1040717", "1806513", "7674220", "3243", "0", "248956423", "2147483648", "-1", "1e5", "", "ten"];
const bases = ["A", "C", "G", "T", "N", "GA", "acgt", "", "-", "*", "."];
const alternates = [
  "G",
  "T,A",
  "<DEL>",
  "<",
  "*",
  ".",
  "A]1:5]",
  ",",
  "GT,<DUP>,*",
  "A,,C",
  "G,G,G,G,G,G,G,G",
  "\u00e9",
];
const infos = [
  ".",
  "",
  "DP=3",
  "DP=3;",
  ";",
  ";;;;",
  "GAS_GENE=OLD",
  "GAS_GENE",
  "A;GAS_CLNSIG=x;B=2",
  "GAS_=1;GAS_GENE=;",
  "=",
  "X=GAS_GENE=1",
];
const headers = [
  "##contig=<ID=1,length=248956422>",
  "##contig=<ID=20,length=63025520>",
  "##contig=<ID=1,length=99999999999999999999>",
  '##contig=<ID=1,URL="a,b\\"c>',
  "##contig=<",
  "##contig=<ID=,length=>",
  "##reference=hg19ToHg38",
  "##assembly=GCF_000001405.40",
  "##INFO=<ID=GAS_GENE,Number=.>",
  "##INFO=<ID=GAS_VOLUME,Number=1>",
  "##GAS_source=<x>",
  "##=",
  "##",
  "#",
  "",
];
const columnLines = ["#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO", "#chrom\tpos\tid\tref\talt\tqual\tfilter\tinfo"];
const rubbish = [
  "\0",
  "\t",
  "\n",
  "\r",
  "\r\n",
  "#",
  " ",
  ";",
  ",",
  "\u00ff",
  "=",
  "<",
  "##contig=<ID=",
  "#CHROM\t",
  "\t\t\t\t\t\t\t\t\t",
];

function record(draw: Draw, samples: number): string {
  const pick = (list: readonly string[], usual: number) =>
    list[draw(3) === 0 ? draw(list.length) : draw(usual)] as string;
  const ref = draw(1_500) === 0 ? "C".repeat(draw(60_000)) : pick(bases, 5);
  const alt = draw(1_500) === 0 ? Array(draw(12_000)).fill("T").join() : pick(alternates, 2);
  const info = draw(1_500) === 0 ? ";".repeat(draw(60_000)) : pick(infos, 4);
  const fixed = [pick(chromosomes, 4), pick(positions, 4), ".", ref, alt, ".", "PASS", info];
  return [...fixed, ...(samples === 0 ? [] : ["GT:DP", ...Array(samples).fill("0/1:3")])].join("\t");
}

function text(draw: Draw): string {
  const samples = draw(3) === 0 ? 1 + draw(3) : 0;
  const names = Array.from({ length: samples }, (_, index) => `\tS${index}`).join("");
  const header = Array.from({ length: draw(4) }, () => headers[draw(headers.length)]);
  const columns = (columnLines[draw(12) === 0 ? 1 : 0] as string) + (samples === 0 ? "" : `\tFORMAT${names}`);
  const records = Array.from({ length: draw(8) }, () => record(draw, samples));
  const end = draw(8) === 0 ? "\r\n" : "\n";
  return ["##fileformat=VCFv4.2", ...header, columns, ...records].join(end) + (draw(10) === 0 ? "" : end);
}

/** One edit: something put in, taken out, doubled, or cut off. */
function mutated(draw: Draw, file: string): string {
  const at = draw(file.length + 1);
  const length = draw(12);
  switch (draw(4)) {
    case 0:
      return file.slice(0, at) + (rubbish[draw(rubbish.length)] as string) + file.slice(at);
    case 1:
      return file.slice(0, at) + file.slice(at + length);
    case 2:
      return file.slice(0, at) + file.slice(Math.max(0, at - length));
    default:
      return file.slice(0, at);
  }
}

/** File number `seed`: a third as drawn, the others edited; a few compressed, and some of these damaged. */
export function fuzzFile(seed: number): Buffer {
  const draw = drawFrom(seed);
  let file = text(draw);
  for (let edits = draw(3); edits > 0; edits -= 1) file = mutated(draw, file);
  const plain = Buffer.from(file, "latin1");
  if (draw(100) > 0) return plain;
  const packed = Buffer.from(draw(2) === 0 ? gzipSync(plain, { level: 1 }) : bgzip(plain, 1 + draw(500)));
  if (draw(2) === 0) packed[draw(packed.length)] = draw(256);
  return packed;
}
