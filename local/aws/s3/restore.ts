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

/** The object that a call is about: a version of it, or whichever is the newest. */
interface Subject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | null | undefined;
}

const subjectOf = (call: Call): Subject => ({
  bucket: call.bucket ?? "",
  key: call.key ?? "",
  versionId: call.query.get("versionId"),
});

/** Restores whose time is not over, one per object. */
class OngoingRestores {
  readonly #options: RestoreOptions;
  readonly #byName = new Map<string, Ongoing>();
  #started = 0;

  constructor(options: RestoreOptions) {
    this.#options = options;
  }

  /** What the emulator says of the object; it ends a restore there by telling the bucket's notification targets. */
  look(call: Call): Promise<Answer> {
    const versionId = call.query.get("versionId");
    return this.#options.forward({
      method: "HEAD",
      path: call.path,
      search: versionId === null ? "" : `versionId=${encodeURIComponent(versionId)}`,
      headers: { host: call.headers.host ?? "localhost", authorization: this.#options.authorization },
      body: Buffer.alloc(0),
    });
  }

  begin(call: Call, found: Omit<Ongoing, "cancel">): void {
    const { clock, seed, onError } = this.#options;
    const id = nameOf(subjectOf(call));
    this.#started += 1;
    const milliseconds = retrievalMilliseconds(found.tier, found.archive, `${seed}:s3:${this.#started}`) ?? 0;
    const cancel = clock.after(milliseconds, () => {
      this.#byName.delete(id);
      this.look(call).then(({ body }) => readAll(body), onError);
    });
    this.#byName.set(id, { ...found, cancel });
  }

  of(subject: Subject): Ongoing | undefined {
    const found = this.#byName.get(nameOf(subject));
    return subject.versionId == null || subject.versionId === found?.versionId ? found : undefined;
  }

  forget(subject: Subject): void {
    this.#byName.get(nameOf(subject))?.cancel();
    this.#byName.delete(nameOf(subject));
  }

  stop(): void {
    for (const { cancel } of this.#byName.values()) cancel();
    this.#byName.clear();
  }
}

const nameOf = ({ bucket, key }: Subject): string => `${bucket}/${key}`;

/** @throws {Refusal} */
async function tierAsked(call: Call): Promise<Tier> {
  const asked = xmlIn((await readAll(call.body)).toString("utf8"));
  const tier = (asked && firstText(asked, "Tier")) ?? "Standard";
  if (asked !== undefined && isTier(tier) && /^[1-9]\d*$/.test(firstText(asked, "Days") ?? "")) return tier;
  const message = "The XML you provided was not well-formed or did not validate against our published schema";
  throw new Refusal(400, "MalformedXML", message);
}

function refuseUnoffered(tier: Tier, archive: ArchiveClass): void {
  if (retrievalMilliseconds(tier, archive, "") !== undefined) return;
  throw new Refusal(400, "InvalidArgument", "Retrieval option is not supported by this storage class", {
    ArgumentName: "Tier",
    ArgumentValue: tier,
  });
}

/** A restore that is under way takes a faster tier, no other request. */
function hasten(restores: OngoingRestores, call: Call, running: Ongoing, tier: Tier): Answer {
  if (tiers.indexOf(tier) >= tiers.indexOf(running.tier)) {
    throw new Refusal(409, "RestoreAlreadyInProgress", "Object restore is already in progress");
  }
  refuseUnoffered(tier, running.archive);
  running.cancel();
  restores.begin(call, { ...running, tier });
  return emptyAnswer(202);
}

const restoreBy =
  (restores: OngoingRestores): Interceptor =>
  async (call, next) => {
    const tier = await tierAsked(call);
    const running = restores.of(subjectOf(call));
    if (running !== undefined) return hasten(restores, call, running, tier);
    const { status, headers } = await restores.look(call);
    const storageClass = headers["x-amz-storage-class"] ?? "STANDARD";
    const archive = storageClass === "DEEP_ARCHIVE" ? "deep" : "flexible";
    if (status === 200 && (archive === "deep" || storageClass === "GLACIER")) refuseUnoffered(tier, archive);
    const answer = await next(call);
    if (answer.status === 202) {
      restores.begin(call, { tier, archive, storageClass, versionId: headers["x-amz-version-id"], headers });
    }
    return answer;
  };

const readDuring =
  (restores: OngoingRestores): Interceptor =>
  async (call, next) => {
    const running = restores.of(subjectOf(call));
    if (running !== undefined) {
      if (call.action !== "HeadObject") throw invalidState(running.storageClass);
      return emptyAnswer(200, { ...running.headers, "x-amz-restore": 'ongoing-request="true"' });
    }
    const answer = withS3Headers(call, await next(call));
    const restore = answer.headers["x-amz-restore"];
    if (restore === undefined) return answer;
    return { ...answer, headers: { ...answer.headers, "x-amz-restore": roundedExpiry(restore) } };
  };

export function createRestores(options: RestoreOptions) {
  const restores = new OngoingRestores(options);
  const read = readDuring(restores);

  /** Another object under the key, or none, ends the restore of the one that was there. */
  const overwrite: Interceptor = async (call, next) => {
    const answer = await next(call);
    if (answer.status < 300) restores.forget(subjectOf(call));
    return answer;
  };

  const copy: Interceptor = async (call, next) => {
    const running = restores.of(copySource(call.headers["x-amz-copy-source"] ?? ""));
    if (running !== undefined) throw invalidState(running.storageClass);
    return overwrite(withOwnChecksum(call), next);
  };

  return {
    interceptors: {
      RestoreObject: restoreBy(restores),
      HeadObject: read,
      GetObject: read,
      CopyObject: copy,
      UploadPartCopy: copy,
      PutObject: overwrite,
      CompleteMultipartUpload: overwrite,
      DeleteObject: overwrite,
    } satisfies Record<string, Interceptor>,
    forget: (bucket: string, key: string) => restores.forget({ bucket, key }),
    stop: () => restores.stop(),
  };
}
