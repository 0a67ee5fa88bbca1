/**
 * Ports: what a service needs from the world, as interfaces. `runtime/aws` implements them on the AWS SDK; tests implement
 * them in memory. A service is a function of its ports and reads neither clock nor environment by itself.
 */
import type { Readable } from "node:stream";
import type { Awaited, Job, OutboxTopic, ResultState } from "../contract/job.ts";
import type { ArchiveStoreKind, RetrievalTier } from "../contract/storage.ts";
import type { ApiToken, OptionalMail, Role, User } from "../contract/user.ts";
import type { Transition } from "./transition.ts";

/** Time as an argument. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `milliseconds`, or at once (not: rejects) when `signal` aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Whole seconds since the Unix epoch: the unit of every time in a job item. */
export const epochSeconds = (clock: Pick<Clock, "now">): number => Math.floor(clock.now() / 1000);

/** Structured log; `child` binds fields such as `job_id` to every later line. pino fits it as it is. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Log;
}

/** One page of a query; `cursor` is opaque and absent on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

/** What a conditional write found: the item after it, or the item that did not satisfy the condition. */
export type TransitionOutcome =
  | { readonly applied: true; readonly job: Job }
  | { readonly applied: false; readonly job: Job | undefined };

export interface JobStore {
  /** Writes a new item unless one with this `job_id` exists. Never overwrites. */
  create(job: Job): Promise<"created" | "exists">;
  /** Strongly consistent. */
  get(jobId: string): Promise<Job | undefined>;
  /** One conditional write. */
  apply(jobId: string, transition: Transition): Promise<TransitionOutcome>;
  /** Removes an item that is marked as deleted; any other stays. Succeeds also when it is gone. */
  remove(jobId: string): Promise<void>;
  /** A user's jobs, newest first, without those that are being deleted. @throws {InvalidCursorError} for a cursor that is not of this list. */
  listByUser(userId: string, page: { limit: number; cursor?: string }): Promise<Page<Job>>;
  /** Jobs submitted before `submittedBefore` (epoch seconds) that this topic has not been told of. */
  listOutbox(topic: OutboxTopic, submittedBefore: number, page: { limit: number; cursor?: string }): Promise<Page<Job>>;
  /** Results whose restore was requested before `requestedBefore` (epoch seconds) and that have not come back. */
  listRestoring(requestedBefore: number, page: { limit: number; cursor?: string }): Promise<Page<Job>>;
  /** Jobs submitted before `submittedBefore` (epoch seconds) that still wait for this, oldest first; keys only. */
  listAwaiting(
    what: Awaited,
    submittedBefore: number,
    page: { limit: number; cursor?: string },
  ): Promise<Page<Pick<Job, "job_id" | "submit_time">>>;
  /** Results in this state whose jobs completed before `completedBefore` (epoch seconds), oldest first. */
  listResults(
    state: ResultState,
    completedBefore: number,
    page: { limit: number; cursor?: string },
  ): Promise<Page<ResultEntry>>;
}

/** A result as the index of results knows it. */
export type ResultEntry = Pick<Job, "job_id" | "user_id" | "complete_time" | "archive_due_time" | "result_missing">;

export interface UserStore {
  get(userId: string): Promise<User | undefined>;
  /** The stored user: the given one when none existed, otherwise the one that was there. */
  createIfAbsent(user: User): Promise<User>;
  /** Changes what a person may edit. @throws when the user does not exist. */
  updateProfile(userId: string, profile: { name: string; email: string; institution: string }): Promise<User>;
  /** The mails that the person does not want, from now on. */
  setMailsOff(userId: string, mails: readonly OptionalMail[]): Promise<User>;
  /** The address that the identity provider vouches for now; `undefined`: none. */
  setIdentityEmail(userId: string, email: string | undefined): Promise<User>;
  /** Replaces `email_check` as it was read; false when it has changed since. */
  setEmailCheck(userId: string, before: User["email_check"], next: NonNullable<User["email_check"]>): Promise<boolean>;
  /** The open link has come back: its address is verified, and it works no more. False when it is not open any more. */
  verifyEmail(userId: string, hash: string): Promise<boolean>;
  /**
   * Sets role and Stripe ids in one write; `null` removes an id, an omitted one stays. Says whether the role changed: then
   * the same write has put it into `plan_outbox`.
   */
  setPlan(
    userId: string,
    plan: {
      role: Role;
      stripe_customer_id?: string | null;
      stripe_subscription_id?: string | null;
      former_subscription_id?: string;
    },
  ): Promise<{ user: User; roleChanged: boolean }>;
  /** Archiver or restorer know of this role. Only clears what was told: a change in between has put a new role in its place. */
  planTold(userId: string, role: Role): Promise<void>;
  /**
   * Remembers by which customer the payment provider knows the user, unless another has been remembered since `insteadOf`
   * was read. Either way the user as stored.
   */
  setCustomer(userId: string, customerId: string, insteadOf: string | undefined): Promise<User>;
  /**
   * Claims the user's one purchase. `undefined`: somebody else is at it. A claim that ran out (its process has died) is taken
   * over with the id it had, under which the provider makes one subscription only. Times are epoch seconds.
   */
  claimSubscribe(
    userId: string,
    attempt: { id: string; now: number; until: number },
  ): Promise<{ attemptId: string } | undefined>;
  /** Gives the claim back. `concluded` false: what became of the purchase is not known, so its id stays for the next claim. */
  releaseSubscribe(userId: string, attemptId: string, concluded: boolean): Promise<void>;
  addApiToken(userId: string, token: ApiToken): Promise<User>;
  removeApiToken(userId: string, tokenId: string): Promise<User>;
  /**
   * Sets the token's last use (epoch seconds), unless the list of tokens has changed since the user was read: then the next use
   * is recorded.
   */
  apiTokenUsed(user: User, tokenId: string, at: number): Promise<void>;
}

