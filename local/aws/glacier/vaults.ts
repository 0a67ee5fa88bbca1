/**
 * What vaults do and the emulator's do not: retrievals take their tier's time and are announced when they end. The emulator ends a retrieval by itself after seconds and tells nobody, so the gateway holds each job
 * "InProgress" until its time is over, looks whether the archive is there, and publishes the completion notice.
 */
import { pipeline, type Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { SSMClient } from "@aws-sdk/client-ssm";
import {
  type Answer,
  type Call,
  emptyAnswer,
  type Forward,
  type Interceptor,
  jsonAnswer,
  readAll,
  textOf,
} from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import type { LocalClock } from "../../types.ts";
import type { AccountPlace } from "../iam/permissions.ts";
import { describeJob, type RetrievalJob } from "./job.ts";
import {
  deleteVaultNotifications,
  getVaultNotifications,
  setVaultNotifications,
  type VaultNotifications,
} from "./notifications.ts";
import { isTier, retrievalMilliseconds } from "./retrieval-time.ts";
import { treeHasher } from "./tree-hash.ts";

/** A job's output can be read for about a day. */
const outputMilliseconds = 24 * 3_600_000;

export interface VaultOptions {
  readonly place: AccountPlace;
  readonly clock: LocalClock;
  readonly forward: Forward;
  readonly ssm: SSMClient;
  /** Credential scope that makes the emulator take the gateway's own requests for Glacier. */
  readonly authorization: string;
  readonly seed: string;
  readonly publish: (topicArn: string, subject: string, message: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const notFound = (what: string, id: string): Refusal =>
  new Refusal(404, "ResourceNotFoundException", `The ${what} was not found: ${id}`);

const invalid = (message: string): Refusal => new Refusal(400, "InvalidParameterValueException", message);

const lastOf = (path: string): string => decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));

export function createVaults(options: VaultOptions) {
  const { clock, place } = options;
  const jobs = new Map<string, RetrievalJob>();
  const deleted = new Set<string>();
  const timers = new Set<() => void>();
  const stopped = new AbortController();
  let started = 0;

  function after(milliseconds: number, callback: () => void): void {
    const cancel = clock.after(milliseconds, () => {
      timers.delete(cancel);
      callback();
    });
    timers.add(cancel);
  }

  function ask(path: string): Promise<Answer> {
    const headers = { host: "localhost", authorization: options.authorization };
    return options.forward({ method: "GET", path, search: "", headers, body: Buffer.alloc(0), signal: stopped.signal });
  }

  const jobPath = (job: RetrievalJob): string => `/-/vaults/${encodeURIComponent(job.vault)}/jobs/${job.id}`;

  /** The emulator takes two seconds for a retrieval, whatever the clock's speed, and has no event for its end. */
  async function untilRetrieved(job: RetrievalJob): Promise<void> {
    for (;;) {
      const answer = await ask(jobPath(job));
      const body = await readAll(answer.body);
      if (answer.status !== 200 || JSON.parse(body.toString("utf8")).Completed === true) return;
      await delay(100, undefined, { signal: stopped.signal });
    }
  }

  async function complete(job: RetrievalJob): Promise<void> {
    await untilRetrieved(job);
    const output = await ask(`${jobPath(job)}/output`);
    const hasher = treeHasher();
    const hashed = pipeline(output.body as Readable, hasher, () => {});
    hashed.resume(); // counted and hashed by the way
    await finished(hashed);
    const date = new Date().toISOString();
    job.completion =
      output.status === 200
        ? { date, status: "Succeeded", message: "Succeeded", bytes: hasher.bytes, treeHash: hasher.treeHash() }
        : { date, status: "Failed", message: "ResourceNotFound", bytes: 0, treeHash: null };
    after(outputMilliseconds, () => jobs.delete(job.id));
    const event = `${job.action}Completed` as const;
    const vault = await getVaultNotifications(options.ssm, job.vault);
    const topics = [job.snsTopic, vault?.Events.includes(event) === true ? vault.SNSTopic : null];
    const notice = JSON.stringify(describeJob(job));
    for (const topic of topics) {
      if (topic !== null) await options.publish(topic, `Amazon Glacier ${event}`, notice);
    }
  }

  const initiateJob: Interceptor = async (call, next) => {
    const vault = call.vault ?? "";
    const { Type, ArchiveId, Description, SNSTopic, Tier = "Standard", RetrievalByteRange } = call.input;
    const tier = textOf(Tier);
    if (!isTier(tier)) throw invalid(`Invalid tier: ${tier}`);
    if (Type !== "archive-retrieval" && Type !== "inventory-retrieval")
      throw invalid(`Invalid job type: ${textOf(Type)}`);
    if (RetrievalByteRange !== undefined) throw invalid("RetrievalByteRange is not offered by the local vault");
    const archiveId = Type === "archive-retrieval" ? textOf(ArchiveId) : null;
    if (archiveId === "") throw invalid("ArchiveId must not be null");
    if (archiveId !== null && deleted.has(`${vault}/${archiveId}`)) throw notFound("archive ID", archiveId);
    // Held back here, so the emulator may be as quick as it can.
    const body = Buffer.from(JSON.stringify({ ...call.input, Tier: "Expedited" }));
    const answer = await next({ ...call, body });
    const id = answer.headers["x-amz-job-id"];
    if (answer.status !== 202 || id === undefined) return answer;
    const job: RetrievalJob = {
      id,
      vault,
      vaultArn: `arn:aws:glacier:${place.region}:${place.accountId}:vaults/${vault}`,
      action: archiveId === null ? "InventoryRetrieval" : "ArchiveRetrieval",
      archiveId,
      description: textOf(Description) || null,
      snsTopic: textOf(SNSTopic) || null,
      tier,
      creationDate: new Date().toISOString(),
    };
    jobs.set(id, job);
    started += 1;
    after(retrievalMilliseconds(tier, "flexible", `${options.seed}:glacier:${started}`) ?? 0, () => {
      complete(job).catch((error) => stopped.signal.aborted || options.onError(error));
    });
    const location = `/${place.accountId}/vaults/${vault}/jobs/${id}`;
    return { ...answer, headers: { ...answer.headers, location } };
  };

  /** Jobs of this run; one that the emulator knows and the gateway does not was started past the gateway. */
  function jobOf(call: Call, id: string): RetrievalJob {
    const job = jobs.get(id);
    if (job === undefined || job.vault !== call.vault) throw notFound("job ID", id);
    return job;
  }

  const listJobs: Interceptor = async (call) => {
    const { query } = call;
    const listed = [...jobs.values()]
      .filter((job) => job.vault === call.vault)
      .map(describeJob)
      .filter(({ Completed }) => !query.has("completed") || String(Completed) === query.get("completed"))
      .filter(({ StatusCode }) => !query.has("statuscode") || StatusCode === query.get("statuscode"));
    return jsonAnswer({ JobList: listed, Marker: null });
  };

  const getJobOutput: Interceptor = async (call, next) => {
    const job = jobOf(call, lastOf(call.path.replace(/\/output$/, "")));
    if (job.completion?.status !== "Succeeded") {
      throw invalid(`The job is not currently available for download: ${job.id}`);
    }
    if (call.headers.range !== undefined)
      throw invalid("Range is not offered by the local vault; read the whole output");
    const answer = await next(call);
    if (job.action === "InventoryRetrieval" || answer.status !== 200) return answer;
    const treeHash = job.completion.treeHash ?? "";
    return {
      ...answer,
      headers: { ...answer.headers, "x-amz-sha256-tree-hash": treeHash, "accept-ranges": "bytes" },
    };
  };

  const uploadArchive: Interceptor = async (call, next) => {
    const hasher = treeHasher();
    if (call.headers["content-length"] === undefined) throw invalid("Content-Length is missing");
    const answer = await next({ ...call, body: pipeline(call.body as Readable, hasher, () => {}) });
    if (answer.status !== 201) return answer;
    const treeHash = hasher.treeHash();
    const expected = call.headers["x-amz-sha256-tree-hash"];
    if (expected !== treeHash) {
      await next(deletion(call, answer.headers["x-amz-archive-id"] ?? ""));
      throw invalid(`Checksum mismatch: expected ${expected} but got ${treeHash}`);
    }
    const id = answer.headers["x-amz-archive-id"] ?? "";
    const location = `/${place.accountId}/vaults/${call.vault}/archives/${id}`;
    return emptyAnswer(201, { ...answer.headers, location, "x-amz-sha256-tree-hash": treeHash });
  };

  function deletion(call: Call, archiveId: string): Call {
    const headers = { host: call.headers.host ?? "localhost", authorization: options.authorization };
    return { ...call, method: "DELETE", path: `${call.path}/${archiveId}`, headers, body: Buffer.alloc(0) };
  }

  /** Deleting what is gone already succeeds on AWS; the emulator stumbles over it. */
  const deleteArchive: Interceptor = async (call, next) => {
    const id = `${call.vault}/${lastOf(call.path)}`;
    if (!deleted.has(id)) {
      const answer = await next(call);
      if (answer.status === 404) return answer;
      deleted.add(id);
    }
    return emptyAnswer(204);
  };

  const setNotifications: Interceptor = async (call) => {
    await setVaultNotifications(options.ssm, call.vault ?? "", call.input as unknown as VaultNotifications);
    return emptyAnswer(204);
  };
  const getNotifications: Interceptor = async (call) => {
    const found = await getVaultNotifications(options.ssm, call.vault ?? "");
    if (found === undefined) throw notFound("notification configuration of vault", call.vault ?? "");
    return jsonAnswer(found);
  };
  const deleteNotifications: Interceptor = async (call) => {
    await deleteVaultNotifications(options.ssm, call.vault ?? "");
    return emptyAnswer(204);
  };

  return {
    interceptors: {
      UploadArchive: uploadArchive,
      DeleteArchive: deleteArchive,
      InitiateJob: initiateJob,
      DescribeJob: async (call) => jsonAnswer(describeJob(jobOf(call, lastOf(call.path)))),
      ListJobs: listJobs,
      GetJobOutput: getJobOutput,
      SetVaultNotifications: setNotifications,
      GetVaultNotifications: getNotifications,
      DeleteVaultNotifications: deleteNotifications,
    } satisfies Record<string, Interceptor>,
    /** The emulator has lost all archives and retrievals. */
    forget() {
      for (const cancel of timers) cancel();
      timers.clear();
      jobs.clear();
      deleted.clear();
    },
    stop() {
      stopped.abort();
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
}
