import { DeleteObjectCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

/** Removes every version, and every mark of a deletion, of the objects whose keys begin with `prefix`. */
export async function deleteVersions(client: S3Client, Bucket: string, Prefix: string): Promise<void> {
  for (;;) {
    // The first page each time: what it lists is gone by then.
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
    const found = [...Versions, ...DeleteMarkers];
    if (found.length === 0) return;
    for (const { Key, VersionId } of found) await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
}
