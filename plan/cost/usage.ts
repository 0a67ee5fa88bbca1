/**
 * What the declaration cannot say: how much the service is used. Every number has a default, bounds and a flag; what one job
 * or one request makes of them stands below as data.
 */
import { uploadBytesMost } from "../../runtime/contract/limits.ts";
import type { PriceKey } from "./catalog.ts";

export interface UsageField {
  readonly flag: string;
  readonly otherwise: number;
  readonly min: number;
  readonly max: number;
  /** `bytes` may be given as 5MB. */
  readonly unit: string;
  readonly what: string;
}

const whole = 1e9;

/** Per stack. A month is 730 h. */
export const usageFields = {
  jobs: { flag: "--jobs", otherwise: 1000, min: 0, max: whole, unit: "jobs", what: "jobs a month" },
  inputBytes: {
    flag: "--input-size",
    otherwise: 100_000,
    min: 1,
    max: uploadBytesMost,
    unit: "bytes",
    what: "size of an input in bytes; free users may upload 150 KB",
  },
  resultRatio: {
    flag: "--result-ratio",
    otherwise: 6,
    min: 0,
    max: 1000,
    unit: "times",
    what: "bytes of result per byte of input; 5.9 on the sample that is shipped, less for files with genotypes",
  },
  jobSeconds: {
    flag: "--job-seconds",
    otherwise: 5,
    min: 0.1,
    max: 43_200,
    unit: "seconds",
    what: "how long one job keeps a worker busy",
  },
  requests: {
    flag: "--requests",
    otherwise: 20_000,
    min: 0,
    max: 1e12,
    unit: "requests",
    what: "requests to the balancer a month: page views, polls, API",
  },
  responseBytes: {
    flag: "--response-size",
    otherwise: 8000,
    min: 0,
    max: uploadBytesMost,
    unit: "bytes",
    what: "average size of the balancer's answers, in bytes",
  },
  premiumPercent: {
    flag: "--premium",
    otherwise: 10,
    min: 0,
    max: 100,
    unit: "percent",
    what: "percentage of jobs from premium users, whose results are not archived",
  },
  restores: {
    flag: "--restores",
    otherwise: 10,
    min: 0,
    max: whole,
    unit: "results",
    what: "archived results restored a month",
  },
  downloads: {
    flag: "--downloads",
    otherwise: 1,
    min: 0,
    max: 1000,
    unit: "times",
    what: "how often a result leaves AWS",
  },
  keptMonths: {
    flag: "--kept-months",
    otherwise: 1,
    min: 0,
    max: 600,
    unit: "months",
    what: "months of jobs that are stored",
  },
  activeHours: {
    flag: "--active-hours",
    otherwise: 40,
    min: 0.1,
    max: 730,
    unit: "hours",
    what: "hours of the month over which jobs and requests are spread evenly",
  },
  upHours: {
    flag: "--up-hours",
    otherwise: 730,
    min: 0.1,
    max: 730,
    unit: "hours",
    what: "hours of the month the stack stands; below 730, it is taken down for the rest",
  },
  spotPercent: {
    flag: "--spot-price",
    otherwise: 40,
    min: 1,
    max: 100,
    unit: "percent",
    what: "spot price in percent of on-demand; it varies and is not a list price",
  },
} as const satisfies Record<string, UsageField>;

export type UsageKey = keyof typeof usageFields;
export type Usage = Readonly<Record<UsageKey, number>>;

/** What a mistake says: flag, value, bounds. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

function checkField(key: UsageKey, value: number): string | undefined {
  const { flag, min, max, unit } = usageFields[key];
  if (Number.isFinite(value) && value >= min && value <= max) return undefined;
  return `${flag} ${value}: give ${min.toLocaleString("en")} to ${max.toLocaleString("en")} ${unit}`;
}

/** The given numbers, and defaults for the rest. @throws {UsageError} naming every number out of bounds. */
export function usageOf(given: Readonly<Partial<Record<UsageKey, number>>> = {}): Usage {
  const keys = Object.keys(usageFields) as UsageKey[];
  const usage = Object.fromEntries(keys.map((key) => [key, given[key] ?? usageFields[key].otherwise])) as Usage;
  const mistakes = keys.flatMap((key) => checkField(key, usage[key]) ?? []);
  // A stack that stands for less than the default's active hours is in use all the while.
  const activeHours = given.activeHours ?? Math.min(usage.activeHours, usage.upHours);
  if (activeHours > usage.upHours) {
    mistakes.push(`--active-hours ${activeHours}: the stack stands for ${usage.upHours} h only (--up-hours)`);
  }
  if (usage.restores > usage.jobs * usage.keptMonths && given.restores !== undefined) {
    mistakes.push(`--restores ${usage.restores}: only ${usage.jobs * usage.keptMonths} results are kept`);
  }
  if (mistakes.length > 0) throw new UsageError(mistakes.join("\n"));
  const restores = Math.min(usage.restores, usage.jobs * usage.keptMonths);
  return { ...usage, activeHours, restores };
}

