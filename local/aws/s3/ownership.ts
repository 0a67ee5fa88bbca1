import {
  DeleteBucketOwnershipControlsCommand,
  GetBucketOwnershipControlsCommand,
  type ObjectOwnership,
  PutBucketOwnershipControlsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ifThere, setting } from "../../resources/handler.ts";

/** Who owns what others put into a bucket, and so whether its access control lists count. */
export const bucketOwnershipControls = setting<{
  readonly bucket: string;
  readonly rule: { readonly objectOwnership: ObjectOwnership };
}>({
  id: ({ bucket }) => bucket,
  async put({ bucket, rule }, { client }) {
    const OwnershipControls = { Rules: [{ ObjectOwnership: rule.objectOwnership }] };
    await client(S3Client).send(new PutBucketOwnershipControlsCommand({ Bucket: bucket, OwnershipControls }));
  },
  async get({ id }, { client }) {
    const found = await ifThere(client(S3Client).send(new GetBucketOwnershipControlsCommand({ Bucket: id })));
    const objectOwnership = found?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
    return objectOwnership && { bucket: id, rule: { objectOwnership } };
  },
  async remove({ id }, { client }) {
    await ifThere(client(S3Client).send(new DeleteBucketOwnershipControlsCommand({ Bucket: id })));
  },
});
