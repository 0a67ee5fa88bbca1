/** Files of records where it is hard to tell what they do: at the edges of exons, genes and ClinVar's entries, and written oddly. */

import type { ChromosomeReference } from "../../runtime/annotator/reference/load.ts";
import { lengthOf } from "../../runtime/vcf/assembly/known.ts";
import { type Draw, drawFrom } from "./fuzz-vcf.ts";
import { columnLine, reference } from "./vcf.ts";

const chromosomes = ["1", "19", "X", "MT"] as const;
const oneOf = <Item>(draw: Draw, items: readonly Item[]): Item => items[draw(items.length)] as Item;
const often = <Item>(draw: Draw, usual: Item, others: readonly Item[], oneIn: number): Item =>
  draw(oneIn) === 0 ? oneOf(draw, others) : usual;

const bases = (draw: Draw, length: number): string => {
  let text = "";
  for (let left = length; left > 0; left -= 1) text += oneOf(draw, ["A", "C", "G", "T"]);
  return text;
};

const oddNames = ["chrUn_1", "25", "NC_000001.11", "NC_000001.10", "chr1 ", "", "é", "x".repeat(300)];
const oddPositions = ["0", "-1", "", "2147483647", "2147483648", "99999999999", "1e5", "248956423", "0000000012"];
const oddAlleles = [
  "a",
  "N",
  "<DEL>",
  "<INS>",
  "<DUP:TANDEM>",
  "*",
  ".",
  "A]1:5]",
  "",
  "-",
  "A,C",
  "T,<DEL>",
  "U",
  "G,*",
];
const oddInfos = [
  ".",
  "",
  ";",
  "DP=1;",
  "GAS_CSQ=x",
  "DP=1;GAS_GENE=A,B;AF=1",
  "XGAS_=1",
  "A_B=1;EGAS_GENE=2",
  "GAS_",
  "GAS_source=1",
  "END=1806600;SVLEN=-40",
  "..",
  "é=ü",
];
const oddEnds = ["\r\n", "\r\r\n", "\n\n", "\n\r\n", "\n#late\n", `\n${columnLine}\n`];

/** A place near which something begins or ends. */
function edge({ transcripts: { table }, clinvar }: ChromosomeReference, draw: Draw): number {
  const columns = [table.exonFirst, table.exonLast, table.first, table.last, table.codingFirst, table.codingLast];
  const column = oneOf(draw, columns);
  const at = column[draw(column.length)] as number;
  const shift = oneOf(draw, [0, 0, 0, -5_000, 5_000]);
  if (draw(5) > 0) return at + shift;
  const next = clinvar.nextFrom(at);
  return Number.isFinite(next) ? next : at;
}

function alleles(draw: Draw): [ref: string, alt: string] {
  const length = often(draw, 1, [2, 3, 4, 7, 30], 3);
  const ref = bases(draw, length);
  const alt = oneOf(draw, [
    bases(draw, 1),
    bases(draw, length),
    (ref[0] as string) + bases(draw, draw(7)),
    ref.slice(0, 1 + draw(length)),
    ref + bases(draw, draw(5)),
  ]);
  return [often(draw, ref, oddAlleles, 40), often(draw, alt, oddAlleles, 20)];
}

/** A changed base that ClinVar knows at the position, if it knows one. */
function known({ clinvar }: ChromosomeReference, position: number): [ref: string, alt: string] | undefined {
  if (clinvar.nextFrom(position) !== position) return undefined;
  for (const ref of "ACGT") {
    for (const alt of "ACGT") if (clinvar.find({ position, ref, alt }) !== undefined) return [ref, alt];
  }
  return undefined;
}

/** Some records around one place, by position. @param columns values of the columns after INFO. */
function recordsAt(draw: Draw, oddIn: number, columns: string): string {
  const chromosome = oneOf(draw, chromosomes);
  const data = reference().chromosome(chromosome) as ChromosomeReference;
  const place = edge(data, draw);
  const end = lengthOf(chromosome) as number;
  let position = place - draw(16);
  let text = "";
  for (let left = 1 + draw(8); left > 0; left -= 1) {
    const [ref, alt] = known(data, position) ?? alleles(draw);
    const name = often(draw, `${oneOf(draw, ["chr", ""])}${chromosome}`, oddNames.slice(0, 4), oddIn);
    const at = often(draw, String(Math.min(Math.max(position, 1), end + draw(3))), oddPositions, oddIn);
    const info = often(draw, `DP=${draw(99)};A_F=0.5`, oddInfos, oddIn);
    const rest = draw(oddIn * 20) === 0 ? `\t${"y".repeat(20_000)}` : columns;
    text += `${name}\t${at}\t.\t${ref}\t${alt}\t9.6\tPASS\t${info}${columns === "" ? "" : rest}${often(draw, "\n", oddEnds, oddIn)}`;
    position += draw(9);
  }
  return text;
}

/** What refuses a file, if it stands in it. */
const fatal = ["chr1\t5\t.\tA\tC\n", " 1\t5\t.\tA\tC\t.\t.\t.\n", "chr1\t5\t.\tA\tC\t.\t.\t.\t.\t.\t.\n"];

/** @returns one byte per character. */
export function recordsAtEdges(seed: number): string {
  const draw = drawFrom(seed);
  const oddIn = oneOf(draw, [4, 12, 200]);
  const columns = oneOf(draw, ["", "\tGT:DP\t0/1:7"]);
  let text = `##fileformat=VCFv4.2\n##contig=<ID=chr1,length=248956422>\n${columnLine}${columns === "" ? "" : "\tFORMAT\tS1"}\n`;
  for (let left = 60 + draw(200); left > 0; left -= 1) text += recordsAt(draw, oddIn, columns);
  if (draw(10) === 0) text += oneOf(draw, fatal) + recordsAt(draw, oddIn, columns);
  const ended = draw(8) === 0 ? text.trimEnd() : text;
  return Buffer.from(ended).toString("latin1");
}
