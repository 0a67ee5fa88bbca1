/**
 * Restore times of S3's archive classes. The emulator restores at once and tells the bucket's notification targets as soon
 * as anybody looks at the object. So the gateway passes the request on, and until the tier's time is over nobody gets to
 * look: it answers for the object itself. When the time has come it looks, and the emulator sends its
 * `s3:ObjectRestore:Completed`.
 */

import { type Answer, type Call, emptyAnswer, type Forward, type Interceptor, readAll } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { firstText, xmlIn } from "../../gateway/xml-document.ts";
import type { LocalClock } from "../../types.ts";
import { type ArchiveClass, isTier, retrievalMilliseconds, type Tier, tiers } from "../glacier/retrieval-time.ts";
import { withOwnChecksum, withS3Headers } from "./object-headers.ts";
import { copySource } from "./permissions.ts";

const dayMilliseconds = 86_400_000;

interface Ongoing {
  readonly tier: Tier;
  readonly archive: ArchiveClass;
  readonly storageClass: string;
  readonly versionId: string | undefined;
  /** Headers of the object as it was before. */
  readonly headers: Readonly<Record<string, string>>;
  cancel(): void;
}

export interface RestoreOptions {
  readonly clock: LocalClock;
  readonly forward: Forward;
  readonly authorization: string;
  /** Makes the retrieval times of a run repeatable. */
  readonly seed: string;
  readonly onError: (error: unknown) => void;
}

function invalidState(storageClass: string): Refusal {
  return new Refusal(403, "InvalidObjectState", "The operation is not valid for the object's storage class", {
    StorageClass: storageClass,
  });
}

/** A restored copy lives to the midnight (UTC) after its days are over. */
function roundedExpiry(restore: string): string {
  return restore.replace(/expiry-date="([^"]+)"/, (_whole, date: string) => {
    const midnight = Math.ceil(Date.parse(date) / dayMilliseconds) * dayMilliseconds;
    return `expiry-date="${new Date(midnight).toUTCString()}"`;
  });
}

const name = (bucket: string, key: string): string => `${bucket}/${key}`;

export function createRestores(options: RestoreOptions) {
  const ongoing = new Map<string, Ongoing>();
  let started = 0;

  function head(call: Call): Promise<Answer> {
    const versionId = call.query.get("versionId");
    return options.forward({
      method: "HEAD",
      path: call.path,
      search: versionId === null ? "" : `versionId=${encodeURIComponent(versionId)}`,
      headers: { host: call.headers.host ?? "localhost", authorization: options.authorization },
      body: Buffer.alloc(0),
    });
  }

  function schedule(call: Call, found: Omit<Ongoing, "cancel">): void {
    const id = name(call.bucket ?? "", call.key ?? "");
    started += 1;
    const milliseconds = retrievalMilliseconds(found.tier, found.archive, `${options.seed}:s3:${started}`) ?? 0;
    const cancel = options.clock.after(milliseconds, () => {
      ongoing.delete(id);
      head(call).then(({ body }) => readAll(body), options.onError);
    });
    ongoing.set(id, { ...found, cancel });
  }

  function ongoingOf(bucket: string, key: string, versionId: string | null | undefined): Ongoing | undefined {
    const found = ongoing.get(name(bucket, key));
    return versionId == null || versionId === found?.versionId ? found : undefined;
  }

  function forget(bucket: string, key: string): void {
    ongoing.get(name(bucket, key))?.cancel();
    ongoing.delete(name(bucket, key));
  }

  const restoreObject: Interceptor = async (call, next) => {
    const asked = xmlIn((await readAll(call.body)).toString("utf8"));
    const tier = (asked && firstText(asked, "Tier")) ?? "Standard";
    if (asked === undefined || !isTier(tier) || !/^[1-9]\d*$/.test(firstText(asked, "Days") ?? "")) {
      const message = "The XML you provided was not well-formed or did not validate against our published schema";
      throw new Refusal(400, "MalformedXML", message);
    }
    const running = ongoingOf(call.bucket ?? "", call.key ?? "", call.query.get("versionId"));
    if (running !== undefined) {
      if (tiers.indexOf(tier) >= tiers.indexOf(running.tier)) {
        throw new Refusal(409, "RestoreAlreadyInProgress", "Object restore is already in progress");
      }
      refuseUnoffered(tier, running.archive);
      running.cancel();
      schedule(call, { ...running, tier });
      return emptyAnswer(202);
    }
    const { status, headers } = await head(call);
    const storageClass = headers["x-amz-storage-class"] ?? "STANDARD";
    const archive = storageClass === "DEEP_ARCHIVE" ? "deep" : "flexible";
    if (status === 200 && (archive === "deep" || storageClass === "GLACIER")) refuseUnoffered(tier, archive);
    const answer = await next(call);
    if (answer.status === 202) {
      schedule(call, { tier, archive, storageClass, versionId: headers["x-amz-version-id"], headers });
    }
    return answer;
  };

  function refuseUnoffered(tier: Tier, archive: ArchiveClass): void {
    if (retrievalMilliseconds(tier, archive, "") !== undefined) return;
    throw new Refusal(400, "InvalidArgument", "Retrieval option is not supported by this storage class", {
      ArgumentName: "Tier",
      ArgumentValue: tier,
    });
  }

  const read: Interceptor = async (call, next) => {
    const running = ongoingOf(call.bucket ?? "", call.key ?? "", call.query.get("versionId"));
    if (running !== undefined) {
      if (call.action !== "HeadObject") throw invalidState(running.storageClass);
      return emptyAnswer(200, { ...running.headers, "x-amz-restore": 'ongoing-request="true"' });
    }
    const answer = withS3Headers(call, await next(call));
    const restore = answer.headers["x-amz-restore"];
    if (restore === undefined) return answer;
    return { ...answer, headers: { ...answer.headers, "x-amz-restore": roundedExpiry(restore) } };
  };

  const copy: Interceptor = async (call, next) => {
    const source = copySource(call.headers["x-amz-copy-source"] ?? "");
    const running = ongoingOf(source.bucket, source.key, source.versionId);
    if (running !== undefined) throw invalidState(running.storageClass);
    return overwrite(withOwnChecksum(call), next);
  };

  /** Another object under the key, or none, ends the restore of the one that was there. */
  const overwrite: Interceptor = async (call, next) => {
    const answer = await next(call);
    if (answer.status < 300) forget(call.bucket ?? "", call.key ?? "");
    return answer;
  };

  return {
    interceptors: {
      RestoreObject: restoreObject,
      HeadObject: read,
      GetObject: read,
      CopyObject: copy,
      UploadPartCopy: copy,
      PutObject: overwrite,
      CompleteMultipartUpload: overwrite,
      DeleteObject: overwrite,
    } satisfies Record<string, Interceptor>,
    forget,
    stop() {
      for (const { cancel } of ongoing.values()) cancel();
      ongoing.clear();
    },
  };
}
