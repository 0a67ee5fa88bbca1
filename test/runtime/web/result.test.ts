// The page of a result: what is found, what is said of it, what it refuses, and what it gives to take along.
import { gunzipSync } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import { companionKeys } from "../../../runtime/contract/keys.ts";
import { resultRef } from "../../support/memory.ts";
import { annotated } from "../../support/vcf.ts";
import { putResult, sampleText } from "./support/result-job.ts";
import { startWeb } from "./support/web.ts";

/** Two samples with names that ASCII does not have, and records of every kind. */
const header =
  '##fileformat=VCFv4.2\n##FILTER=<ID=q10,Description="Quality below 10">\n##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">\n' +
  '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n' +
  "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tmère\t子\n";
const records = [
  "chr1 100 rs7 A C 9 q10 DP=1;GAS_GENE=ABC1;GAS_CLNSIG=Pathogenic;GAS_CSQ=splice_region_variant;GAS_CSQ_CANON=splice_region_variant&coding_sequence_variant:ABC1:201;GAS_CSQ_ALL=splice_region_variant&coding_sequence_variant:ABC1:201/203|intron_variant:ABC1:204;GAS_CLNRS=rs99 GT 0/1 0/0",
  "chr1 200 . AC A 50 PASS DP=2;GAS_GENE=ABC1,XYZ GT 1/1 ./.",
  "chr2 300 rs8 G GT . . DP=3;GAS_CLNID=17661 GT 0/0 0|1",
  "chr2 5000 . N <DEL> 99 PASS END=9000 GT 0/1 1/1",
].map((line) => `${line.replaceAll(" ", "\t")}\n`);

async function started(t: ExecutionContext, text = header + records.join("")) {
  const web = await startWeb();
  t.teardown(web.close);
  const job = await putResult(web, text);
  const client = await web.signedIn();
  const path = `/annotations/${job.job_id}/result`;
  const get = (search = "") => client.get(`${path}${search}`);
  return { web, job, client, path, get };
}

/** Records of 51 zones; a page looks through 48. */
const manyRecords = (): string =>
  header +
  Array.from(
    { length: 205_000 },
    (_, i) => `chr1\t${i + 1}\t${i === 200_000 ? "rs5" : "."}\tA\tC\t${i}\t.\t.\tGT\t0/0\t0/0\n`,
  ).join("");

