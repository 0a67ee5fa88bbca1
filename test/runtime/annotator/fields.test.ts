import test from "ava";
import { withAdded, withoutOurs } from "../../../runtime/annotator/builtin/fields.ts";
import { annotated, columnLine } from "../../support/vcf.ts";

test("only fields that are ours are taken away", (t) => {
  const cases: Record<string, string> = {
    ".": "",
    "": "",
    "DP=3": "DP=3",
    "GAS_GENE=OLD": "",
    "GAS_ION=5;DP=3": "GAS_ION=5;DP=3",
    "GAS_GENE=A;GAS_GENERATION=2;GAS_CLNSIG;B": "GAS_GENERATION=2;B",
    "A=GAS_GENE;B": "A=GAS_GENE;B",
    "XGAS_GENE=1": "XGAS_GENE=1",
    "A;;GAS_GENE=x;": "A",
    "GAS_=1": "GAS_=1",
  };
  for (const [info, kept] of Object.entries(cases)) t.is(withoutOurs(info), kept, info);
});

test("a semicolon at the end of INFO is not doubled", (t) => {
  t.is(withAdded("DP=3;", "N=1"), "DP=3;N=1");
  t.is(withAdded("", "N=1"), "N=1");
});

test("header lines of others that begin like ours stay, and annotating again changes nothing", async (t) => {
  const own = '##INFO=<ID=GAS_VOLUME,Number=1,Type=Integer,Description="of a user">';
  const file = `##fileformat=VCFv4.2\n${own}\n##GAS_run=7\n${columnLine}\n17\t7674220\t.\tC\tT\t.\t.\tGAS_VOLUME=7;\n`;
  const once = await annotated(file);
  t.true(once.lines.includes(own));
  t.true(once.lines.includes("##GAS_run=7"));
  t.regex(once.records[0]?.[7] ?? "", /^GAS_VOLUME=7;GAS_GENE=TP53;/);
  t.is((await annotated(once.text)).text, once.text);
});
