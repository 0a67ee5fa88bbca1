import test from "ava";
import fc from "fast-check";
import { trimmed } from "../../../runtime/annotator/reference/allele.ts";
import { chromosomeName } from "../../../runtime/annotator/reference/chromosome.ts";
import { createGeneIndex, type Gene } from "../../../runtime/annotator/reference/genes.ts";
import { loadReference } from "../../../runtime/annotator/reference/load.ts";
import { reference } from "../../support/vcf.ts";

test("an allele is written in the fewest bases, whatever its padding", (t) => {
  t.deepEqual(trimmed(100, "GA", "GGGGCCA"), { position: 100, ref: "G", alt: "GGGGCC" });
  t.deepEqual(trimmed(100, "CTT", "CT"), { position: 100, ref: "CT", alt: "C" });
  t.deepEqual(trimmed(100, "TCAG", "TCTG"), { position: 102, ref: "A", alt: "T" });
  t.deepEqual(trimmed(100, "a", "t"), { position: 100, ref: "A", alt: "T" });
  t.deepEqual(trimmed(100, "ACGT", "ACGT"), { position: 100, ref: "A", alt: "A" });
});

test("trimming undoes padding and changes nothing twice", (t) => {
  const bases = (minLength: number) => fc.string({ unit: fc.constantFrom(..."ACGT"), minLength, maxLength: 6 });
  fc.assert(
    fc.property(bases(1), bases(1), bases(0), bases(0), (ref, alt, before, after) => {
      fc.pre(ref !== alt);
      const small = trimmed(1_000, ref, alt);
      t.deepEqual(trimmed(small.position, small.ref, small.alt), small);
      // Padding in front only moves where the same change may be written, unless the change slides along a repeat.
      const padded = trimmed(1_000 - before.length, before + ref + after, before + alt + after);
      const apply = (allele: typeof small, text: string, from: number) =>
        text.slice(0, allele.position - from) + allele.alt + text.slice(allele.position - from + allele.ref.length);
      const whole = before + ref + after;
      t.is(apply(padded, whole, 1_000 - before.length), before + alt + after);
    }),
  );
});

test("genes of a span are those that overlap it, as a plain search finds them", (t) => {
  const gene = fc.record({ start: fc.integer({ min: 1, max: 60 }), length: fc.integer({ min: 0, max: 40 }) });
  fc.assert(
    fc.property(
      fc.array(gene, { maxLength: 12 }),
      fc.integer({ min: 0, max: 110 }),
      fc.integer({ min: 0, max: 20 }),
      (drawn, start, length) => {
        const genes: Gene[] = drawn.map((g, n) => ({
          symbol: `G${n}`,
          id: `E${n}`,
          start: g.start,
          end: g.start + g.length,
        }));
        const end = start + length;
        const expected = genes.filter((g) => g.start <= end && g.end >= start).map((g) => g.id);
        const found = createGeneIndex(genes).overlapping(start, end);
        t.deepEqual(found.map((g) => g.id).sort(), expected.sort());
        t.deepEqual(
          [...found],
          [...found].sort((a, b) => a.start - b.start || a.end - b.end || (a.id < b.id ? -1 : 1)),
        );
      },
    ),
  );
});

test("a chromosome has one name", (t) => {
  t.deepEqual(["chr1", "1", "Chr1", "chrM", "MT", "M", "chrX", "x"].map(chromosomeName), [
    "1",
    "1",
    "1",
    "MT",
    "MT",
    "MT",
    "X",
    "X",
  ]);
  t.is(chromosomeName("GL000009.2"), "GL000009.2");
});

test("the data are those of Ensembl 110 and of ClinVar", (t) => {
  const data = reference();
  t.is(data.genesVersion, "Ensembl 110");
  t.regex(data.clinvarVersion, /^ClinVar \d{4}-\d\d-\d\d$/);
  t.deepEqual(data.chromosome("17")?.genes.overlapping(43_100_000, 43_100_000), [
    { symbol: "BRCA1", id: "ENSG00000012048", start: 43_044_295, end: 43_170_245 },
  ]);
  t.deepEqual(data.chromosome("17")?.genes.overlapping(43_170_245, 43_170_245)[0]?.symbol, "BRCA1");
  const entry = data.chromosome("1")?.clinvar.find({ position: 1_040_717, ref: "G", alt: "GGGGCC" });
  t.is(entry?.id, "666960");
  t.is(entry?.significance, "Pathogenic/Likely_pathogenic");
  t.is(entry?.reviewStatus, "criteria_provided%2C_multiple_submitters%2C_no_conflicts");
  t.deepEqual(entry?.consequences, ["frameshift_variant"]);
  t.is(data.chromosome("1")?.clinvar.find({ position: 1_040_717, ref: "G", alt: "GGGGC" }), undefined);
  t.is(data.chromosome("GL000009.2"), undefined);
});

test("missing data are named", (t) => {
  const error = t.throws(() => loadReference(new URL("file:///nowhere/data/")));
  t.regex(error?.message ?? "", /genes\.tsv\.gz cannot be read; a bundle must carry it in data\//);
});
