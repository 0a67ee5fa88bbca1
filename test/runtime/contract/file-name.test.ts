import test from "ava";
import fc from "fast-check";
import { attachment } from "../../../runtime/aws/content-disposition.ts";
import { fileNameLimits, isVcfName, safeFileName } from "../../../runtime/contract/file-name.ts";
import { downloadName, inputKey, parseInputKey, resultKey } from "../../../runtime/contract/keys.ts";
import { mailOf } from "../../../runtime/notifier/mail.ts";
import * as memory from "../../support/memory.ts";

const owner = { prefix: "gas", userId: "user/1", jobId: "0b7a3f6e-2f0c-4c0e-9d57-0f6c2b8d3a11" };

test("names become safe ones", (t) => {
  const names: Record<string, string> = {
    "sample.vcf": "sample.vcf",
    "Größe 1 (neu).vcf.gz": "Größe 1 (neu).vcf.gz",
    "a${filename}.vcf": "a_{filename}.vcf",
    "a$$b.vcf": "a__b.vcf",
    "../../etc/passwd.vcf": "passwd.vcf",
    "C:\\data\\x.vcf": "x.vcf",
    "a~b.vcf": "a_b.vcf",
    "a\r\nBcc: x.vcf": "a__Bcc_ x.vcf",
    "evil\u202efcv.exe.vcf": "evilfcv.exe.vcf",
    "a\u200bb\u2066c.vcf": "abc.vcf",
    "a\ud83d.vcf": "a.vcf",
    'a<b>"c"|d?e*f:g.vcf': "a_b__c__d_e_f_g.vcf",
    "con.vcf": "_con.vcf",
    "NUL.tar.vcf.gz": "_NUL.tar.vcf.gz",
    "console.vcf": "console.vcf",
    ".vcf": "input.vcf",
    "": "input.vcf",
    "..": "input.vcf",
    " x.vcf. ": "x.vcf",
    "cafe\u0301.vcf": "caf\u00e9.vcf",
  };
  for (const [name, safe] of Object.entries(names)) t.is(safeFileName(name), safe, JSON.stringify(name));
});

test("a long name keeps its ending, and no character is cut in half", (t) => {
  for (const unit of ["x", "é", "漢", "😀", "👩‍🔬"]) {
    const name = safeFileName(`${unit.repeat(300)}.vcf.gz`);
    t.true(name.endsWith(".vcf.gz"));
    t.true([...name].length <= fileNameLimits.characters);
    t.true(Buffer.byteLength(name) <= fileNameLimits.bytes);
    t.is(Buffer.from(name).toString(), name, "well-formed");
  }
});

const anyName = fc
  .array(
    fc.oneof(
      fc.constantFrom("$", "${", "filename}", "~", "/", ".", " ", "con", ".vcf", "\u202e", "\ud800", "😀", "e\u0301"),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

test("whatever the name: safe once is safe, and key, download and mail have the same", (t) => {
  fc.assert(
    fc.property(anyName, (name) => {
      const safe = safeFileName(name);
      t.is(safeFileName(safe), safe);
      t.notRegex(safe, /[/\\~$<>:"|?*\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      const key = inputKey(owner, name);
      t.true(Buffer.byteLength(resultKey(key)) < 1_024);
      t.is(parseInputKey(key)?.fileName, safe);
      t.is(downloadName(key), safe);
      t.true(
        attachment(safe).endsWith(
          `filename*=UTF-8''${encodeURIComponent(safe).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`,
        ),
      );
      const subject = mailOf(
        memory.completedJob(1, { input_file_name: safe }),
        memory.sampleUser(),
        "https://x",
      ).subject;
      if ([...safe].length <= 100) t.true(subject.startsWith(safe));
      if (isVcfName(name) && !/[\p{Cf}\p{Cs}]/u.test(name.slice(-8))) t.true(isVcfName(safe));
    }),
    { numRuns: 400 },
  );
});