/** Positions in the table, in order. */
const positions = (page: string): string[] =>
  [...page.matchAll(/variants\/\d+">([^<]+)</g)].map(([, position = ""]) => position);

for (const [search, found, told = `${found.length} of 4 records fit.`] of [
  ["", ["chr1:100", "chr1:200", "chr2:300", "chr2:5,000"], "4 records."],
  ["?q=ABC1", ["chr1:100", "chr1:200"]],
  ["?q=xyz", ["chr1:200"]],
  ["?q=RS8", ["chr2:300"]],
  ["?q=rs99", ["chr1:100"]],
  ["?q=clinvar:17661", ["chr2:300"]],
  ["?q=chr1:150-250", ["chr1:200"]],
  ["?q=2:8,000-8,001", ["chr2:5,000"]],
  ["?q=1", ["chr1:100", "chr1:200"]],
  ["?significance=Pathogenic", ["chr1:100"]],
  ["?type=deletion&type=structural", ["chr1:200", "chr2:5,000"]],
  ["?filter=PASS", ["chr1:200", "chr2:5,000"]],
  ["?consequence=splice_region_variant", ["chr1:100"]],
  ["?consequence=splice_region_variant&filter=PASS", []],
  ["?quality=50", ["chr1:200", "chr2:5,000"]],
  ["?sample=m%C3%A8re&genotype=het", ["chr1:100", "chr2:5,000"]],
  ["?sample=%E5%AD%90&genotype=missing", ["chr1:200"]],
  ["?sample=%E5%AD%90&genotype=carries&q=chr2", ["chr2:300", "chr2:5,000"]],
  ["?from=2", ["chr2:300", "chr2:5,000"], "4 records."],
] as const) {
  test(`found by ${search || "nothing"}`, async (t) => {
    const { get } = await started(t);
    const page = await get(search);
    t.is(page.status, 200);
    t.deepEqual(positions(page.text), [...found]);
    t.true(page.text.includes(told));
  });
}

for (const [search, refusal] of [
  ["?q=NOSUCH", /&quot;NOSUCH&quot; was not found: No record of this result is in a gene or on a sequence/],
  ["?q=chr9:1-5", /the result has no records on chr9/],
  ["?q=chr1:9-5", /goes from 9 to 5; it must begin at 1 or later/],
  ["?type=snp", /type is &quot;snp&quot;; it must be one of SNV, MNV/],
  ["?significance=Benign", /significance is &quot;Benign&quot;; it must be one of Pathogenic/],
  ["?quality=high", /quality is &quot;high&quot;; it must be a number/],
  ["?quality=1&quality=2", /quality is &quot;1, 2&quot;; it must be one value/],
  ["?genotype=het", /sample is &quot;&quot;; it must be one of mère, 子/],
  ["?genotype=both&sample=m%C3%A8re", /genotype is &quot;both&quot;; it must be one of carries, het/],
  ["?from=4", /from is &quot;4&quot;; it must be a whole number from 0 to 3/],
  ["/variants/5", /record is &quot;5&quot;; it must be a whole number from 1 to 4/],
  ["/export?format=bcf", /format is &quot;bcf&quot;; it must be one of vcf, vcf\.gz, tsv, csv/],
  ["/download?file=bai", /file is &quot;bai&quot;; it must be one of vcf, bgzip, tabix/],
] as const) {
  test(`refused with value, bound and fix: ${search}`, async (t) => {
    const { get, path } = await started(t);
    const page = await get(search);
    t.is(page.status, 400);
    t.regex(page.text, new RegExp(`href="${path}"[^>]*>Go to the result<`), "it leads to the whole");
    t.regex(page.text.replaceAll("&#39;", "'"), refusal);
  });
}

test("pages follow each other through a result without a gap, filtered or not", async (t) => {
  const text =
    header +
    Array.from({ length: 10_000 }, (_, i) =>
      `chr1 ${i + 1} . A ${i % 90 === 0 ? "CC" : "C"} . PASS DP=${i} GT 0/1 0/1\n`.replaceAll(" ", "\t"),
    ).join("");
  const { client, path } = await started(t, text);
  t.regex((await client.get(`${path}?type=insertion`)).text, /112 of 10,000 records fit\./);
  t.regex((await client.get(`${path}?type=insertion&filter=PASS`)).text, /At most 112 of 10,000 records fit\./);
  for (const [search, expected] of [
    ["?from=9800", Array.from({ length: 200 }, (_, i) => 9_801 + i)],
    ["?type=insertion", Array.from({ length: 112 }, (_, i) => i * 90 + 1)],
  ] as const) {
    const seen: number[] = [];
    for (let next: string | undefined = `${path}${search}`; next !== undefined; ) {
      const page: { text: string } = await client.get(next);
      seen.push(...positions(page.text).map((position) => Number(position.replace(/chr1:|,/g, ""))));
      next = /href="([^"]+)" rel="next"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&");
    }
    t.deepEqual(seen, [...expected]);
  }
});

test("sorted by QUAL where that is cheap, and said where it is not", async (t) => {
  const { get } = await started(t);
  const sorted = await get("?sort=quality");
  t.deepEqual(positions(sorted.text), ["chr2:5,000", "chr1:200", "chr1:100", "chr2:300"]);
  t.regex(sorted.text, /aria-sort="descending"[\s\S]*QUAL ↓/);
  t.regex(sorted.text, /Shown: 1 to 4, the highest QUAL first/);
  t.deepEqual(positions((await get("?sort=quality&filter=PASS&from=1")).text), ["chr1:200"]);
  t.regex((await get("?sort=size")).text, /sort is &quot;size&quot;; it must be quality/);
  const large = await started(t, manyRecords());
  const unsorted = await large.get("?sort=quality");
  t.regex(unsorted.text, /Not sorted: too many records would have to be read/);
  t.is(positions(unsorted.text)[0], "chr1:1");
  t.is(positions((await large.get("?sort=quality&q=chr1:5-20")).text)[0], "chr1:20");
});