/**
 * AWS calls of one job, counted by the gateway of a local run (sign-in, pages and health checks not among them). SNS's
 * deliveries to queues are requests of the queue.
 */
export const callsPerJob = {
  /** Create, two publications, claim, completion, mail: one write each, of an item under 1 KB. */
  tableWrites: 7,
  /** Claim of the archive and its end. */
  archiveWrites: 2,
  /** Consistent reads of items under 4 KB, by workers and by pages about the job. */
  tableReads: 12,
  /** The upload; the log. The result is written in one call, or in parts. */
  inputPuts: 1,
  logPuts: 1,
  /** The tabix index and the summary of a result; the bgzip file is written in one call, or in parts. */
  companionPuts: 2,
  /** What the archiver looks at before and after it removes bgzip file, index and summary. */
  companionGets: 6,
  inputGets: 2,
  resultGets: 2,
  archiveGets: 2,
  /** Delivery, receipt, deletion, and one renewed or moved invisibility. */
  queueRequests: 4,
} as const;

/** A restored result: request, copy, check, deletion, and the item's writes. */
export const callsPerRestore = { tableWrites: 3, archiveGets: 2 } as const;

/** Bytes and rates that are neither declared nor worth a flag. */
export const assumed = {
  /** A larger result is uploaded in parts of this size, between a call that begins and one that ends it. */
  partBytes: 8 * 1024 ** 2,
  /** Bgzip file, tabix index and summary, per byte of the result: 0.25 with one sample, less with many. */
  companionShare: 0.25,
  /** The log file of a job. */
  jobLogBytes: 2300,
  /** A job item with all its attributes, in the table and in an index. */
  itemBytes: 1000,
  /** What the services log. */
  logBytesPerRequest: 500,
  logBytesPerJob: 8000,
  logBytesPerInstanceHour: 100_000,
  /** CloudWatch stores logs compressed. */
  logCompression: 0.2,
  /** A line of the balancer's access log, compressed, and how often each zone writes a file. */
  accessLogBytes: 120,
  accessLogFilesPerHour: 12,
  /** S3's record of one request. */
  requestRecordBytes: 500,
  /** Replaced and deleted versions, until their rule removes them, in a versioned bucket. */
  versioningShare: 0.05,
  /** One bundle of code, and those of earlier deployments that stay for a roll-back. */
  bundleBytes: 5_000_000,
  bundlesKept: 5,
  /** The two reads of a web instance's health check, as often as balancers in two zones ask. */
  healthReadsPerInstanceHour: 1440,
  /** An API call and its answer over a NAT gateway. */
  callBytes: 3000,
  /** S3 bills an archived object with 32 KB more at the archive's price and 8 KB at the standard one. */
  archiveIndexBytes: 32_768,
  archiveNameBytes: 8192,
  /** An archive is billed for so many months at least. */
  archiveMonthsMin: 3,
} as const;

export const hoursPerMonth = 730;

/** Retrieval tier → keys; Bulk is free of charge. */
export const retrievalKeys: Readonly<
  Record<"s3" | "vault", Readonly<Record<string, { request: PriceKey; gb: PriceKey }>>>
> = {
  s3: {
    Expedited: { request: "s3.glacier.expedited.request", gb: "s3.glacier.expedited.gb" },
    Standard: { request: "s3.glacier.standard.request", gb: "s3.glacier.standard.gb" },
  },
  vault: {
    Expedited: { request: "glacier.expedited.request", gb: "glacier.expedited.gb" },
    Standard: { request: "glacier.standard.request", gb: "glacier.standard.gb" },
  },
};
