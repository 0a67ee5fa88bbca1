/**
 * What travels over topics and queues. SNS subscriptions use raw delivery, so a queue's message body is the published
 * JSON itself. Messages carry identities, never state: a consumer reads the item and decides by what it finds.
 */
import * as z from "zod";
import { jobStatuses } from "./job.ts";

/** `job_requests`: a job waits to be annotated. */
export const jobRequestSchema = z.object({ job_id: z.uuid(), user_id: z.string().min(1) });
export type JobRequest = z.output<typeof jobRequestSchema>;

/** `job_results`: a job has ended. Fans out to the notify queue and to `job_archive`. */
export const jobResultSchema = z.object({
  job_id: z.uuid(),
  user_id: z.string().min(1),
  job_status: z.enum(jobStatuses),
});
export type JobResult = z.output<typeof jobResultSchema>;

/** A job that its user has deleted: everything that belongs to it goes. */
const deletionSchema = z.object({ job_id: z.uuid(), reason: z.literal("deletion") });
export type DeletionMessage = z.output<typeof deletionSchema>;

/**
 * `job_archive` queue: one ended job (straight from `job_results`), a user whose results have become due again because the
 * subscription ended, or a job to delete.
 */
export const archiveMessageSchema = z.union([
  jobResultSchema,
  z.object({ user_id: z.string().min(1), reason: z.literal("downgrade") }),
  deletionSchema,
]);
export type ArchiveMessage = z.output<typeof archiveMessageSchema>;

/** `job_restore`: everything archived of this user shall come back. */
export const restoreMessageSchema = z.object({ user_id: z.string().min(1) });
export type RestoreMessage = z.output<typeof restoreMessageSchema>;

/** Vault completion notice (the vault's SNS topic, raw): shape of Glacier's DescribeJob. */
export const vaultNoticeSchema = z.looseObject({
  Action: z.string(),
  ArchiveId: z.string().nullish(),
  JobId: z.string(),
  /** Description given when the retrieval was started: the `job_id` of the annotation job. */
  JobDescription: z.string().nullish(),
  Completed: z.boolean(),
  StatusCode: z.enum(["InProgress", "Succeeded", "Failed"]),
  StatusMessage: z.string().nullish(),
});

/** S3 event notification, as far as `s3:ObjectRestore:*` goes. `key` is URL-encoded with `+` for a space. */
export const s3EventSchema = z.looseObject({
  Records: z.array(
    z.looseObject({
      eventName: z.string(),
      s3: z.looseObject({ bucket: z.looseObject({ name: z.string() }), object: z.looseObject({ key: z.string() }) }),
    }),
  ),
});

/** What S3 sends once, when a notification is first configured; not an event. */
const s3TestEventSchema = z.looseObject({ Event: z.literal("s3:TestEvent") });

/** `archive_events` queue: a restore has ended, whichever store tells. */
export const archiveEventSchema = z.union([vaultNoticeSchema, s3EventSchema, s3TestEventSchema]);
export type ArchiveEvent = z.output<typeof archiveEventSchema>;
