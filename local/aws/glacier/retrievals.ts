/**
 * Retrievals under way. The emulator ends one by itself after seconds and tells nobody, so each is held "InProgress" until
 * its tier's time is over; then it is looked for, and its completion is published.
 */
import { pipeline, type Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { type Answer, type Forward, readAll } from "../../gateway/call.ts";
import type { LocalClock } from "../../types.ts";
import { describeJob, type RetrievalJob } from "./job.ts";
import { getVaultNotifications } from "./notifications.ts";
import { retrievalMilliseconds } from "./retrieval-time.ts";
import { treeHasher } from "./tree-hash.ts";

/** A job's output can be read for about a day. */
const outputMilliseconds = 24 * 3_600_000;

export interface RetrievalOptions {
  readonly clock: LocalClock;
  readonly forward: Forward;
  readonly ssm: SSMClient;
  /** Credential scope that makes the emulator take the gateway's own requests for Glacier. */
  readonly authorization: string;
  readonly seed: string;
  readonly publish: (topicArn: string, subject: string, message: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const pathOf = (job: RetrievalJob): string => `/-/vaults/${encodeURIComponent(job.vault)}/jobs/${job.id}`;

export class Retrievals {
  readonly #options: RetrievalOptions;
  readonly #jobs = new Map<string, RetrievalJob>();
  readonly #timers = new Set<() => void>();
  readonly #stopped = new AbortController();
  #started = 0;

  constructor(options: RetrievalOptions) {
    this.#options = options;
  }

  /** Jobs of this run; one that the emulator knows and the gateway does not was started past the gateway. */
  of(vault: string | undefined, id: string): RetrievalJob | undefined {
    const job = this.#jobs.get(id);
    return job?.vault === vault ? job : undefined;
  }

  list(vault: string | undefined): RetrievalJob[] {
    return [...this.#jobs.values()].filter((job) => job.vault === vault);
  }

  /** It ends when its tier's time is over. */
  begin(job: RetrievalJob): void {
    const { seed, onError } = this.#options;
    this.#jobs.set(job.id, job);
    this.#started += 1;
    this.#after(retrievalMilliseconds(job.tier, "flexible", `${seed}:glacier:${this.#started}`) ?? 0, () => {
      this.#complete(job).catch((error) => this.#stopped.signal.aborted || onError(error));
    });
  }

  /** The emulator has lost them all. */
  forget(): void {
    this.#cancelTimers();
    this.#jobs.clear();
  }

  stop(): void {
    this.#stopped.abort();
    this.#cancelTimers();
  }

  #cancelTimers(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #after(milliseconds: number, callback: () => void): void {
    const cancel = this.#options.clock.after(milliseconds, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
  }

  #ask(path: string): Promise<Answer> {
    const { forward, authorization } = this.#options;
    const headers = { host: "localhost", authorization };
    const { signal } = this.#stopped;
    return forward({ method: "GET", path, search: "", headers, body: Buffer.alloc(0), signal });
  }

  /** The emulator takes two seconds for a retrieval, whatever the clock's speed, and has no event for its end. */
  async #untilRetrieved(job: RetrievalJob): Promise<void> {
    for (;;) {
      const answer = await this.#ask(pathOf(job));
      const body = await readAll(answer.body);
      if (answer.status !== 200 || JSON.parse(body.toString("utf8")).Completed === true) return;
      await delay(100, undefined, { signal: this.#stopped.signal });
    }
  }

  async #complete(job: RetrievalJob): Promise<void> {
    await this.#untilRetrieved(job);
    const output = await this.#ask(`${pathOf(job)}/output`);
    const hasher = treeHasher();
    const hashed = pipeline(output.body as Readable, hasher, () => {});
    hashed.resume(); // counted and hashed by the way
    await finished(hashed);
    const date = new Date().toISOString();
    job.completion =
      output.status === 200
        ? { date, status: "Succeeded", message: "Succeeded", bytes: hasher.bytes, treeHash: hasher.treeHash() }
        : { date, status: "Failed", message: "ResourceNotFound", bytes: 0, treeHash: null };
    this.#after(outputMilliseconds, () => this.#jobs.delete(job.id));
    await this.#announce(job);
  }

  async #announce(job: RetrievalJob): Promise<void> {
    const { ssm, publish } = this.#options;
    const event = `${job.action}Completed` as const;
    const vault = await getVaultNotifications(ssm, job.vault);
    const topics = [job.snsTopic, vault?.Events.includes(event) === true ? vault.SNSTopic : null];
    const notice = JSON.stringify(describeJob(job));
    for (const topic of topics) {
      if (topic !== null) await publish(topic, `Amazon Glacier ${event}`, notice);
    }
  }
}
