/**
 * Where a waiting job stands. The index of jobs that have not ended is looked at every ten seconds at most, and only while somebody
 * asks; from how many have left it between two looks follows when a job may start.
 */
import type { Job } from "../contract/job.ts";
import { epochSeconds } from "../jobs/ports.ts";
import type { WebPorts } from "./ports.ts";

export interface QueuePlace {
  /** Jobs submitted before that have not ended, those at work included. */
  readonly before: number;
  /** There may be more: the look ended at its bound. */
  readonly orMore: boolean;
  /** By when, epoch seconds, the jobs before will have left at the pace of the last minutes. Absent while that is not known. */
  readonly startTime?: number;
}

/** @returns undefined: the job does not wait, it is in the express lane, or the index could not be read. */
export type PlaceInQueue = (job: Job) => Promise<QueuePlace | undefined>;

/** Oldest jobs looked at: a page of the index, 12 read units. */
const lookMax = 1_000;
const everySeconds = 10;
/** What the pace is taken from. */
const paceSeconds = { least: 30, most: 600 };
/** Fewer departures say nothing of a pace. */
const departuresMin = 3;

interface Look {
  /** Epoch seconds. */
  readonly at: number;
  readonly waiting: readonly Pick<Job, "job_id" | "submit_time">[];
}

export function createPlaceInQueue({ jobs, clock, log }: Pick<WebPorts, "jobs" | "clock" | "log">): PlaceInQueue {
  let looks: readonly Look[] = [];
  let looking: Promise<void> | undefined;

  async function look(at: number): Promise<void> {
    const { items } = await jobs.listAwaiting("ending", at + 1, { limit: lookMax });
    looks = [...looks.filter((past) => past.at >= at - paceSeconds.most), { at, waiting: items }];
  }

  return async (job) => {
    // In the express lane others count than those that were submitted before.
    if (job.job_status !== "PENDING" || job.lane !== undefined) return undefined;
    const now = epochSeconds(clock);
    const last = looks.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    if (now - last >= everySeconds) looking ??= look(now).finally(() => (looking = undefined));
    try {
      await looking;
    } catch (err) {
      log.warn({ err }, "the queue could not be looked at");
      return undefined;
    }
    return placeIn(looks, job, now);
  };
}

/** Pure. @param looks the oldest first. */
function placeIn(looks: readonly Look[], job: Job, now: number): QueuePlace | undefined {
  const latest = looks.at(-1);
  if (latest === undefined) return undefined;
  const before = latest.waiting.filter(({ submit_time }) => submit_time < job.submit_time).length;
  if (before >= lookMax) return { before, orMore: true };
  const pace = paceOf(looks, latest);
  return { before, orMore: false, ...(pace === undefined ? {} : { startTime: now + Math.round(before / pace) }) };
}

/** Jobs a second that have left between the oldest look and the latest. */
function paceOf(looks: readonly Look[], latest: Look): number | undefined {
  const oldest = looks[0];
  if (oldest === undefined || latest.at - oldest.at < paceSeconds.least) return undefined;
  const still = new Set(latest.waiting.map(({ job_id }) => job_id));
  const left = oldest.waiting.filter(({ job_id }) => !still.has(job_id)).length;
  return left < departuresMin ? undefined : left / (latest.at - oldest.at);
}
