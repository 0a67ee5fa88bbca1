import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { ObjectNotFoundError } from "../jobs/errors.ts";
import type { ObjectStore } from "../jobs/ports.ts";
import { attachment } from "./content-disposition.ts";
import { copyObject } from "./s3-copy.ts";
import { deleteVersions } from "./s3-delete.ts";

/** Bytes of one part of a streamed upload; two are in memory at a time. 10,000 parts of it are 80 GiB. */
const partBytes = 8 * 1024 * 1024;

/** Objects in S3. @param uploadKeyArn KMS key that browsers' uploads are encrypted with; omitted: S3's own. */
export function createObjectStore({
  client,
  uploadKeyArn,
}: {
  client: S3Client;
  uploadKeyArn?: string | undefined;
}): ObjectStore {
  return { ...reading(client), ...writing(client), ...presigning(client, uploadKeyArn) };
}

const reading = (client: S3Client): Pick<ObjectStore, "head" | "probe" | "read"> => ({
  async head({ bucket, key }) {
    try {
      const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return {
        bytes: found.ContentLength ?? 0,
        etag: found.ETag ?? "",
        ...(found.ContentType === undefined ? {} : { contentType: found.ContentType }),
        ...(found.VersionId === undefined ? {} : { version: found.VersionId }),
      };
    } catch (error) {
      if (error instanceof NotFound || error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },

  async probe(bucket) {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  },

  async read({ bucket, key }, { signal, range } = {}) {
    try {
      const { Body } = await client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }),
        }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      return Body as Readable;
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
      throw new ObjectNotFoundError(`s3://${bucket}/${key} does not exist`, { cause: error });
    }
  },
});

const writing = (client: S3Client): Pick<ObjectStore, "write" | "copy" | "delete" | "deleteAll"> => ({
  async write({ bucket, key }, body, { contentType, signal }) {
    const target = { Bucket: bucket, Key: key, ContentType: contentType };
    if (!(body instanceof Readable)) {
      await client.send(
        new PutObjectCommand({ ...target, Body: body }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      return;
    }
    // Upload aborts its multipart upload when a part fails; a failing source is turned into such an abort.
    const upload = new Upload({ client, params: { ...target, Body: body }, queueSize: 2, partSize: partBytes });
    const abort = () => void upload.abort();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      signal?.throwIfAborted();
      await upload.done();
    } finally {
      signal?.removeEventListener("abort", abort);
      if (!body.destroyed) body.destroy();
    }
  },

  async copy(source, target) {
    const found = await reading(client).head(source);
    if (found === undefined) throw new ObjectNotFoundError(`s3://${source.bucket}/${source.key} does not exist`);
    const { bytes, contentType: ContentType } = found;
    await copyObject(client, { source, target, bytes, as: ContentType === undefined ? {} : { ContentType } });
  },

  async delete({ bucket, key }, version) {
    await client.send(
      new DeleteObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(version === undefined ? {} : { VersionId: version }),
      }),
    );
  },

  deleteAll: (bucket, prefix) => deleteVersions(client, bucket, prefix),
});

/** An upload that says another encryption than the bucket's would be stored under that. */
const uploadEncryption = (keyArn: string | undefined): Record<string, string> =>
  keyArn === undefined
    ? { "x-amz-server-side-encryption": "AES256" }
    : { "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": keyArn };

/** What a browser is let do without credentials of its own. */
const presigning = (
  client: S3Client,
  uploadKeyArn: string | undefined,
): Pick<ObjectStore, "presignGet" | "presignPost"> => ({
  presignGet: ({ bucket, key }, { expiresSeconds, fileName }) =>
    getSignedUrl(
      client,
      new GetObjectCommand({ Bucket: bucket, Key: key, ResponseContentDisposition: attachment(fileName) }),
      { expiresIn: expiresSeconds },
    ),

  async presignPost({ bucket, key }, { expiresSeconds, bytesMin, bytesMax, redirectTo, contentType }) {
    // Every field, the key among them, becomes an exact condition of the policy.
    const { url, fields } = await createPresignedPost(client, {
      Bucket: bucket,
      Key: key,
      Expires: expiresSeconds,
      Fields: {
        "Content-Type": contentType,
        success_action_redirect: redirectTo,
        ...uploadEncryption(uploadKeyArn),
      },
      Conditions: [["content-length-range", bytesMin, bytesMax]],
    });
    return { url, fields };
  },
});
