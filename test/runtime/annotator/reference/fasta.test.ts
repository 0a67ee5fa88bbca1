// A genome in FASTA: indels are found however they are placed, REF is checked, and every wrong file is refused.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { trimmed } from "../../../../runtime/annotator/reference/allele.ts";
import { ensemblGff3, toyDirectory } from "../../../support/reference-files.ts";
import { bgzip, columnLine } from "../../../support/vcf.ts";

function made(t: ExecutionContext, files: Readonly<Record<string, string | Buffer>>) {
  const toy = toyDirectory(files);
  t.teardown(() => rmSync(toy.directory, { recursive: true, force: true }));
  return toy;
}

const folded = (sequence: string, width: number) => sequence.replace(new RegExp(`.{1,${width}}`, "g"), "$&\n");
const fasta = (sequences: Readonly<Record<string, string>>, width = 7) =>
  Object.entries(sequences)
    .map(([name, sequence]) => `>${name} of a test\n${folded(sequence, width)}`)
    .join("");
const genes = (length: number) =>
  ensemblGff3("Toy2", [
    {
      name: "1",
      length,
      genes: [{ symbol: "G", number: 1, strand: "+", transcripts: [{ number: 201, exons: [[2, 9]] }] }],
    },
  ]);
const clinvar = (...records: (readonly [position: number, ref: string, alt: string])[]) =>
  [
    "##fileformat=VCFv4.2",
    columnLine,
    ...records.map(([position, ref, alt], index) =>
      ["1", position, index + 1, ref, alt, ".", ".", "CLNSIG=Benign"].join("\t"),
    ),
    "",
  ].join("\n");

interface Change {
  /** 1-based. */
  readonly position: number;
  readonly deleted: number;
  readonly inserted: string;
}

const applied = (genome: string, { position, deleted, inserted }: Change) =>
  genome.slice(0, position - 1) + inserted + genome.slice(position - 1 + deleted);

/** A change as a record may write it, with a base before or, at the beginning, behind. */
function written(
  genome: string,
  { position, deleted, inserted }: Change,
): [position: number, ref: string, alt: string] {
  const ref = genome.slice(position - 1, position - 1 + deleted);
  if (ref !== "" && inserted !== "") return [position, ref, inserted];
  if (position > 1) {
    const before = genome[position - 2] as string;
    return [position - 1, before + ref, before + inserted];
  }
  const behind = genome[deleted] as string;
  return [1, ref + behind, inserted + behind];
}

