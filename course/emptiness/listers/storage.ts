/** Buckets, in whichever region: one list tells them all. */
import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  paginateListBuckets,
  S3Client,
} from "@aws-sdk/client-s3";
import { askedAbout, CannotRemove, type Lister, onPages, type Tags, tagsFrom, unlessGone } from "../lister.ts";

/** `EU` is what S3 has called eu-west-1 since before there were others, and none is us-east-1. */
async function regionOf(s3: S3Client, Bucket: string): Promise<string> {
  const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket }));
  const place: string = LocationConstraint ?? "";
  return place === "" ? "us-east-1" : place === "EU" ? "eu-west-1" : place;
}

/** What is left to say of a bucket that is gone when it is asked for its region. */
const nowhere = { region: "us-east-1", tags: {} };

async function tagsOf(s3: S3Client, Bucket: string): Promise<Tags> {
  try {
    return tagsFrom((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet);
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchTagSet") return {};
    throw error;
  }
}

async function removeObjects(s3: S3Client, Bucket: string, Objects: ObjectIdentifier[]): Promise<void> {
  if (Objects.length === 0) return;
  const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  const [first] = Errors;
  if (first === undefined) return;
  throw new CannotRemove(
    `S3 keeps ${Errors.length} of its objects, such as ${first.Key}: ${first.Message ?? first.Code}; lift what holds them, then sweep again`,
  );
}

/** The first page of what is left, until nothing is: what is removed is on no later page. */
async function removeVersions(s3: S3Client, Bucket: string, onProgress: (text: string) => void): Promise<void> {
  for (let removed = 0; ; ) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const page = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (page.length === 0) return;
    await removeObjects(s3, Bucket, page);
    removed += page.length;
    onProgress(`${removed} versions of objects removed`);
  }
}

async function abortUploads(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    if (Uploads.length === 0) return;
    for (const { Key, UploadId } of Uploads)
      await unlessGone(s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })));
  }
}

/** A bucket goes only when it is empty: every version, every delete marker, every upload that was begun. */
async function removeBucket(s3: S3Client, Bucket: string, onProgress: (text: string) => void): Promise<void> {
  await removeVersions(s3, Bucket, onProgress);
  await abortUploads(s3, Bucket);
  await s3.send(new DeleteBucketCommand({ Bucket }));
}

export const buckets: Lister = {
  kind: "S3 bucket",
  service: "s3",
  scope: "global",
  arns: ["s3:"],
  async *list({ client, arn }, aws) {
    const s3 = client(S3Client);
    const all = onPages(paginateListBuckets({ client: s3, pageSize: 1000 }, {}), ({ Buckets }) => Buckets);
    async function ask({ Name = "", BucketRegion }: { Name?: string | undefined; BucketRegion?: string | undefined }) {
      const region = BucketRegion ?? (await regionOf(s3, Name));
      return { region, tags: await tagsOf(aws.at(region).client(S3Client), Name) };
    }
    for await (const [{ Name = "" }, { region, tags } = nowhere] of askedAbout(all, ask)) {
      yield {
        id: Name,
        names: [Name],
        arn: arn("s3", Name, "").replace(/:\d*:([^:]*)$/, "::$1"),
        region,
        tags,
        remove: (onProgress) => removeBucket(aws.at(region).client(S3Client), Name, onProgress),
      };
    }
  },
};
