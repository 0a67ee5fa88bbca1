/** What is loaded: a service that answers, and how AWS is asked about it. A local run tells the pace of its time and its gateway. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromIni } from "@aws-sdk/credential-providers";
import * as z from "zod";
import type { Distribution } from "../../../scaling/simulate/distribution.ts";

const distribution: z.ZodType<Distribution> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("deterministic") }),
  z.object({ kind: z.literal("exponential") }),
  z.object({ kind: z.literal("lognormal"), variation: z.number() }),
]);

const capacity = z.discriminatedUnion("kind", [
  z.object({
    group: z.string(),
    kind: z.literal("web"),
    rate: z.number(),
    concurrency: z.number().optional(),
    queueLimit: z.number().optional(),
    shared: z.object({ rate: z.number() }).optional(),
    clientSeconds: z.number().optional(),
    distribution,
  }),
  z.object({ group: z.string(), kind: z.literal("workers"), jobSeconds: z.number(), distribution }),
]);
/** What an instance is held to by the local runner: a handicap, not a measurement. */
export type Capacity = z.output<typeof capacity>;

// The part of the console's view that is read here; the rest may change.
const viewSchema = z.object({
  time: z.number(),
  localTime: z.number(),
  speed: z.number().positive(),
  endpoint: z.url(),
  region: z.string(),
  capacities: z.array(capacity).default([]),
});

/** Options of an SDK client. */
export interface AwsSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: ReturnType<typeof fromIni>;
  /** Nothing waits for ever for an endpoint that has died. Milliseconds. */
  readonly requestHandler?: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

const requestHandler: NonNullable<AwsSettings["requestHandler"]> = {
  connectionTimeout: 5_000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true,
};

export interface Target {
  /** Origin, without a slash at the end. */
  readonly url: string;
  readonly local: boolean;
  /** Seconds of its time in one second. */
  readonly speed: number;
  /** AWS's time of a moment of the wall clock; both in epoch milliseconds. */
  readonly awsTime: (wall: number) => number;
  /** How AWS is asked about it; a local run tells its own region. */
  readonly aws: (region: string) => AwsSettings;
  readonly capacities: readonly Capacity[];
}

const answerWithin = 10_000;

async function ask(url: string, path: string): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, { redirect: "manual", signal: AbortSignal.timeout(answerWithin) });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    const why = cause?.code ?? cause?.message ?? message;
    throw new Error(`nothing answers at ${url} (${why}): is the service up, and is the address right?`, {
      cause: error,
    });
  }
}

/** The view of a local runner; `undefined`: there is none behind this address. */
async function viewOf(url: string): Promise<z.output<typeof viewSchema> | undefined> {
  const answer = await ask(url, "/_local/view.json");
  if (answer.status !== 200 || !(answer.headers.get("content-type") ?? "").includes("json")) return undefined;
  const parsed = viewSchema.safeParse(await answer.json());
  if (parsed.success) return parsed.data;
  throw new Error(`the runner at ${url} tells too little of itself: ${z.prettifyError(parsed.error)}`);
}

const profileName = "annofarm";

/** The profile that the runner writes for whoever asks its gateway. @throws {Error} when it is another run's, or missing. */
function profileOf(stateDirectory: string, endpoint: string) {
  const file = join(stateDirectory, "aws.config");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`${file} is not there: give --state the directory that annofarm local was given`, { cause });
  }
  const found = /^endpoint_url = (.+)$/m.exec(text)?.[1];
  if (found !== endpoint) {
    throw new Error(
      `${file} leads to ${found}, but the run to be loaded is at ${endpoint}: give --state its directory`,
    );
  }
  return fromIni({ profile: profileName, configFilepath: file, filepath: file });
}

const isLoopback = (url: URL) => ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);

/** @throws {Error} naming what was given, when it is no origin. */
function originOf(given: string): URL {
  const url = URL.parse?.(given) ?? (URL.canParse(given) ? new URL(given) : undefined);
  const plain = url !== undefined && url !== null && /^https?:$/.test(url.protocol);
  if (plain && url.pathname === "/" && url.search === "" && url.username === "") return url;
  const shown = url?.username ? "an address with a password" : given;
  throw new Error(`--target ${shown} is neither local nor the origin of a service, such as https://gas.example.org`);
}

/**
 * Asks the target whether it takes part, before any load.
 *
 * @param given `local`, or an origin; one of this machine may be a local runner's.
 * @throws {Error} when nothing answers, or the service refuses.
 */
export async function findTarget(given: string, stateDirectory: string): Promise<Target> {
  const url = originOf(given === "local" ? "http://localhost:8080" : given);
  const answer = await ask(url.origin, "/healthz");
  await answer.body?.cancel();
  if (answer.status !== 200) {
    throw new Error(`${url.origin} refuses: GET /healthz answers ${answer.status}; load would only measure its errors`);
  }
  const view = isLoopback(url) ? await viewOf(url.origin) : undefined;
  if (view === undefined) {
    if (given === "local")
      throw new Error(`what answers at ${url.origin} is no annofarm local: start it with npm start`);
    const { AWS_ENDPOINT_URL: endpoint } = process.env;
    const aws = (region: string) => ({ region, requestHandler, ...(endpoint === undefined ? {} : { endpoint }) });
    return { url: url.origin, local: false, speed: 1, awsTime: (wall) => wall, aws, capacities: [] };
  }
  const { time, localTime, speed, endpoint, region, capacities } = view;
  const aws = { region, endpoint, credentials: profileOf(stateDirectory, endpoint), requestHandler };
  return {
    url: url.origin,
    local: true,
    speed,
    awsTime: (wall) => localTime + (wall - time) * speed,
    aws: () => aws,
    capacities,
  };
}
