import { gunzipSync } from "node:zlib";
import test from "ava";
import fc from "fast-check";
import { trimmed } from "../../../runtime/annotator/reference/allele.ts";
import { createGeneIndex, type Gene } from "../../../runtime/annotator/reference/genes.ts";
import { loadReference } from "../../../runtime/annotator/reference/load.ts";
import { builtinReference } from "../../../runtime/contract/reference.ts";
import { chromosomeName } from "../../../runtime/vcf/assembly/chromosome.ts";
import { dataFile, reference } from "../../support/vcf.ts";

test("an allele is written in the fewest bases, whatever its padding", (t) => {
  t.deepEqual(trimmed(100, "GA", "GGGGCCA"), { position: 100, ref: "G", alt: "GGGGCC" });
  t.deepEqual(trimmed(100, "CTT", "CT"), { position: 100, ref: "CT", alt: "C" });
  t.deepEqual(trimmed(100, "TCAG", "TCTG"), { position: 102, ref: "A", alt: "T" });
  t.deepEqual(trimmed(100, "A", "T"), { position: 100, ref: "A", alt: "T" });
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
  const names = {
    1: ["chr1", "1", "Chr1", "01", "chr01", "NC_000001.11", "NC_000001", "CM000663.2"],
    17: ["17", "CHR17", "NC_000017.11", "nc_000017.10", "CM000679.2"],
    X: ["chrX", "x", "23", "chr23", "NC_000023.11"],
    Y: ["Y", "24", "CM000686.2"],
    MT: ["chrM", "MT", "M", "26", "NC_012920.1"],
  };
  for (const [name, others] of Object.entries(names)) {
    for (const other of others) t.is(chromosomeName(other), name, other);
  }
  t.is(chromosomeName("GL000009.2"), "GL000009.2");
  t.is(chromosomeName("NW_001.1"), "NW_001.1");
});

test("the data are those of Ensembl 110 and of ClinVar", (t) => {
  const data = reference();
  t.deepEqual(
    { assembly: data.assembly, genes: data.genes.version, variants: data.clinvar?.version },
    builtinReference,
  );
  t.deepEqual(data.chromosome("17")?.genes.overlapping(43_100_000, 43_100_000), [
    { symbol: "BRCA1", id: "ENSG00000012048", start: 43_044_295, end: 43_170_245 },
  ]);
  t.deepEqual(data.chromosome("17")?.genes.overlapping(43_170_245, 43_170_245)[0]?.symbol, "BRCA1");
  const entry = data.chromosome("1")?.clinvar.find({ position: 1_040_717, ref: "G", alt: "GGGGCC" });
  t.is(entry?.id, "666960");
  t.is(entry?.significance, "Pathogenic/Likely_pathogenic");
  t.is(entry?.reviewStatus, "criteria_provided%2C_multiple_submitters%2C_no_conflicts");
  t.like(entry, {
    consequences: "frameshift_variant",
    conditions: "Congenital_myasthenic_syndrome_8|Congenital_myasthenic_syndrome",
    mondoIds: "MONDO:0014052|MONDO:0018940",
    type: "Microsatellite",
    origins: "germline",
    exacFrequency: "",
    rs: "1570190059",
  });
  const common = data.chromosome("1")?.clinvar.find({ position: 1_233_203, ref: "T", alt: "A" });
  t.like(common, { exacFrequency: "0.00000", rs: "397514721" });
  t.is(data.chromosome("1")?.clinvar.find({ position: 1_040_717, ref: "G", alt: "GGGGC" }), undefined);
  t.is(data.chromosome("GL000009.2"), undefined);
});

test("no name in the data is encoded twice", (t) => {
  const { conditions } = reference().chromosome("1")?.clinvar.find({ position: 11_992_659, ref: "C", alt: "T" }) ?? {};
  t.regex(conditions ?? "", /%3B(\||$)/);
  t.notRegex(conditions ?? "", /%25/);
  const table = gunzipSync(dataFile("runtime/annotator/reference/data/clinvar.tsv.gz")).toString();
  t.notRegex(table, /%25(3B|2C|3D|20|25)/i);
});

test("missing data are named", (t) => {
  const error = t.throws(() => loadReference(new URL("file:///nowhere/data/")));
  t.regex(error?.message ?? "", /genes\.tsv\.gz cannot be read; a bundle must carry it in data\//);
});
