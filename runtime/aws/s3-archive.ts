/** Archives as S3 objects of storage class Glacier Flexible Retrieval, in a bucket of their own: open to every account. */

import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  InvalidObjectState,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  RestoreObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { jobOfKey } from "../contract/keys.ts";
import { ArchiveNotFoundError, TierUnavailableError } from "../jobs/errors.ts";
import type { ArchiveStore, Probed, RestoreStatus, StoredArchive } from "../jobs/ports.ts";
import { type CopyLimits, copyObject } from "./s3-copy.ts";
import { deleteVersions } from "./s3-delete.ts";
import { tierSeconds } from "./vault-archive.ts";

/** Days the restored copy stays; it is copied back to the results bucket as soon as it is there. */
const restoredDays = 1;

const named = (error: unknown, ...names: string[]): boolean =>
  error instanceof S3ServiceException && names.includes(error.name);

/** Reads `x-amz-restore`: `ongoing-request="true"`, or `ongoing-request="false", expiry-date="…"`. */
export function restoreStatusOf(header: string | undefined): RestoreStatus {
  if (header === undefined || header === "") return "not-requested";
  return /ongoing-request="true"/.test(header) ? "in-progress" : "ready";
}

interface Archive extends CopyLimits {
  readonly client: S3Client;
  readonly bucket: string;
}

export function createS3Archive(archive: Archive): ArchiveStore & Probed {
  const { client, bucket } = archive;
  return {
    kind: "s3",

    async probe() {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
    },

    ...storing(archive),
    ...restoring(archive),
    inventory: async () => listed(archive),
  };
}

const storing = (archive: Archive): Pick<ArchiveStore, "store" | "delete" | "deleteAll"> => ({
  async store(source, { description, bytes }) {
    // The source's key tells whose archive it is and, by its job id, which restore has ended; the rest makes it unique.
    const archiveId = `${source.key}.${randomBytes(6).toString("hex")}`;
    const target = { bucket: archive.bucket, key: archiveId };
    const as = { StorageClass: "GLACIER", Metadata: { "job-id": description } } as const;
    await copyObject(archive.client, { source, target, bytes, as }, archive);
    return { archiveId };
  },

  async delete(archiveId) {
    await archive.client.send(new DeleteObjectCommand({ Bucket: archive.bucket, Key: archiveId }));
  },

  // The named one is among them.
  deleteAll: ({ prefix }) => deleteVersions(archive.client, archive.bucket, prefix),
});

/** From cold storage back to where it can be read. */
const restoring = ({ client, bucket }: Archive): Pick<ArchiveStore, "requestRestore" | "status" | "open"> => ({
  async requestRestore(archiveId, tier) {
    const accepted = { requestId: archiveId, expectedSeconds: tierSeconds[tier] };
    try {
      await client.send(
        new RestoreObjectCommand({
          Bucket: bucket,
          Key: archiveId,
          RestoreRequest: { Days: restoredDays, GlacierJobParameters: { Tier: tier } },
        }),
      );
      return accepted;
    } catch (error) {
      if (named(error, "RestoreAlreadyInProgress")) return accepted;
      if (named(error, "GlacierExpeditedRetrievalNotAvailable")) {
        throw new TierUnavailableError(`S3 has no capacity for ${tier} now`, { cause: error });
      }
      if (!named(error, "NoSuchKey", "NotFound")) throw error;
      throw new ArchiveNotFoundError(`bucket ${bucket} has no archive ${archiveId}`, { cause: error });
    }
  },

  async status({ archiveId }) {
    try {
      const { Restore } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: archiveId }));
      return restoreStatusOf(Restore);
    } catch (error) {
      if (error instanceof NotFound || error instanceof NoSuchKey) return "no-such-archive";
      throw error;
    }
  },

  async open({ archiveId }) {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: archiveId }));
      return Body as Readable;
    } catch (error) {
      // InvalidObjectState: still (or again) in cold storage only.
      if (!(error instanceof NoSuchKey || error instanceof InvalidObjectState)) throw error;
      throw new ArchiveNotFoundError(`archive ${archiveId} in bucket ${bucket} is not readable`, { cause: error });
    }
  },
});

async function* listed({ client, bucket }: Archive): AsyncGenerator<StoredArchive> {
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }),
    );
    for (const { Key: archiveId } of page.Contents ?? []) {
      if (archiveId === undefined) continue;
      const jobId = jobOfKey(archiveId);
      yield { archiveId, ...(jobId === undefined ? {} : { jobId }) };
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
