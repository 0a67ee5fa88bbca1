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
} as const;
