/** Copies an object within S3: the bytes never come here. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  S3ServiceException,
  type StorageClass,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { ObjectNotFoundError } from "../jobs/errors.ts";
import type { ObjectRef } from "../jobs/ports.ts";

export interface CopyLimits {
  /** Largest object that is copied whole; omitted: 5 GiB, the most that S3 allows. For tests. */
  readonly copyBytesMax?: number;
  /** Omitted: 1 GiB. For tests. */
  readonly partBytes?: number;
}

interface Copy {
  readonly source: ObjectRef;
  readonly target: ObjectRef;
  /** Of the source. */
  readonly bytes: number;
  /** What the copy is to have. */
  readonly as: {
    readonly StorageClass?: StorageClass;
    readonly ContentType?: string;
    readonly Metadata?: Record<string, string>;
  };
}

const copySourceOf = ({ bucket, key }: ObjectRef) =>
  [bucket, ...key.split("/")].map((part) => encodeURIComponent(part)).join("/");

/** @throws {ObjectNotFoundError} when there is no such source. */
export async function copyObject(client: S3Client, copy: Copy, limits: CopyLimits = {}): Promise<void> {
  const { source, target, bytes, as } = copy;
  try {
    if (bytes > (limits.copyBytesMax ?? 5 * 1024 ** 3)) return await copyInParts(client, copy, limits);
    await client.send(
      new CopyObjectCommand({
        Bucket: target.bucket,
        Key: target.key,
        CopySource: copySourceOf(source),
        MetadataDirective: "REPLACE",
        ...as,
      }),
    );
  } catch (error) {
    if (!(error instanceof S3ServiceException && ["NoSuchKey", "NotFound"].includes(error.name))) throw error;
    throw new ObjectNotFoundError(`s3://${source.bucket}/${source.key} does not exist`, { cause: error });
  }
}

async function copyInParts(
  client: S3Client,
  { source, target, bytes, as }: Copy,
  { partBytes = 1024 ** 3 }: CopyLimits,
): Promise<void> {
  const place = { Bucket: target.bucket, Key: target.key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...place, ...as }));
  const upload = { ...place, UploadId };
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let start = 0; start < bytes; start += partBytes) {
      const PartNumber = Parts.length + 1;
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber,
          CopySource: copySourceOf(source),
          CopySourceRange: `bytes=${start}-${Math.min(bytes, start + partBytes) - 1}`,
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
