/** S3's multipart uploads, whose parts others send by presigned URLs. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  NoSuchUpload,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ObjectRef, PartStore, StoredPart } from "../jobs/ports.ts";

/** The SDK has a class for the error, and throws it for some operations only. */
const isGone = (error: unknown): boolean =>
  error instanceof NoSuchUpload || (error instanceof S3ServiceException && error.name === "NoSuchUpload");

/** Says `otherwise` of an upload that does not exist (any more). */
async function unlessGone<Value, Otherwise>(
  act: () => Promise<Value>,
  otherwise: Otherwise,
): Promise<Value | Otherwise> {
  try {
    return await act();
  } catch (error) {
    if (isGone(error)) return otherwise;
    throw error;
  }
}

const place = ({ bucket, key }: ObjectRef, UploadId: string) => ({ Bucket: bucket, Key: key, UploadId });

export function createPartStore(client: S3Client): PartStore {
  return {
    async begin({ bucket, key }, { contentType }) {
      const begun = await client.send(
        new CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ContentType: contentType }),
      );
      if (begun.UploadId === undefined) throw new Error(`S3 began an upload of s3://${bucket}/${key} without an id`);
      return begun.UploadId;
    },

    // The length is signed: what is longer or shorter is refused.
    presign: (ref, uploadId, { number, bytes, expiresSeconds }) =>
      getSignedUrl(
        client,
        new UploadPartCommand({ ...place(ref, uploadId), PartNumber: number, ContentLength: bytes }),
        { expiresIn: expiresSeconds, signableHeaders: new Set(["host", "content-length"]) },
      ),

    list: (ref, uploadId) =>
      unlessGone(async () => {
        const parts: StoredPart[] = [];
        // Not by the SDK's paginator, which goes on as long as there is a marker: S3 gives one on the last page, too.
        for (let after: string | undefined, more = true; more; ) {
          const page = await client.send(new ListPartsCommand({ ...place(ref, uploadId), PartNumberMarker: after }));
          for (const { PartNumber = 0, Size = 0, ETag = "" } of page.Parts ?? []) {
            parts.push({ number: PartNumber, bytes: Size, etag: ETag });
          }
          after = page.NextPartNumberMarker;
          more = page.IsTruncated === true;
        }
        return parts;
      }, undefined),

    complete: (ref, uploadId, parts) =>
      unlessGone(async () => {
        const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
        await client.send(new CompleteMultipartUploadCommand({ ...place(ref, uploadId), MultipartUpload: { Parts } }));
        return true;
      }, false),

    abort: (ref, uploadId) =>
      unlessGone(async () => {
        await client.send(new AbortMultipartUploadCommand(place(ref, uploadId)));
      }, undefined),
  };
}
