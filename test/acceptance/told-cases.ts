/** Files that once ended well in silence, or failed for the wrong reason, and what their user must be told of each. */
import { dataFile, minimalHeader } from "../support/vcf.ts";

export interface ToldCase {
  /** As the user's computer has it. */
  readonly name: string;
  /** As the service has it; omitted: the same. */
  readonly kept?: string;
  readonly file: Buffer;
  /** Word on page and list. */
  readonly state: "Completed" | "Incomplete" | "Not annotated" | "Failed";
  readonly subject: string;
  /** Stands on page, mail, API and log alike. */
  readonly reason: RegExp;
  /** What the API says besides. */
  readonly api: Readonly<Record<string, unknown>>;
}

const ofCases = (path: string) => dataFile(`test/data/cases/${path}`);
const failed = { state: "Failed", subject: "Your annotation has failed" } as const;

export const toldCases: readonly ToldCase[] = [
  {
    name: "panel37.vcf",
    file: ofCases("annotate/wrong-assembly/panel37.vcf"),
    state: "Not annotated",
    subject: "Nothing in your file was annotated",
    reason: /the file is of GRCh37: lengths of chromosomes \(line 3: "chromosome 7 with 159138663 bases" and 3 more\)/,
    api: { job_status: "COMPLETED", verdict: "unannotated", annotated_records: 0, passed_through_records: 10 },
  },
  {
    name: "truncated.vcf.gz",
    file: ofCases("annotate/accepted-invalid/bgzip-trunc-at-block.vcf.gz"),
    ...failed,
    reason: /truncated: the end block is missing/,
    api: { job_status: "FAILED", failure_line: 11_558 },
  },
  {
    name: "zeroed.vcf.gz",
    file: ofCases("compression/zeroed.vcf.gz"),
    ...failed,
    reason: /the compressed file is damaged from about this line/,
    api: { job_status: "FAILED" },
  },
  {
    name: "dropped.vcf",
    file: Buffer.from(
      `${minimalHeader.replace("\n", "\n##reference=GRCh38\n")}17\t7674220\t.\tC\tT\t.\t.\t.\n17\tten\t.\tC\tT\t.\t.\t.\n`,
    ),
    state: "Incomplete",
    subject: "Your annotation is complete in part",
    reason: /1 record could not be read and is not in the result; the first is line 5: POS "ten"/,
    api: { job_status: "COMPLETED", verdict: "incomplete", annotated_records: 1, skipped_records: 1 },
  },
  {
    name: "missing column.vcf",
    file: ofCases("annotate/accepted-invalid/sample-missing-col.vcf"),
    ...failed,
    reason: /column 10 is "0\/1", column 11 \(S2\) was expected after it/,
    api: { job_status: "FAILED", failure_line: 6 },
  },
  {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: S3 replaces this very text in a form's key
    name: "a${filename}.vcf",
    kept: "a_{filename}.vcf",
    file: dataFile("local/demo/data/clinvar-sample.vcf"),
    state: "Completed",
    subject: "Your annotation is complete",
    reason: /770/,
    api: { job_status: "COMPLETED", verdict: "annotated", annotated_records: 770, skipped_records: 0 },
  },
];
