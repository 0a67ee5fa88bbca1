/** Archives as S3 objects of storage class Glacier Flexible Retrieval, in a bucket of their own: open to every account. */

import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
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
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { jobOfKey } from "../contract/keys.ts";
import { ArchiveNotFoundError, ObjectNotFoundError, TierUnavailableError } from "../jobs/errors.ts";
import type { ArchiveStore, ObjectRef, Probed, RestoreStatus, StoredArchive } from "../jobs/ports.ts";
import { tierSeconds } from "./vault-archive.ts";

/** Largest object that one CopyObject takes. */
const copyBytesMax = 5 * 1024 ** 3;
const partBytes = 1024 ** 3;
/** Days the restored copy stays; it is copied back to the results bucket as soon as it is there. */
const restoredDays = 1;

const copySourceOf = ({ bucket, key }: ObjectRef) =>
  [bucket, ...key.split("/")].map((part) => encodeURIComponent(part)).join("/");

const named = (error: unknown, ...names: string[]): boolean =>
  error instanceof S3ServiceException && names.includes(error.name);

/** Reads `x-amz-restore`: `ongoing-request="true"`, or `ongoing-request="false", expiry-date="…"`. */
export function restoreStatusOf(header: string | undefined): RestoreStatus {
  if (header === undefined || header === "") return "not-requested";
  return /ongoing-request="true"/.test(header) ? "in-progress" : "ready";
}

interface Archive {
  readonly client: S3Client;
  readonly bucket: string;
  /** Largest object that is copied whole; omitted: 5 GiB, the most that S3 allows. For tests. */
  readonly copyBytesMax?: number;
  /** Omitted: 1 GiB. For tests. */
  readonly partBytes?: number;
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

const storing = (archive: Archive): Pick<ArchiveStore, "store" | "delete"> => ({
  async store(source, { description, bytes }) {
    // The source's key tells whose archive it is and, by its job id, which restore has ended; the rest makes it unique.
    const archiveId = `${source.key}.${randomBytes(6).toString("hex")}`;
    const target = { Bucket: archive.bucket, Key: archiveId };
    try {
      if (bytes > (archive.copyBytesMax ?? copyBytesMax))
        await copyInParts(archive, source, target, bytes, description);
      else {
        await archive.client.send(
          new CopyObjectCommand({
            ...target,
            CopySource: copySourceOf(source),
            StorageClass: "GLACIER",
            MetadataDirective: "REPLACE",
            Metadata: { "job-id": description },
          }),
        );
      }
      return { archiveId };
    } catch (error) {
      if (!named(error, "NoSuchKey", "NotFound")) throw error;
      throw new ObjectNotFoundError(`s3://${source.bucket}/${source.key} does not exist`, { cause: error });
    }
  },

  async delete(archiveId) {
    await archive.client.send(new DeleteObjectCommand({ Bucket: archive.bucket, Key: archiveId }));
  },
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

async function copyInParts(
  { client, partBytes: part = partBytes }: Archive,
  source: ObjectRef,
  target: { Bucket: string; Key: string },
  bytes: number,
  jobId: string,
) {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...target, StorageClass: "GLACIER", Metadata: { "job-id": jobId } }),
  );
  const upload = { ...target, UploadId };
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let start = 0; start < bytes; start += part) {
      const PartNumber = Parts.length + 1;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber,
          CopySource: copySourceOf(source),
          CopySourceRange: `bytes=${start}-${Math.min(bytes, start + part) - 1}`,
        }),
      );
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (error) {
    // The bucket's lifecycle ends what this leaves behind: the first error is the one to tell.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

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
