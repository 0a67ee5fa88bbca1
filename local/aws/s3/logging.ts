import { GetBucketLoggingCommand, PutBucketAclCommand, PutBucketLoggingCommand, S3Client } from "@aws-sdk/client-s3";
import { ifThere, setting } from "../../resources/handler.ts";

const deliverers = "uri=http://acs.amazonaws.com/groups/s3/LogDelivery";

/** Where requests to a bucket would be recorded: kept as it is declared; the emulator records none. */
export const bucketLogging = setting<{
  readonly bucket: string;
  readonly targetBucket: string;
  readonly targetPrefix: string;
}>({
  id: ({ bucket }) => bucket,
  async put({ bucket, targetBucket, targetPrefix }, { client }) {
    const s3 = client(S3Client);
    // The emulator asks whether the target lets S3 write, and of its policy it has only the part that it can enforce.
    await s3.send(new PutBucketAclCommand({ Bucket: targetBucket, GrantWrite: deliverers, GrantReadACP: deliverers }));
    const LoggingEnabled = { TargetBucket: targetBucket, TargetPrefix: targetPrefix };
    await s3.send(new PutBucketLoggingCommand({ Bucket: bucket, BucketLoggingStatus: { LoggingEnabled } }));
  },
  async get({ id }, { client }) {
    const found = await ifThere(client(S3Client).send(new GetBucketLoggingCommand({ Bucket: id })));
    return found?.LoggingEnabled && { bucket: id, targetBucket: found.LoggingEnabled.TargetBucket };
  },
  async remove({ id }, { client }) {
    await ifThere(client(S3Client).send(new PutBucketLoggingCommand({ Bucket: id, BucketLoggingStatus: {} })));
  },
});
