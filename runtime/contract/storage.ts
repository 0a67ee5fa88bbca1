/** Words of where jobs and results are kept. Declarations use them too: a program that only declares loads no schemas. */

/** Cold storage of results: an Amazon Glacier vault, or a bucket with S3 Glacier Flexible Retrieval objects. */
export const archiveStoreKinds = ["vault", "s3"] as const;
export type ArchiveStoreKind = (typeof archiveStoreKinds)[number];

/** Retrieval tiers, fastest first. */
export const retrievalTiers = ["Expedited", "Standard", "Bulk"] as const;
export type RetrievalTier = (typeof retrievalTiers)[number];

/** Index names of the annotations table, and their keys. */
export const jobIndexes = {
  /** hash `user_id`, range `submit_time`: a user's jobs, newest first. */
  user: "user_id_index",
  /** hash `outbox`, range `submit_time`: jobs a topic has not been told of (sparse). */
  outbox: "outbox_index",
  /** hash `restoring`, range `restore_requested_time`: results on their way back (sparse). */
  restoring: "restoring_index",
  /** hash `awaits`, range `submit_time`: jobs that a sweep looks after (sparse; keys only, so that a sign of life costs nothing). */
  awaits: "awaits_index",
  /** hash `result_state`, range `complete_time`: results by where they are (keys, and what `resultEntryAttributes` names). */
  results: "result_state_index",
} as const;

/** What the index of results holds beside its keys. */
export const resultEntryAttributes = ["user_id", "archive_due_time", "result_missing"] as const;
