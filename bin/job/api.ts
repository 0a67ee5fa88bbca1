/** The service's API as the commands call it. Its document is at `/api/v1/openapi.json` of the service. */
import * as z from "zod";
import { jobStatuses } from "../../runtime/contract/job.ts";
import { type exitCodes, JobFailure } from "./failure.ts";
import { printable } from "./printable.ts";
import { type Attempt, type Retries, repeated } from "./retries.ts";
import type { Settings } from "./settings.ts";

/** What the commands look at; whatever else the service tells goes on to `--json` as it came. */
const jobSchema = z.looseObject({
  job_id: z.string(),
  job_name: z.string().optional(),
  job_note: z.string().optional(),
  input_file_name: z.string(),
  submit_time: z.number(),
  complete_time: z.number().optional(),
  job_status: z.enum(jobStatuses),
  progress_percent: z.number().optional(),
  progress_records: z.number().optional(),
  annotated_records: z.number().optional(),
  passed_through_records: z.number().optional(),
  skipped_records: z.number().optional(),
  verdict: z.string().optional(),
  notes: z.array(z.string()).optional(),
  failure_reason: z.string().optional(),
  failure_line: z.number().optional(),
  result_sha256: z.string().optional(),
  result: z.looseObject({
    state: z.string(),
    available_until: z.number().optional(),
    expected_time: z.number().optional(),
  }),
});
export type ApiJob = z.output<typeof jobSchema>;

const listSchema = z.looseObject({ jobs: z.array(jobSchema), next: z.string().optional() });
const problemSchema = z.looseObject({ type: z.string(), detail: z.string(), redirect: z.string().optional() });

/** An answer as far as the commands look at it. */
export interface Answer {
  readonly status: number;
  /** By name in small letters. */
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below the origin, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: object;
}

export interface Api {
  readonly origin: string;
  readonly retries: Retries;
  /** The answer to a request that may be repeated. @throws {JobFailure} unless it succeeds or leads elsewhere. */
  call(request: ApiRequest): Promise<Answer>;
  /** The same for a request that sends by itself; `send` may be called again. */
  deliver(send: (headers: Readonly<Record<string, string>>) => Promise<Answer>): Promise<Answer>;
  job(request: ApiRequest): Promise<ApiJob>;
  /** The user's newest jobs, page after page. */
  jobs(limit: number): AsyncGenerator<ApiJob>;
}

/** A call that has not come back by then has failed. */
const callSeconds = 60;
const pageMost = 100;

export function openApi({ origin, token }: Settings, retries: Retries): Api {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "application/json, application/problem+json, text/plain",
  };

  const deliver: Api["deliver"] = (send) =>
    repeated(retries, async () => {
      try {
        return judged(origin, await send(headers));
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        return { failure: unreachable(origin, error), again: true };
      }
    });

  const call: Api["call"] = ({ method, path, headers: own = {}, json }) => {
    let sent = 0;
    return deliver(async (common) => {
      sent += 1;
      const request = {
        method,
        redirect: "manual",
        headers: { ...common, ...(json === undefined ? {} : { "content-type": "application/json" }), ...own },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        signal: AbortSignal.timeout(callSeconds * 1000),
      } as const;
      try {
        const response = await fetch(`${origin}${path}`, request);
        const header = (name: string) => response.headers.get(name) ?? undefined;
        const text = await response.text();
        // The attempt whose answer was lost has deleted it.
        const goneBefore = method === "DELETE" && sent > 1 && response.status === 404;
        return { status: goneBefore ? 204 : response.status, header, text };
      } catch (error) {
        throw new ConnectionError(error);
      }
    });
  };

  return {
    origin,
    retries,
    call,
    deliver,
    job: async (request) => jobIn(origin, await call(request)),
    async *jobs(limit) {
      let path: string | undefined = `/api/v1/jobs?limit=${Math.min(limit, pageMost)}`;
      for (let left = limit; path !== undefined && left > 0; ) {
        const page: z.output<typeof listSchema> = parsed(origin, listSchema, await call({ method: "GET", path }));
        yield* page.jobs.slice(0, left);
        left -= page.jobs.length;
        // A path of this service, or the token would follow it to another.
        path = page.next?.startsWith("/api/v1/") ? page.next : undefined;
      }
    },
  };
}

export const jobPath = (id: string, below = ""): string => `/api/v1/jobs/${id}${below}`;

export const jobIn = (origin: string, answer: Answer): ApiJob => parsed(origin, jobSchema, answer);

/** The answer's JSON. @throws {JobFailure} when it is not of this shape. */
export function parsed<Shape extends z.ZodType>(origin: string, shape: Shape, { text }: Answer): z.output<Shape> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new JobFailure("unreachable", `${origin} does not answer as the service's API does; check the address`, {
      cause,
    });
  }
}

/** A request did not get there, or its answer did not come back. */
export class ConnectionError extends Error {
  constructor(cause: unknown) {
    super("the connection broke", { cause });
  }
}

function unreachable(origin: string, { cause: error }: ConnectionError): JobFailure {
  const { name, code, message, cause } = error as Error & { code?: string; cause?: { code?: string } };
  const why = name === "TimeoutError" ? `no answer within ${callSeconds} s` : (cause?.code ?? code ?? message);
  return new JobFailure("unreachable", `${origin} cannot be reached (${why}); check the address and the network`, {
    cause: error,
  });
}

/** Refusals that mean "not there (yet)". */
const notThere = new Set(["no-result", "restoring", "archived", "no-log", "no-companion"]);

function judged(origin: string, answer: Answer): Attempt<Answer> {
  const { status } = answer;
  if (status < 400) return { value: answer };
  const problem = problemOf(answer);
  const code = problem?.type.split(":").pop() ?? "";
  const more = problem?.redirect === undefined ? "" : ` ${origin}${printable(problem.redirect)}`;
  const said = problem === undefined ? `${origin} answers ${status}; check the address` : printable(problem.detail);
  const busy = status === 429 || status >= 500;
  const kind: keyof typeof exitCodes = notThere.has(code) ? "notThere" : busy ? "unreachable" : "refused";
  const after = Number(answer.header("retry-after"));
  return {
    failure: new JobFailure(kind, `${said}${more}`, { code }),
    again: busy || code === "submission-in-work",
    after: after > 0 ? after : undefined,
  };
}

function problemOf({ text }: Answer): z.output<typeof problemSchema> | undefined {
  try {
    return problemSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
