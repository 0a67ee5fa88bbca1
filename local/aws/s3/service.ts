import type { S3Client } from "@aws-sdk/client-s3";
import type { Forward, Interceptor } from "../../gateway/call.ts";
import type { Credentials } from "../../gateway/credentials.ts";
import type { Service } from "../../gateway/service.ts";
import type { Allow } from "../iam/check.ts";
import { createCors } from "./cors.ts";
import type { createBucketMetrics } from "./minutes.ts";
import { createPostObject } from "./post-object.ts";
import type { createRestores } from "./restore.ts";

export interface S3ServiceOptions {
  readonly s3: S3Client;
  readonly forward: Forward;
  readonly credentials: Credentials;
  /** Makes the emulator take a request for S3. */
  readonly authorization: string;
  readonly allow: Allow;
  readonly restores: ReturnType<typeof createRestores>;
  readonly metrics: ReturnType<typeof createBucketMetrics>;
  /** Every permitted call passes it first. */
  readonly hold: Interceptor;
}

/** Who may not list a bucket is not told that an object is missing, but that looking is forbidden. */
function missingToListers(allow: Allow): Interceptor {
  return async (call, next) => {
    const answer = await next(call);
    if (answer.status !== 404 || (call.action !== "GetObject" && call.action !== "HeadObject")) return answer;
    await allow(call, [{ action: "s3:ListBucket", resource: `arn:aws:s3:::${call.bucket}` }]);
    return answer;
  };
}

export function s3Service(options: S3ServiceOptions): Service {
  const { s3, forward, credentials, authorization, allow, restores, metrics, hold } = options;
  const missing = missingToListers(allow);
  return {
    name: "s3",
    around: (call, next) => hold(call, (due) => missing(due, next)),
    calls: restores.interceptors,
    browser: {
      ...createCors(s3),
      postObject: createPostObject({ credentials, forward, authorization, onStored: restores.forget }),
    },
    answered: metrics.count,
    stop: restores.stop,
  };
}