test("an allele of ClinVar is found by every record that makes the same of the genome, and by no other", async (t) => {
  // Two letters: repeats everywhere.
  const genomes = fc.string({ unit: fc.constantFrom("A", "C"), minLength: 12, maxLength: 30 });
  const changes = fc.record({
    at: fc.nat(),
    deleted: fc.integer({ min: 0, max: 4 }),
    inserted: fc.string({ unit: fc.constantFrom("A", "C"), maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      genomes,
      changes,
      fc.integer({ min: 3, max: 40 }),
      fc.boolean(),
      async (genome, drawn, width, packed) => {
        const place = (at: number) => 1 + (at % (genome.length - 5));
        const change = { position: place(drawn.at), deleted: drawn.deleted, inserted: drawn.inserted };
        const [position, ref, alt] = written(genome, change);
        fc.pre(ref !== alt);
        const text = fasta({ "1": genome }, width);
        const toy = toyDirectory({
          "genes.gff3": genes(genome.length),
          "clinvar.vcf": clinvar([position, ref, alt]),
          "genome.fa": packed ? bgzip(Buffer.from(text), 11) : text,
        });
        try {
          const names = { genes: "genes.gff3", clinvar: "clinvar.vcf", fasta: "genome.fa" };
          const { reference } = await toy.make(names);
          const index = reference.chromosome("1")?.clinvar;
          const result = applied(genome, change);
          for (let other = 1; other <= genome.length - 5; other += 1) {
            // Pure indels of the same size, wherever they are placed: those are what a repeat makes equal.
            const size = change.inserted.length - change.deleted;
            const variants: Change[] =
              size < 0
                ? [{ position: other, deleted: -size, inserted: "" }]
                : [change.inserted, ...turns(change.inserted)].map((inserted) => ({
                    position: other,
                    deleted: 0,
                    inserted,
                  }));
            for (const variant of size === 0 ? [change] : variants) {
              const [at, before, after] = written(genome, variant);
              const found = index?.find(trimmed(at, before, after)) !== undefined;
              t.is(found, applied(genome, variant) === result, JSON.stringify({ genome, change, variant }));
            }
          }
        } finally {
          rmSync(toy.directory, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** The bases, turned; and one that is not a turn of them. */
const turns = (bases: string): string[] =>
  bases === "" ? [] : [...bases].map((_, at) => bases.slice(at) + bases.slice(0, at)).concat("G".repeat(bases.length));

test("without the genome an indel is found only where ClinVar places it, and the header does not say otherwise", async (t) => {
  const genome = "GATTACACACACAGGT".repeat(2);
  const toy = made(t, {
    "genes.gff3": genes(32),
    "clinvar.vcf": clinvar([5, "ACA", "A"]),
    "genome.fa": fasta({ "1": genome }),
  });
  const find = async (names: Parameters<typeof toy.make>[0]) => {
    const { reference, manifest } = await toy.make(names);
    const index = reference.chromosome("1")?.clinvar;
    return {
      there: index?.find({ position: 5, ref: "ACA", alt: "A" })?.id,
      elsewhere: index?.find({ position: 8, ref: "CAC", alt: "C" })?.id,
      placements: reference.placements ?? false,
      fasta: manifest.sources.fasta?.file,
    };
  };
  const without = await find({ genes: "genes.gff3", clinvar: "clinvar.vcf" });
  t.deepEqual(without, { there: "1", elsewhere: undefined, placements: false, fasta: undefined });
  const with_ = await find({ genes: "genes.gff3", clinvar: "clinvar.vcf", fasta: "genome.fa" });
  t.deepEqual(with_, { there: "1", elsewhere: "1", placements: true, fasta: "genome.fa" });
});

test("the .fai index is made once, as samtools makes it, and again when the file is newer", async (t) => {
  const toy = made(t, { "genes.gff3": genes(12), "genome.fa": fasta({ chr1: "ACGTACGTACGT", chr2: "ACGTA" }, 5) });
  await toy.make({ genes: "genes.gff3", fasta: "genome.fa" });
  const index = toy.path("genome.fa.fai");
  t.is(readFileSync(index, "utf8"), "chr1\t12\t16\t5\t6\nchr2\t5\t47\t5\t6\n");
  const made1 = statSync(index).mtimeMs;
  await toy.make({ genes: "genes.gff3", fasta: "genome.fa" });
  t.is(statSync(index).mtimeMs, made1);
  writeFileSync(index, "chr1\tmany\n");
  await t.throwsAsync(toy.make({ genes: "genes.gff3", fasta: "genome.fa" }), {
    message: /genome\.fa\.fai, line 1: .*is no line of a \.fai index; remove the file/,
  });
  utimesSync(index, 1, 1);
  await toy.make({ genes: "genes.gff3", fasta: "genome.fa" });
  t.true(readFileSync(index, "utf8").startsWith("chr1\t12\t"));
});

const acgt = "ACGTACGTACGTACGTACGT";
const wrong: readonly (readonly [what: string, genome: string | Buffer, says: RegExp])[] = [
  ["VCF", clinvar([1, "A", "C"]), /genome, line 1: this is no FASTA file; genes are given with --genes/],
  ["text", "hello\n", /line 1: the file begins with "hello"; > and the name of a sequence was expected/],
  ["no bases", ">1\nAC1T\n", /line 2: "AC1T" is not a sequence of bases/],
  ["lines of different length", ">1\nACGT\nAC\nACGT\n", /line 4: a line of 1 before this is shorter than others/],
  ["a longer line", ">1\nAC\nACGT\n", /line 3: the line has 4 bases and those before it 2/],
  ["a sequence twice", ">1\nAC\n>1\nAC\n", /line 3: sequence 1 is there twice/],
  [
    "gzip",
    gzipSync(fasta({ "1": acgt })),
    /the file is compressed by gzip, which cannot be read in its middle; compress it with bgzip/,
  ],
  ["cut off bgzip", bgzip(Buffer.from(fasta({ "1": acgt }))).subarray(0, -28), /the bgzip file is truncated/],
  [
    "other sequences",
    fasta({ "7": acgt }),
    /no sequence is one of the genes: the first here is "7", the first there "1"/,
  ],
  [
    "another length",
    fasta({ "1": "ACGT" }),
    /genome: sequence 1 has 4 bases here and 20 in genes; the files are of different assemblies/,
  ],
  [
    "another sequence",
    fasta({ "1": "CCCCCCCCCCCCCCCCCCCC" }),
    /clinvar, line 3: REF is "A" at position 5 of sequence 1, where genome has "C"; the files are of different assemblies/,
  ],
];

for (const [what, genome, says] of wrong) {
  test(`FASTA: ${what}: file, line, value and what was expected`, async (t) => {
    const toy = made(t, { genes: genes(20), clinvar: clinvar([5, "A", "C"]), genome });
    const names = { genes: "genes", clinvar: "clinvar", fasta: "genome" };
    const error = await t.throwsAsync(toy.make(names), { name: "SourceError" });
    t.regex(error?.message ?? "", says);
    t.deepEqual(readdirSync(toy.output), []);
  });
}

test("an allele on a sequence that the FASTA does not have is told with its line", async (t) => {
  const two = ["1", "2"].map((name, number) => ({
    name,
    length: 20,
    genes: [
      { symbol: `G${name}`, number, strand: "+" as const, transcripts: [{ number: 201, exons: [[2, 9] as const] }] },
    ],
  }));
  const toy = made(t, {
    genes: ensemblGff3("Toy2", two),
    clinvar: clinvar([5, "A", "C"]).replace("\n1\t5", "\n2\t5"),
    genome: fasta({ "1": acgt }),
  });
  await t.throwsAsync(toy.make({ genes: "genes", clinvar: "clinvar", fasta: "genome" }), {
    message: /clinvar, line 3: sequence 2 is not in genome; give the FASTA of all sequences/,
  });
});

const hasBcftools = spawnSync("bcftools", ["--version"]).status === 0;
(hasBcftools ? test : test.skip)("indels are placed where bcftools norm places them (needs bcftools)", async (t) => {
  const genome = "TGATTACACACACAGGGGGTCATCATCATCAAAAAG";
  const records = (
    [
      [12, "ACA", "A"],
      [14, "A", "AG"],
      [21, "CAT", "C"],
      [31, "AA", "A"],
      [19, "G", "GGG"],
      [29, "TCA", "T"],
    ] as const
  ).filter(([position, ref]) => genome.startsWith(ref, position - 1));
  t.true(records.length >= 4);
  const directory = mkdtempSync(join(tmpdir(), "annofarm-norm-"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, "genome.fa"), fasta({ "1": genome }, 10));
  const text = clinvar(...records).replace(
    "\n#CHROM",
    '\n##contig=<ID=1>\n##INFO=<ID=CLNSIG,Number=.,Type=String,Description="x">\n#CHROM',
  );
  writeFileSync(join(directory, "in.vcf"), text);
  const normal = execFileSync("bcftools", ["norm", "-f", join(directory, "genome.fa"), join(directory, "in.vcf")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const toy = made(t, { genes: genes(genome.length), clinvar: text, genome: fasta({ "1": genome }) });
  const { reference } = await toy.make({ genes: "genes", clinvar: "clinvar", fasta: "genome" });
  for (const line of normal.split("\n").filter((each) => each !== "" && !each.startsWith("#"))) {
    const [, position, id, ref = "", alt = ""] = line.split("\t");
    const found = reference.chromosome("1")?.clinvar.find({ position: Number(position), ref, alt });
    t.is(found?.id, id, line);
  }
});