test("a search that no index serves stops at its bound, says so, and goes on", async (t) => {
  const { client, path, get } = await started(t, manyRecords());
  const first = await get("?q=rs5");
  t.deepEqual(positions(first.text), []);
  t.regex(first.text, /Only records 1 to 196,608 were looked at; those after them are\s+looked through when you go on/);
  const next = /href="([^"]+)" rel="next">Go on/.exec(first.text)?.[1]?.replaceAll("&amp;", "&");
  t.is(next, `${path}?q=rs5&from=196608`);
  t.deepEqual(positions((await client.get(next ?? "")).text), ["chr1:200,001"]);
});

test("columns are chosen in the address and remembered, also by a browser without scripts", async (t) => {
  const { client, path } = await started(t);
  const usual = await client.get(path);
  t.regex(usual.text, /<th scope="col"[^>]*><a [^>]*>QUAL<\/a>/);
  t.notRegex(usual.text, /<th scope="col"[^>]*>DP</);
  t.notRegex(usual.text, /<script/);
  const chosen = await client.get(`${path}?column=INFO.DP&column=SAMPLE.%E5%AD%90`);
  t.regex(chosen.text, /<th scope="col" title="Depth">DP<\/th><th scope="col"[^>]*>子</);
  t.regex((await client.get(path)).text, /<th scope="col" title="Depth">DP<\/th><th scope="col"[^>]*>子</);
});

