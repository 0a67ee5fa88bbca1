/** Shapes of the API, from which the OpenAPI document is made. Times are whole seconds since the Unix epoch (UTC). */
import * as z from "zod";
import { verdictOf } from "../../contract/findings.ts";
import { type Job, jobStatuses } from "../../contract/job.ts";
import { nameSchema, noteSchema } from "../../contract/label.ts";
import type { User } from "../../contract/user.ts";
import { type ResultAccess, resultAccess } from "../results.ts";
import { shareDays } from "../sharing.ts";

/** What a request may hold is closed: an unknown property is refused, not ignored. Answers may gain properties. */
export const submitSchema = z
  .strictObject({
    file_name: z
      .string()
      .min(1)
      .max(1_000)
      .meta({ description: "Ends in .vcf, .vcf.gz or .vcf.bgz.", example: "sample.vcf" }),
    size: z.int().nonnegative().meta({ description: "Bytes of the file.", example: 14_207 }),
  })
  .meta({ id: "Submission" });

export const uploadSchema = z
  .object({
    job_id: z.uuid(),
    upload: z
      .object({ url: z.url(), fields: z.record(z.string(), z.string()) })
      .meta({ description: "Form for a multipart POST within 60 s: all fields as given, then the file as `file`." }),
    start: z.string().meta({ description: "Path to POST to once the file has been uploaded." }),
  })
  .meta({ id: "Upload" });

const uploadId = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[!-~]+$/)
  .meta({ description: "Of the upload, as beginUpload gives it." });
const fileName = submitSchema.shape.file_name;
const size = submitSchema.shape.size;
const part = z.int().min(1).max(10_000).meta({ description: "Number of the part, from 1." });
const partBytes = z.int().meta({ description: "Bytes of the part." });

export const partUploadBegunSchema = z
  .object({
    job_id: z.uuid(),
    upload_id: uploadId,
    part_bytes: z.int().meta({ description: "Bytes of every part but the last, which has the rest." }),
    parts: z.int().meta({ description: "How many there are." }),
  })
  .meta({ id: "PartUpload" });
export type PartUploadBegun = z.output<typeof partUploadBegunSchema>;

export const partsWantedSchema = z
  .strictObject({ upload_id: uploadId, file_name: fileName, size, parts: z.array(part).min(1).max(100) })
  .meta({ id: "PartsWanted" });

export const partUrlsSchema = z
  .object({
    urls: z.array(
      z.object({
        part,
        bytes: partBytes,
        url: z.url().meta({ description: "PUT exactly these bytes here within an hour, without a token." }),
      }),
    ),
  })
  .meta({ id: "PartUrls" });
export type PartUrls = z.output<typeof partUrlsSchema>;

/** What tells an upload that is not complete, beside its job's id. */
export const unfinishedUploadSchema = z.strictObject({ upload_id: uploadId, file_name: fileName });

export const partsArrivedSchema = z
  .object({ parts: z.array(z.object({ part, bytes: partBytes })) })
  .meta({ id: "PartsArrived" });
export type PartsArrived = z.output<typeof partsArrivedSchema>;

export const completeUploadSchema = z
  .strictObject({ upload_id: uploadId, file_name: fileName, size })
  .meta({ id: "CompleteUpload" });

export const apiLabelSchema = z
  .strictObject({ job_name: nameSchema, job_note: noteSchema })
  .partial()
  .refine((texts) => Object.keys(texts).length > 0, { error: "give one at least" })
  .meta({ id: "Label", minProperties: 1, description: "A text that is omitted stays; an empty one is removed." });

export const apiShareSchema = z
  .strictObject({ days: z.literal(shareDays).meta({ description: "After how many days the link ends." }) })
  .meta({ id: "Share" });

export const apiLinkSchema = z
  .object({
    url: z.url().meta({ description: "Shown this once: only its hash is kept." }),
    share_until: z.int().meta({ description: "When the link ends." }),
  })
  .meta({ id: "Link" });

const accessKinds = ["none", "available", "upgrade", "archived", "restoring"] as const satisfies ResultAccess["kind"][];

