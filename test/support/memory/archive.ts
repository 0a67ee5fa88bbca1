import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ArchiveStoreKind, RetrievalTier } from "../../../runtime/contract/storage.ts";
import { ArchiveNotFoundError, TierUnavailableError } from "../../../runtime/jobs/errors.ts";
import type { ArchiveStore, ObjectStore } from "../../../runtime/jobs/ports.ts";
import type { VirtualClock } from "./clock.ts";

interface Retrieval {
  readonly archiveId: string;
  readonly description: string;
  state: "in-progress" | "ready" | "failed" | "expired";
}

export interface MemoryArchiveStore extends ArchiveStore {
  /** Archive id → its bytes. */
  readonly archives: ReadonlyMap<string, Buffer>;
  /** Tiers that answer "no capacity"; a test changes the set. */
  readonly unavailable: Set<RetrievalTier>;
  /** Every request made, in order. */
  readonly requests: readonly { archiveId: string; tier: RetrievalTier }[];
  /** The next retrieval ends as Failed (vault) or never becomes ready and sends no event (s3). */
  failNext(): void;
  /** The completion event of the next retrieval is lost. */
  loseNextEvent(): void;
  /** The temporary copy goes away (s3: with its `ObjectRestore:Delete` event). */
  expire(archiveId: string): void;
}

const restoreSeconds: Record<RetrievalTier, number> = { Expedited: 180, Standard: 4 * 3600, Bulk: 8 * 3600 };

/**
 * Cold storage in memory. Completion events are handed to `onEvent` in the shape the real store sends.
 *
 * @param bucket name of the archive bucket in the events of the `s3` flavour.
 */
export function createMemoryArchiveStore(options: {
  kind: ArchiveStoreKind;
  clock: VirtualClock;
  objects: ObjectStore;
  onEvent: (event: object) => void;
  bucket?: string;
}): MemoryArchiveStore {
  const { kind, clock, objects, onEvent, bucket = "archive" } = options;
  const archives = new Map<string, Buffer>();
  const descriptions = new Map<string, string>();
  const retrievals = new Map<string, Retrieval>();
  const unavailable = new Set<RetrievalTier>();
  const requests: { archiveId: string; tier: RetrievalTier }[] = [];
  let count = 0;
  let failing = false;
  let losing = false;

  const s3Event = (eventName: string, key: string) => ({
    Records: [
      {
        eventName: `ObjectRestore:${eventName}`,
        s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key).replaceAll("%20", "+") } },
      },
    ],
  });

  const finish = (requestId: string, retrieval: Retrieval, failed: boolean, lost: boolean) => {
    if (failed) {
      retrieval.state = "failed";
      if (kind === "s3") retrievals.delete(requestId);
    } else retrieval.state = "ready";
    if (lost || (failed && kind === "s3")) return;
    onEvent(
      kind === "s3"
        ? s3Event("Completed", retrieval.archiveId)
        : {
            Action: "ArchiveRetrieval",
            ArchiveId: retrieval.archiveId,
            JobId: requestId,
            JobDescription: retrieval.description,
            Completed: true,
            StatusCode: failed ? "Failed" : "Succeeded",
            StatusMessage: failed ? "retrieval failed" : "Succeeded",
          },
    );
  };

  return {
    kind,
    archives,
    unavailable,
    requests,
    failNext: () => {
      failing = true;
    },
    loseNextEvent: () => {
      losing = true;
    },
    expire(archiveId) {
      for (const [id, retrieval] of retrievals) {
        if (retrieval.archiveId !== archiveId || retrieval.state !== "ready") continue;
        retrieval.state = "expired";
        if (kind === "s3") {
          retrievals.delete(id);
          onEvent(s3Event("Delete", archiveId));
        }
      }
    },
    async inventory() {
      const stored = [...archives.keys()].map((archiveId) => {
        const jobId = descriptions.get(archiveId);
        return { archiveId, ...(jobId === undefined ? {} : { jobId }) };
      });
      return (async function* () {
        yield* stored;
      })();
    },
    async store(source, { description }) {
      const body = await buffer(await objects.read(source));
      count += 1;
      const archiveId = kind === "s3" ? `${source.key}.${count}` : `archive-${count}`;
      archives.set(archiveId, body);
      descriptions.set(archiveId, description);
      return { archiveId };
    },
    async requestRestore(archiveId, tier, description) {
      if (!archives.has(archiveId)) throw new ArchiveNotFoundError(`there is no archive ${archiveId}`);
      if (unavailable.has(tier)) throw new TierUnavailableError(`${tier} has no capacity`);
      requests.push({ archiveId, tier });
      count += 1;
      const requestId = kind === "s3" ? archiveId : `retrieval-${count}`;
      if (!retrievals.has(requestId)) {
        const retrieval: Retrieval = { archiveId, description, state: "in-progress" };
        const [failed, lost] = [failing, losing];
        failing = false;
        losing = false;
        retrievals.set(requestId, retrieval);
        if (kind === "s3") onEvent(s3Event("Post", archiveId));
        clock.at(clock.now() + restoreSeconds[tier] * 1000, () => finish(requestId, retrieval, failed, lost));
      }
      return { requestId, expectedSeconds: restoreSeconds[tier] };
    },
    async status({ archiveId, requestId }) {
      if (!archives.has(archiveId)) return "no-such-archive";
      const state = retrievals.get(requestId)?.state;
      return state === undefined || state === "expired" ? "not-requested" : state;
    },
    async open({ archiveId, requestId }) {
      const body = archives.get(archiveId);
      if (body === undefined || retrievals.get(requestId)?.state !== "ready") {
        throw new ArchiveNotFoundError(`archive ${archiveId} is not readable`);
      }
      return Readable.from([Buffer.from(body)], { objectMode: false });
    },
    async delete(archiveId) {
      archives.delete(archiveId);
    },
    async deleteAll({ archiveId, prefix }) {
      const found = kind === "s3" ? [...archives.keys()].filter((id) => id.startsWith(prefix)) : [archiveId ?? ""];
      for (const id of found) archives.delete(id);
    },
  };
}
