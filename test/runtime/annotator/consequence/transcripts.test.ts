import { gunzipSync } from "node:zlib";
import test from "ava";
import { terms } from "../../../../runtime/annotator/consequence/terms.ts";
import type { ChromosomeReference } from "../../../../runtime/annotator/reference/load.ts";
import { transcriptFlags } from "../../../../runtime/annotator/reference/transcripts.ts";
import { annotated, dataFile, reference, vcfOf } from "../../../support/vcf.ts";

/** Records of ClinVar's alleles of one base on a chromosome, with what ClinVar says they do. */
function clinvarRecords(chromosome: string) {
  const [, ...lines] = gunzipSync(dataFile("runtime/annotator/reference/data/clinvar.tsv.gz")).toString().split("\n");
  return lines.flatMap((line) => {
    const [name, position, ref = "", alt = "", id] = line.split("\t");
    return name === chromosome && ref.length + alt.length === 2
      ? [`${name}\t${position}\t${id}\t${ref}\t${alt}\t.\t.\t.`]
      : [];
  });
}

const fieldOf = (info: string | undefined, id: string): string | undefined =>
  info
    ?.split(";")
    .find((field) => field.startsWith(`${id}=`))
    ?.slice(id.length + 1);

test("transcripts lie where ClinVar sees them: splice sites and coding changes are found at their terms", async (t) => {
  const { records } = await annotated(vcfOf(...["1", "11", "13", "X"].flatMap(clinvarRecords)));
  const counts = { splice: 0, spliceFound: 0, coding: 0, codingFound: 0 };
  for (const record of records) {
    const info = record[7];
    const said = fieldOf(info, "GAS_CLNMC")?.split("|") ?? [];
    const found = fieldOf(info, "GAS_CSQ_ALL") ?? "";
    for (const site of ["splice_acceptor_variant", "splice_donor_variant"]) {
      if (!said.includes(site)) continue;
      counts.splice += 1;
      if (found.includes(site)) counts.spliceFound += 1;
    }
    if (said.includes("missense_variant") || said.includes("nonsense")) {
      counts.coding += 1;
      if (found.includes("coding_sequence_variant")) counts.codingFound += 1;
    }
  }
  t.true(counts.splice > 1_500 && counts.coding > 4_000, JSON.stringify(counts));
  // The rest is of genes without a place, and of transcripts that only RefSeq has.
  t.true(counts.spliceFound > 0.98 * counts.splice, JSON.stringify(counts));
  t.true(counts.codingFound > 0.98 * counts.coding, JSON.stringify(counts));
});

test("each gene has one canonical transcript, the one that Ensembl names", (t) => {
  const names: string[] = [];
  for (const [chromosome, symbols] of [
    ["17", ["TP53", "BRCA1"]],
    ["11", ["HBB", "INS", "ATM"]],
  ] as const) {
    const { transcripts } = reference().chromosome(chromosome) as ChromosomeReference;
    for (const gene of transcripts.near.overlapping(1, 300_000_000)) {
      const rows = Array.from({ length: gene.to - gene.from }, (_, index) => gene.from + index);
      const canonical = rows.filter(
        (row) => ((transcripts.table.flags[row] as number) & transcriptFlags.canonical) !== 0,
      );
      t.is(canonical.length, rows.length === 0 ? 0 : 1, gene.gene.symbol);
      if ((symbols as readonly string[]).includes(gene.gene.symbol)) {
        names.push(`${gene.gene.symbol}-${transcripts.table.number[canonical[0] as number]}`);
      }
    }
  }
  t.deepEqual(names.sort(), ["ATM-229", "BRCA1-203", "HBB-201", "INS-202", "TP53-201"].sort());
});

/** INFO of records `position ref alt info` on chromosome 17. */
async function infos(...records: string[]): Promise<(string | undefined)[]> {
  const lines = records.map((record) => {
    const [position, ref, alt, info = "."] = record.split(" ");
    return `17\t${position}\t.\t${ref}\t${alt}\t.\t.\t${info}`;
  });
  return (await annotated(vcfOf(...lines))).records.map((record) => record[7]);
}

