/**
 * The job item of the annotations table: one row per submitted VCF file.
 *
 * Attribute names are the cloud course's own, so that course tools keep working; everything the course does not name
 * stands below the line. All `*_time` and `*_until` attributes are whole seconds since the Unix epoch (UTC).
 */
import * as z from "zod";
import { expressLane } from "./express-lane.ts";
import { archiveStoreKinds, retrievalTiers } from "./storage.ts";

/** What became of the annotation itself. Terminal: COMPLETED, FAILED, CANCELLED. */
export const jobStatuses = ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"] as const;

/**
 * Where the result file of a COMPLETED job is:
 *
 *     AVAILABLE ──claim──▶ ARCHIVING ──stored──▶ ARCHIVED ──requested──▶ RESTORING ──copied──▶ AVAILABLE
 *         ▲                    │                     ▲                        │
 *         └──────released──────┘                     └──────── failed ────────┘
 */
const resultStates = ["AVAILABLE", "ARCHIVING", "ARCHIVED", "RESTORING"] as const;
export type ResultState = (typeof resultStates)[number];

/** Topics whose publication is recorded in the item until it has happened (the transactional outbox). */
export const outboxTopics = ["job_requests", "job_results"] as const;
export type OutboxTopic = (typeof outboxTopics)[number];

/**
 * What a sweep looks after: jobs that have not ended, endings that no mail has told of, results whose archiving or return no mail
 * has told of, and deletions that are not finished.
 */
const awaited = ["ending", "mail", "archiving", "restored", "deletion"] as const;
export type Awaited = (typeof awaited)[number];

const epochSeconds = z.number().int().nonnegative();
const count = z.number().int().nonnegative();

export const jobSchema = z.object({
  job_id: z.uuid(),
  user_id: z.string().min(1),
  input_file_name: z.string().min(1),
  s3_inputs_bucket: z.string().min(1),
  s3_key_input_file: z.string().min(1),
  submit_time: epochSeconds,
  job_status: z.enum(jobStatuses),
  s3_results_bucket: z.string().optional(),
  s3_key_result_file: z.string().optional(),
  s3_key_log_file: z.string().optional(),
  complete_time: epochSeconds.optional(),
  results_file_archive_id: z.string().optional(),

  // ── ours ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What its user calls it, one line, and what the user has noted of it; see `label.ts`. */
  job_name: z.string().optional(),
  job_note: z.string().optional(),
  /** The job that this one is another run of: it has a copy of that one's input. */
  rerun_of: z.uuid().optional(),
  /** Bytes of the input as uploaded. */
  input_bytes: count.optional(),
  /** Limits of the plan under which the job was submitted, bytes; see `limits.ts`. Absent: those of the largest plan. */
  uncompressed_bytes_max: count.optional(),
  result_bytes_max: count.optional(),
  /** What became of the records of a COMPLETED job; absent where the engine gives no account. See `findings.ts`. */
  annotated_records: count.optional(),
  passed_through_records: count.optional(),
  skipped_records: count.optional(),
  /** What the user should know of the file, a sentence each. */
  notes: z.array(z.string()).optional(),
  /** The user had few jobs under way at submission, so the request is in the express lane, too; see `jobs/request.ts`. */
  lane: z.literal(expressLane.value).optional(),
  /** Topic that still has to be told of this job; absent once published. Key of the sparse `outbox_index`. */
  outbox: z.enum(outboxTopics).optional(),
  /** W3C `traceparent` of what last put a topic into the outbox, or asked for the archive; absent where nothing is traced. */
  traceparent: z.string().optional(),

  /** Who runs the job (instance id / process), while RUNNING. */
  worker: z.string().optional(),
  /** A RUNNING job whose lease is over may be claimed by another worker. */
  lease_until: epochSeconds.optional(),
  /** How often a worker has claimed the job: what tells the claims, and the files they write, apart. */
  attempts: count.optional(),
  /** Claims that ended by the job's own doing: the worker died while it ran, or failed for no reason that lies outside. */
  faults: count.optional(),
  /** Records read so far, while RUNNING; records in the file once COMPLETED. */
  progress_records: count.optional(),
  /** Share of the input's bytes read so far, 0 to 100, while RUNNING. */
  progress_percent: z.number().min(0).max(100).optional(),
  /** When the current claim began, and when its progress was last told; while RUNNING. */
  run_time: epochSeconds.optional(),
  progress_time: epochSeconds.optional(),
  /** Why a FAILED job failed, in words for its user. */
  failure_reason: z.string().optional(),
  /** 1-based line of the input at fault, when one is. */
  failure_line: count.optional(),

  /** What the job still waits for; absent when nothing is left to do. Key of the sparse `awaits_index`. */
  awaits: z.enum(awaited).optional(),
  /** When `job_requests` was last told of the job by the sweep, and how often. */
  requested_time: epochSeconds.optional(),
  requests: count.optional(),

  /** SHA-256 (hex) of the secret of the link by which anybody sees the result, and when that link ends; see `jobs/sharing.ts`. */
  share_hash: z.string().optional(),
  share_until: epochSeconds.optional(),

  /** When its user deleted it: from then on only the deletion may touch the item, which goes last. See `jobs/deletion.ts`. */
  delete_time: epochSeconds.optional(),

  /** When the user was told of the ending by mail; a repeated notice is not mailed again. */
  notified_time: epochSeconds.optional(),
  /** Who is about to mail what the item awaits, and until when the claim holds. */
  notice_owner: z.string().optional(),
  notice_lease_until: epochSeconds.optional(),

  /** Present on COMPLETED jobs only. */
  result_state: z.enum(resultStates).optional(),
  /** Bytes and SHA-256 (hex) of the result file: what a restored copy is checked against. */
  result_bytes: count.optional(),
  result_sha256: z.string().optional(),
  /** The result object was not there when it was to be archived: somebody has deleted it by hand. */
  result_missing: z.literal("yes").optional(),
  /** A free user's result becomes due for archiving at this time; moved by downgrade. */
  archive_due_time: epochSeconds.optional(),
  /** Who archives, and until when the claim holds, while ARCHIVING. */
  archive_lease_until: epochSeconds.optional(),
  archive_owner: z.string().optional(),
  /** Store that holds `results_file_archive_id`; stays true when the stack's default store changes later. */
  archive_store: z.enum(archiveStoreKinds).optional(),
  /** `"yes"` while RESTORING, else absent. Key of the sparse `restoring_index`. */
  restoring: z.literal("yes").optional(),
  /** Who is asking for the archive, and until when the claim holds: a retrieval costs money each time. */
  restore_owner: z.string().optional(),
  restore_lease_until: epochSeconds.optional(),
  restore_request_id: z.string().optional(),
  restore_tier: z.enum(retrievalTiers).optional(),
  restore_requested_time: epochSeconds.optional(),
  restore_expected_time: epochSeconds.optional(),
  /** When the result last came back from the archive. */
  restored_time: epochSeconds.optional(),
});

/** One row of the annotations table. */
export type Job = z.output<typeof jobSchema>;

/** What is known of a job when it is submitted. */
export type Submission = Required<Pick<Job, "input_bytes">> &
  Pick<
    Job,
    | "job_id"
    | "user_id"
    | "input_file_name"
    | "s3_inputs_bucket"
    | "s3_key_input_file"
    | "uncompressed_bytes_max"
    | "result_bytes_max"
    | "job_name"
    | "rerun_of"
  >;