/**
 * Remembers which external events have been applied (Stripe webhooks). Who applies one claims it first; a claim that is
 * neither followed by `applied` nor given back runs out, since its process has died. Times are epoch seconds.
 */
export interface EventStore {
  /** `claimed`: apply it. `held`: somebody is applying it just now. `applied`: done with. */
  claim(eventId: string, time: { now: number; until: number }): Promise<"claimed" | "held" | "applied">;
  /** The event has had its effect, and is known until `expiresTime`. */
  applied(eventId: string, expiresTime: number): Promise<void>;
  /** Gives a claim back, after the event could not be applied. */
  release(eventId: string): Promise<void>;
}

/**
 * Which job a program's own key of a submission stands for (Idempotency-Key). A key is claimed while its file is taken, and then
 * holds the digest of what was sent. Times are epoch seconds; a key is forgotten at `expires`.
 */
export interface SubmissionKeys {
  /**
   * `claimed`: take the file, under `jobId` (that of an attempt that failed, if there was one). `held`: another request is at
   * it. `done`: `jobId` was made of what has this digest.
   */
  claim(
    key: string,
    claim: { jobId: string; now: number; until: number; expires: number },
  ): Promise<
    | { readonly state: "claimed" | "held"; readonly jobId: string }
    | { readonly state: "done"; readonly jobId: string; readonly digest: string }
  >;
  done(key: string, made: { jobId: string; digest: string; expires: number }): Promise<void>;
  /** Gives a claim back: the file could not be taken. */
  release(key: string, claim: { jobId: string; expires: number }): Promise<void>;
}

/** One received message. It stays invisible to others until its visibility ends; only `delete` finishes it. */
export interface Delivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often the message has been received, this time included. */
  readonly receiveCount: number;
  /** W3C `traceparent` of what has sent it. */
  readonly traceparent?: string;
  /** It repeats a message of another queue: where it comes too late or too early it may simply be dropped. */
  readonly isHint?: true;
}

export interface Queue {
  /** Long poll; an empty array when nothing came or `signal` aborted. `max` 1 to 10, waits ≤ 20 s, visibility ≤ 12 h. */
  receive(options: {
    max: number;
    waitSeconds: number;
    visibilitySeconds: number;
    signal?: AbortSignal;
  }): Promise<Delivery[]>;
  delete(delivery: Delivery): Promise<void>;
  /** Makes the message visible again after `seconds` (0 to 43,200), counted from now. */
  hide(delivery: Delivery, seconds: number): Promise<void>;
  /** @param traceparent of a message that this one takes the place of; omitted: it comes from what is being worked on. */
  send(message: object, traceparent?: string): Promise<void>;
}

/** Of what a breaker watches. */
export interface Probed {
  /** A cheap call that fails while the dependency does. */
  probe(): Promise<void>;
}

interface PublishOptions {
  /** Whose message it is, 1 to 128 ASCII characters: a queue serves groups with much in flight after the others (SQS fair queues). */
  readonly group?: string;
  /** What subscriptions filter by. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface Topic {
  publish(message: object, options?: PublishOptions): Promise<void>;
}

export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
}

export interface ObjectStore {
  /** `undefined` when there is no such object. */
  head(ref: ObjectRef): Promise<{ bytes: number; etag: string; contentType?: string; version?: string } | undefined>;
  /** A cheap call that fails while storage does. Needs `s3:ListBucket`. */
  probe(bucket: string): Promise<void>;
  /** @throws {ObjectNotFoundError} */
  read(ref: ObjectRef, options?: { signal?: AbortSignal; range?: { start: number; end: number } }): Promise<Readable>;
  /** Streams; memory does not grow with the object. Resolves once the object is complete. */
  write(
    ref: ObjectRef,
    body: Readable | string | Uint8Array,
    options: { contentType: string; signal?: AbortSignal },
  ): Promise<void>;
  /** Within storage; resolves once the copy is complete. @throws {ObjectNotFoundError} when there is no such source. */
  copy(source: ObjectRef, target: ObjectRef): Promise<void>;
  /**
   * Succeeds also when there is nothing to delete. With a `version` (from `head`) only that version goes: a copy written
   * since then stays, however late the deletion arrives.
   */
  delete(ref: ObjectRef, version?: string): Promise<void>;
  /** Removes every version of every object whose key begins with `prefix`. */
  deleteAll(bucket: string, prefix: string): Promise<void>;
  /** URL that downloads the object under `fileName` until `expiresSeconds` from now. */
  presignGet(ref: ObjectRef, options: { expiresSeconds: number; fileName: string }): Promise<string>;
  /** Form (URL and fields, in order, the file last) by which a browser uploads straight into the bucket. */
  presignPost(
    ref: ObjectRef,
    options: { expiresSeconds: number; bytesMin: number; bytesMax: number; redirectTo: string; contentType: string },
  ): Promise<{ url: string; fields: Record<string, string> }>;
}