export const apiJobSchema = z
  .object({
    job_id: z.uuid(),
    job_name: z.string().optional(),
    job_note: z.string().optional(),
    rerun_of: z.uuid().optional().meta({ description: "The job that this one is another run of." }),
    input_file_name: z.string(),
    input_bytes: z.int().optional(),
    submit_time: z.int(),
    complete_time: z.int().optional(),
    job_status: z.enum(jobStatuses),
    progress_percent: z.number().min(0).max(100).optional().meta({ description: "While RUNNING." }),
    progress_records: z.int().optional(),
    seconds_left: z.int().optional().meta({ description: "While RUNNING, once known; showJob only." }),
    jobs_before: z.int().optional().meta({
      description:
        "While PENDING: jobs submitted before that have not ended, 1000 at most; absent for one of your first two under way, which do not wait for them; showJob only.",
    }),
    expected_start_time: z.int().optional().meta({
      description:
        "While PENDING, once known: when they should have ended, by the pace of the last minutes; showJob only.",
    }),
    annotated_records: z.int().optional().meta({ description: "Of a COMPLETED job: records with something added." }),
    passed_through_records: z.int().optional().meta({ description: "In the result with nothing added." }),
    skipped_records: z.int().optional().meta({ description: "Could not be read; not in the result." }),
    verdict: z
      .enum(["annotated", "incomplete", "unannotated"])
      .optional()
      .meta({
        description:
          "Of a COMPLETED job. incomplete: records of the input are missing in the result. unannotated: nothing was added to " +
          "any record; notes say why.",
      }),
    notes: z.array(z.string()).optional().meta({ description: "What to know of the file, a sentence each." }),
    failure_reason: z.string().optional(),
    failure_line: z.int().optional().meta({ description: "1-based line of the input at fault." }),
    result_bytes: z.int().optional().meta({ description: "Of the result as text." }),
    result_sha256: z.string().optional().meta({ description: "Of the result as text, hex." }),
    result: z.object({
      state: z.enum(accessKinds).meta({
        description:
          "none: not annotated (yet). available: download it. upgrade: archived, premium brings it back. " +
          "archived: about to be restored. restoring: on its way back.",
      }),
      available_until: z.int().optional().meta({ description: "Free plan: when it moves to the archive." }),
      expected_time: z.int().optional().meta({ description: "While restoring: when it should be back." }),
    }),
    share_until: z.int().optional().meta({ description: "There is a link to the result, which ends then." }),
    has_log: z.boolean(),
  })
  .meta({ id: "Job" });
export type ApiJob = z.output<typeof apiJobSchema>;

export const jobListSchema = z
  .object({ jobs: z.array(apiJobSchema), next: z.string().optional().meta({ description: "Path of the next page." }) })
  .meta({ id: "JobList" });

const text = z.string();

export const variantSchema = z
  .object({
    record: z.int().meta({ description: "Number of the record in the result, from 1." }),
    chrom: text,
    pos: z.int(),
    id: text,
    ref: text,
    alt: text,
    qual: z.number().nullable(),
    filter: text,
    info: z.record(text, text).meta({ description: "By id, as the result has it; empty for a flag." }),
    samples: z.record(text, z.record(text, text)).meta({ description: "By sample, then by id of FORMAT." }),
  })
  .meta({ id: "Variant" });
export type ApiVariant = z.output<typeof variantSchema>;

export const variantListSchema = z
  .object({
    variants: z.array(variantSchema),
    records: z.int().meta({ description: "Of the whole result." }),
    fit: z.int().meta({ description: "Records that the filters let through; at most so many unless fit_is_exact." }),
    fit_is_exact: z.boolean(),
    looked_at_until: z
      .int()
      .optional()
      .meta({ description: "The search stopped before this record (from 0), at its bound: next goes on from there." }),
    next: text.optional().meta({ description: "Path of the next page." }),
  })
  .meta({ id: "VariantList" });
export type VariantList = z.output<typeof variantListSchema>;

const counted = z.record(text, z.int());

export const resultSummarySchema = z
  .object({
    records: z.int(),
    samples: z.array(text),
    sequences: z.array(
      z.object({ name: text, records: z.int(), end: z.int().meta({ description: "Last base that a record covers." }) }),
    ),
    counts: z
      .object({ type: counted, filter: counted, consequence: counted, significance: counted, quality: counted })
      .meta({ description: "Records that have each value; of quality by the lower bound of its bin, `.` for none." }),
    has_tabix_index: z.boolean(),
    no_tabix_index_because: text.optional(),
    incomplete_because: text.optional().meta({ description: "Why records from some point on are not counted." }),
  })
  .meta({ id: "ResultSummary" });
export type ResultSummary = z.output<typeof resultSummarySchema>;

export const problemSchema = z
  .object({
    type: z.string().meta({ example: "urn:annofarm:problem:file-too-large" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: "Request id: quote it to the operator." }),
    redirect: z.string().optional().meta({ description: "Path of a page on which a person can go on." }),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem document." });

type Shown = Pick<Job, keyof Job & keyof ApiJob>;

/** What the API shows as it stands in the item: attributes that the schema has by the same name. */
function shownOf(job: Job): Shown {
  const names = Object.keys(apiJobSchema.shape) as (keyof Shown)[];
  const shown = names.flatMap((name) => (job[name] === undefined ? [] : [[name, job[name]] as const]));
  return Object.fromEntries(shown) as unknown as Shown;
}

/** A job as the API shows it: what its owner may know, without places in storage. */
export function apiJob(job: Job, user: User, retentionSeconds: number): ApiJob {
  const access = resultAccess(job, user, retentionSeconds);
  return {
    ...shownOf(job),
    ...(job.job_status === "COMPLETED" ? { verdict: verdictOf(job) } : {}),
    result: {
      state: access.kind,
      ...(access.kind === "available" && access.until !== undefined ? { available_until: access.until } : {}),
      ...(access.kind === "restoring" && access.expectedTime !== undefined
        ? { expected_time: access.expectedTime }
        : {}),
    },
    has_log: job.s3_key_log_file !== undefined,
  };
}