test("structural variants are told by what they overlap, from SVLEN or END", async (t) => {
  const found = await infos(
    "43000000 N <DEL> SVLEN=-200000",
    "43000000 N <DEL> END=43200000",
    "43000000 N <DUP:TANDEM> END=43200000",
    "43000000 N <INV> END=43200000",
    "43100000 N <CN0>,<CN3> SVLEN=100,200",
    "43100000 N <INS> .",
    "43100000 N N[chr3:1000[ .",
    "43100000 N ]chr3:1000]N .",
    "43100000 N <DEL> .",
    "43100000 N <DEL> END=43000000",
    "43100000 N <NON_REF> END=43100100",
    "1 N <DEL> END=83257441",
  );
  const worst = found.map((info) => fieldOf(info, "GAS_CSQ"));
  t.deepEqual(worst, [
    "transcript_ablation",
    "transcript_ablation",
    // A gene is duplicated as a whole; of another a part is, splice sites among it.
    "splice_acceptor_variant",
    "splice_acceptor_variant",
    "intron_variant,intron_variant",
    "feature_elongation",
    "feature_truncation",
    "feature_truncation",
    undefined,
    undefined,
    undefined,
    "transcript_ablation",
  ]);
  t.regex(fieldOf(found[1], "GAS_GENE") ?? "", /(^|,)BRCA1(,|$)/);
  t.regex(fieldOf(found[2], "GAS_CSQ_CANON") ?? "", /(^|\|)transcript_amplification:BRCA1:203(\||$)/);
  t.regex(fieldOf(found[3], "GAS_CSQ_CANON") ?? "", /\|coding_transcript_variant:BRCA1:203/);
  // Thousands of genes are counted, not named.
  t.true(Number(fieldOf(found.at(-1), "GAS_GENE_COUNT")) > 1_500);
  t.is(fieldOf(found.at(-1), "GAS_CSQ_ALL"), undefined);
});

test("consequences are of each allele, the most severe first, for all transcripts and the canonical ones", async (t) => {
  const [splice, alleles, beside, far] = await infos(
    "43115780 C T",
    "43124027 ACT A,ACTT,GCT",
    "43042000 G A",
    "32000000 C T",
  );
  t.is(fieldOf(splice, "GAS_CSQ"), "splice_acceptor_variant");
  t.is(fieldOf(splice, "GAS_CSQ_CANON"), "splice_acceptor_variant:BRCA1:203");
  t.regex(
    fieldOf(splice, "GAS_CSQ_ALL") ?? "",
    /^splice_acceptor_variant:BRCA1:203\/\d[\d/]+\|splice_acceptor_variant&NMD_/,
  );
  t.is(fieldOf(alleles, "GAS_CSQ"), "frameshift_variant,frameshift_variant,coding_sequence_variant");
  t.is(fieldOf(beside, "GAS_CSQ_CANON"), "downstream_gene_variant:BRCA1:203");
  t.regex(far ?? "", /GAS_CSQ=/);
  const severity = (fieldOf(alleles, "GAS_CSQ_ALL") ?? "")
    .split(",")
    .map((all) => all.split("|").map((entry) => terms.indexOf(entry.split(/[&:]/)[0] as (typeof terms)[number])));
  for (const ranks of severity)
    t.deepEqual(
      ranks,
      [...ranks].sort((a, b) => a - b),
    );
});

test("the same job run again gives the same bytes, and the header names engine and data with their digests", async (t) => {
  const file = dataFile("test/data/edge-cases.vcf");
  const [once, again] = [await annotated(file), await annotated(file, { chunks: [97] })];
  t.is(once.text, again.text);
  const line = once.lines.find((each) => each.startsWith("##GAS_source=")) ?? "";
  t.regex(line, /Engine="annofarm test",Assembly="GRCh38"/);
  for (const label of ["Genes", "Transcripts", "Variants"]) {
    t.regex(line, new RegExp(`,${label}="[A-Z][a-zA-Z]+ [\\d-]+",${label}SHA256="[0-9a-f]{64}"`));
  }
  for (const id of ["GAS_CSQ", "GAS_CSQ_CANON", "GAS_CSQ_ALL", "GAS_CLNMONDO", "GAS_CLNAF_EXAC"]) {
    const field = once.lines.find((each) => each.startsWith(`##INFO=<ID=${id},`)) ?? "";
    t.regex(field, /Number=A,Type=(String|Float),Description=".+",Source="\w+",Version="[\d-]+">$/);
  }
});