test("one variant's page has all fields in words, and links to ClinVar, dbSNP and Ensembl", async (t) => {
  const own = await started(t);
  const first = await own.get("/variants/1");
  t.regex(
    first.text,
    /chr1:100[\s\S]*A > C[\s\S]*q10[\s\S]*\(Quality below 10\)[\s\S]*splice region variant, coding sequence variant[\s\S]*ABC1-201, ABC1-203[\s\S]*Depth[\s\S]*mère/,
  );
  t.regex(first.text, /href="https:\/\/www\.ncbi\.nlm\.nih\.gov\/snp\/rs7"/);
  t.notRegex(first.text, /ensembl\.org\/Homo_sapiens/, "nothing says of which assembly the positions are");
  t.regex((await own.get("/variants/3")).text, /clinvar\/variation\/17661\//);
  const real = await started(t, (await annotated(await sampleText())).text);
  const gene = await real.get("/variants/300");
  t.regex(
    gene.text,
    /href="https:\/\/www\.ensembl\.org\/id\/ENSG\d+"[\s\S]*ensembl\.org\/Homo_sapiens\/Location\/View\?r=\d+:\d+-\d+/,
  );
});

test("downloads: whole as stored, filtered as VCF, bgzip, TSV and CSV", async (t) => {
  const { client, path, job, web } = await started(t);
  const ref = resultRef(job);
  t.regex((await client.get(`${path}/download`)).location ?? "", /annot\.vcf\?/);
  t.regex((await client.get(`${path}/download?file=bgzip`)).location ?? "", /annot\.vcf\.gz\?/);
  t.regex((await client.get(`${path}/download?file=tabix`)).location ?? "", /annot\.vcf\.gz\.tbi\?/);
  await web.objects.delete({ bucket: ref.bucket, key: companionKeys(ref.key).tabix });
  t.is((await client.get(`${path}/download?file=tabix`)).status, 404);
  const file = async (search: string) => {
    const answer = await fetch(`${web.origin}${path}/export?${search}`, {
      headers: { cookie: [...client.cookies].map(([name, { value }]) => `${name}=${value}`).join("; ") },
    });
    t.is(answer.status, 200);
    return { bytes: Buffer.from(await answer.arrayBuffer()), name: answer.headers.get("content-disposition") ?? "" };
  };
  const vcf = await file("filter=PASS");
  t.is(vcf.bytes.toString(), header + [records[1], records[3]].join(""));
  t.regex(vcf.name, /annot\.vcf"/);
  t.is(gunzipSync((await file("filter=PASS&format=vcf.gz")).bytes).toString(), vcf.bytes.toString());
  const tsv = await file("q=chr1&format=tsv&column=ID&column=INFO.GAS_GENE");
  t.is(tsv.bytes.toString(), "CHROM\tPOS\tREF\tALT\tID\nchr1\t100\tA\tC\trs7\nchr1\t200\tAC\tA\t.\n");
  const csv = await file("q=chr2&format=csv&column=INFO.DP&column=SAMPLE.m%C3%A8re");
  t.is(
    csv.bytes.toString(),
    "CHROM,POS,REF,ALT,INFO.DP,SAMPLE.mère\r\nchr2,300,G,GT,3,0/0\r\nchr2,5000,N,<DEL>,.,0/1\r\n",
  );
});

test("what a spreadsheet would take for a formula is text in a CSV file; numbers stay numbers", async (t) => {
  const values = ["=1+1", "@SUM(A1)", "+1", "-0.5", "-1e-7", "-2+3+cmd|' /C calc'!A0", "+x", "-"];
  const lines = values.map((value, at) => `chr1\t${at + 1}\t.\tA\tC\t.\tPASS\tNOTE=${value.replaceAll("=", "%3D")}\n`);
  const head = '##fileformat=VCFv4.2\n##INFO=<ID=NOTE,Number=1,Type=String,Description="n">\n';
  const { client, path } = await started(t, `${head}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n${lines.join("")}`);
  const { text } = await client.get(`${path}/export?format=csv&column=INFO.NOTE`);
  t.deepEqual(
    text
      .trim()
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(",").slice(4).join(",")),
    ["'=1+1", "'@SUM(A1)", "+1", "-0.5", "-1e-7", "'-2+3+cmd|' /C calc'!A0", "'+x", "'-"],
  );
});

test("an index that does not fit its result is told as that, with what helps", async (t) => {
  const { web, job, get } = await started(t);
  const ref = resultRef(job);
  const { bgzip } = companionKeys(ref.key);
  web.objects.put({ bucket: ref.bucket, key: bgzip }, "something else");
  const damaged = await get();
  t.is(damaged.status, 409);
  t.regex(
    damaged.text,
    /The index beside this result does not fit it: there is no whole bgzip block at byte 0[\s\S]*Download the result/,
  );
  web.jobs.put({ ...job, result_sha256: "0".repeat(64) });
  const other = await get();
  t.is(other.status, 409);
  t.regex(other.text, /the summary is of a result with SHA-256/);
});

test("an unsorted result is searched all the same, and says why it has no tabix index", async (t) => {
  const { get } = await started(t, header + [...records].reverse().join(""));
  const page = await get("?q=chr1");
  t.deepEqual(positions(page.text), ["chr1:200", "chr1:100"]);
  t.regex(
    page.text,
    /No tabix index\.[\s\S]*The records are not sorted: record 2 is at chr2:300, after one at chr2:5000/,
  );
});

test("text of a result is never markup", async (t) => {
  const attack = "<script>alert(1)</script>";
  const { get } = await started(
    t,
    `${header}chr1\t1\t${attack}\tA\tC\t.\t${attack}\tGAS_GENE=${attack};${attack}=1\tGT\t0/1\t0/1\n`,
  );
  for (const part of ["", "/variants/1", `?q=${encodeURIComponent(attack)}`])
    t.notRegex((await get(part)).text, /<script>/);
});
