/** A web service with one of everything, for looking at its pages. */
import type { Job } from "../../../../runtime/contract/job.ts";
import { completedJob, pendingJob } from "../../../support/memory.ts";
import { startWeb, type TestWebOptions } from "./web.ts";

/** A few lines as the annotator writes them. */
const annotated = [
  "##fileformat=VCFv4.2",
  '##INFO=<ID=GAS_GENE,Number=.,Type=String,Description="Genes overlapped">',
  '##INFO=<ID=GAS_CLNSIG,Number=A,Type=String,Description="ClinVar significance">',
  "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
  ...Array.from(
    { length: 400 },
    (_, i) =>
      `17\t${43_044_300 + i * 61}\trs${80_000 + i}\tA\tG\t50\tPASS\tGAS_GENE=BRCA1;GAS_CLNSIG=${i % 7 === 0 ? "Pathogenic" : "Benign"}`,
  ),
].join("\n");

const log =
  "records in:        400\nannotated:         398\npassed through:      1  (line 77: symbolic allele <DEL>)\nskipped:             1  (line 91: POS is not a number)\n";

/** Ids by what they show. */
export async function startShowcase(options: TestWebOptions = {}) {
  const web = await startWeb(options);
  const now = Math.floor(web.clock.now() / 1000);
  const ids: Record<string, string> = {};
  const put = (name: string, job: Job) => {
    ids[name] = job.job_id;
    web.jobs.put(job);
    if (job.s3_results_bucket !== undefined && job.s3_key_result_file !== undefined) {
      web.objects.put({ bucket: job.s3_results_bucket, key: job.s3_key_result_file }, annotated);
    }
    if (job.s3_results_bucket !== undefined && job.s3_key_log_file !== undefined) {
      web.objects.put({ bucket: job.s3_results_bucket, key: job.s3_key_log_file }, log);
    }
  };
  const done = (time: number, fields: Partial<Job>) =>
    completedJob(time, { progress_records: 400, input_bytes: 61_000, ...fields }, annotated);
  put("pending", pendingJob(now - 5, { input_file_name: "exome-trio-father.vcf.gz", input_bytes: 148_200 }));
  put(
    "running",
    pendingJob(now - 40, {
      input_file_name: "exome-trio-mother.vcf",
      job_status: "RUNNING",
      progress_percent: 62,
      progress_records: 12_480,
      attempts: 2,
    }),
  );
  put("available", done(now - 400, { input_file_name: "brca-panel.vcf" }));
  put(
    "failed",
    pendingJob(now - 900, {
      input_file_name: "truncated.vcf",
      job_status: "FAILED",
      complete_time: now - 880,
      failure_reason: "the header line #CHROM is missing: is this a VCF file?",
      failure_line: 14,
    }),
  );
  put(
    "restoring",
    done(now - 5_000, {
      input_file_name: "cohort-2024-run7.vcf.bgz",
      result_state: "RESTORING",
      restore_expected_time: now + 240,
    }),
  );
  put(
    "archived",
    done(now - 9_000, {
      input_file_name: "a-rather-long-file-name-as-sequencing-centres-like-them_S12_L001_R1_001.hg38.filtered.vcf",
      result_state: "ARCHIVED",
    }),
  );
  put("hostile", done(now - 12_000, { input_file_name: "<script>alert(1)</script>.vcf" }));
  for (let i = 0; i < 20; i++)
    put(
      `more-${i}`,
      done(now - 20_000 - i * 3600, { input_file_name: `sample-${i + 1}.vcf`, result_state: "ARCHIVED" }),
    );
  return { ...web, ids };
}