/** Part of an upload, as storage has it. */
export interface StoredPart {
  /** From 1. */
  readonly number: number;
  readonly bytes: number;
  readonly etag: string;
}

/** Uploads that arrive in parts, in any order and over days. An unfinished one is no object; the bucket's lifecycle ends it. */
export interface PartStore {
  /** @returns the upload's id at the storage. */
  begin(ref: ObjectRef, options: { contentType: string }): Promise<string>;
  /** URL to which exactly so many bytes can be PUT as this part until `expiresSeconds` from now. A part sent again replaces itself. */
  presign(
    ref: ObjectRef,
    uploadId: string,
    part: { number: number; bytes: number; expiresSeconds: number },
  ): Promise<string>;
  /** What has arrived, in the order of numbers; `undefined`: there is no such upload, or it has ended. */
  list(ref: ObjectRef, uploadId: string): Promise<readonly StoredPart[] | undefined>;
  /** Puts the parts together. False: there is no such upload, or it has ended. */
  complete(ref: ObjectRef, uploadId: string, parts: readonly StoredPart[]): Promise<boolean>;
  /** Removes what has arrived. Succeeds also when there is no such upload. */
  abort(ref: ObjectRef, uploadId: string): Promise<void>;
}

/** How a requested restore stands. */
export type RestoreStatus = "in-progress" | "ready" | "failed" | "not-requested" | "no-such-archive";

/** Names one restore of one archive: the archive id alone for `s3`, archive and retrieval job for `vault`. */
export interface RestoreRef {
  readonly archiveId: string;
  readonly requestId: string;
}

export interface ArchiveStore {
  readonly kind: ArchiveStoreKind;
  /**
   * Copies the object into cold storage; resolves with the archive's id once it is safely there. Ids are never used twice,
   * so that a late deletion of an old archive cannot hit a new one.
   */
  store(source: ObjectRef, options: { description: string; bytes: number }): Promise<{ archiveId: string }>;
  /**
   * Asks for an archive back. Idempotent where the store is (S3); a vault starts one retrieval job per call.
   * `description` (the job id) comes back in the vault's completion notice.
   *
   * @throws {TierUnavailableError} when the tier has no capacity or is not offered: ask for a slower one.
   * @throws {ArchiveNotFoundError}
   */
  requestRestore(
    archiveId: string,
    tier: RetrievalTier,
    description: string,
  ): Promise<{ requestId: string; expectedSeconds: number }>;
  status(restore: RestoreRef): Promise<RestoreStatus>;
  /** The restored bytes, as a stream. @throws {ArchiveNotFoundError} when it is not (or no longer) readable. */
  open(restore: RestoreRef): Promise<Readable>;
  /** Succeeds also when the archive is gone. */
  delete(archiveId: string): Promise<void>;
  /**
   * Removes the archives of a job: the one that its item names and, in a bucket, every other under its prefix. (A vault tells only
   * after hours what it has.)
   */
  deleteAll(job: { archiveId?: string | undefined; prefix: string }): Promise<void>;
  /**
   * What is stored, as of some time ago: a vault takes its inventory once a day and hours to hand it out.
   * `undefined`: it has been asked for and is not there yet.
   */
  inventory(): Promise<AsyncIterable<StoredArchive> | undefined>;
}

/** An archive as the store lists it. */
export interface StoredArchive {
  readonly archiveId: string;
  /** The job it was stored for; absent for what no archiver of ours has stored. */
  readonly jobId?: string;
}

export interface Mailer {
  send(mail: { to: string; subject: string; text: string; html: string }): Promise<void>;
}

/** What an instance knows of itself. All are harmless outside EC2: `undefined` / `"InService"`. */
export interface InstanceIdentity {
  readonly instanceId: string | undefined;
  /** `autoscaling/target-lifecycle-state`: anything but `InService` means that the instance is to drain. */
  targetLifecycleState(): Promise<string>;
  /** Scale-in protection of this instance; a no-op outside an Auto Scaling group. */
  protectFromScaleIn(protect: boolean): Promise<void>;
  /**
   * Asks the termination hooks for more time. Resolves to the seconds after which they go on unless asked again, the least of
   * them; `undefined`: there is no such hook.
   */
  prolongTermination(): Promise<number | undefined>;
  /** Tells the termination hook that the instance has drained. */
  completeTermination(): Promise<void>;
}
