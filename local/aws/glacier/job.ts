import type { Tier } from "./retrieval-time.ts";

export interface RetrievalJob {
  readonly id: string;
  readonly vault: string;
  readonly vaultArn: string;
  readonly action: "ArchiveRetrieval" | "InventoryRetrieval";
  readonly archiveId: string | null;
  readonly description: string | null;
  readonly snsTopic: string | null;
  readonly tier: Tier;
  /** ISO 8601, wall clock. */
  readonly creationDate: string;
  completion?: {
    readonly date: string;
    readonly status: "Succeeded" | "Failed";
    readonly message: string;
    readonly bytes: number;
    readonly treeHash: string | null;
  };
}

/**
 * What DescribeJob tells and what the completion notice carries.
 *
 * @see https://docs.aws.amazon.com/amazonglacier/latest/dev/api-describe-job-get.html
 */
export function describeJob(job: RetrievalJob): Record<string, unknown> {
  const { completion } = job;
  const archive = job.action === "ArchiveRetrieval";
  const bytes = completion?.status === "Succeeded" ? completion.bytes : null;
  const treeHash = completion?.treeHash ?? null;
  return {
    Action: job.action,
    ArchiveId: job.archiveId,
    ArchiveSHA256TreeHash: archive ? treeHash : null,
    ArchiveSizeInBytes: archive ? bytes : null,
    Completed: completion !== undefined,
    CompletionDate: completion?.date ?? null,
    CreationDate: job.creationDate,
    InventorySizeInBytes: archive ? null : bytes,
    JobDescription: job.description,
    JobId: job.id,
    RetrievalByteRange: archive && bytes !== null && bytes > 0 ? `0-${bytes - 1}` : null,
    SHA256TreeHash: archive ? treeHash : null,
    SNSTopic: job.snsTopic,
    StatusCode: completion?.status ?? "InProgress",
    StatusMessage: completion?.message ?? null,
    Tier: job.tier,
    VaultARN: job.vaultArn,
  };
}
