/** The service's API, as a program with a token uses it. */
import * as z from "zod";
import type { Evidence } from "../evidence/recorder.ts";
import { readAll } from "./browser.ts";

const apiJob = z.looseObject({
  job_id: z.string(),
  input_file_name: z.string().optional(),
  submit_time: z.number().optional(),
  job_status: z.string(),
  failure_reason: z.string().optional(),
  result: z.looseObject({ state: z.string() }).optional(),
});
export type ApiJob = z.output<typeof apiJob>;
const apiList = z.looseObject({ jobs: z.array(apiJob), next: z.string().optional() });

export interface ApiAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Headers;
}

export function createApi(url: string, token: string | undefined, evidence: Evidence) {
  async function call(path: string, init: RequestInit & { duplex?: "half" } = {}): Promise<ApiAnswer> {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    const asked = `${init.method ?? "GET"} /api/v1${path}`;
    try {
      const signal = AbortSignal.timeout(60_000);
      const response = await fetch(`${url}/api/v1${path}`, { ...init, headers, redirect: "manual", signal });
      const body = await readAll(response);
      const shown = response.status < 400 ? `${body.length} bytes` : body.toString("utf8").slice(0, 200);
      evidence.note(`${asked} → ${response.status}, ${shown}`);
      return { status: response.status, body, headers: response.headers };
    } catch (error) {
      const why = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
      evidence.note(`${asked} → no answer (${why})`);
      return { status: 0, body: Buffer.alloc(0), headers: new Headers() };
    }
  }

  function parsed<T>(answer: ApiAnswer, schema: z.ZodType<T>, wanted: number, what: string): T {
    const text = answer.body.toString("utf8");
    if (answer.status !== wanted) throw new Error(`${what} answered ${answer.status}: ${text.slice(0, 200)}`);
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new Error(`${what} answered something else than the API describes: ${text.slice(0, 200)}`, { cause });
    }
  }

  return {
    call,
    /** The body is the file. @throws {Error} unless it is taken. */
    async submit(fileName: string, content: string): Promise<ApiJob> {
      const answer = await call(`/jobs?file_name=${encodeURIComponent(fileName)}`, {
        method: "POST",
        headers: { "content-type": "text/plain" },
        body: content,
      });
      return parsed(answer, apiJob, 201, `the submission of ${fileName}`);
    },
    /** As a program that does not say how long its file is. */
    chunked(fileName: string, content: string): Promise<ApiAnswer> {
      const body = new Blob([content]).stream();
      const headers = { "content-type": "text/plain" };
      const path = `/jobs?file_name=${encodeURIComponent(fileName)}`;
      return call(path, { method: "POST", headers, body, duplex: "half" });
    },
    async show(jobId: string): Promise<ApiJob> {
      return parsed(await call(`/jobs/${jobId}`), apiJob, 200, `job ${jobId}`);
    },
    /** Every job, page after page. */
    async list(limit: number): Promise<{ jobs: ApiJob[]; pages: number }> {
      const jobs: ApiJob[] = [];
      let next: string | undefined = `/jobs?limit=${limit}`;
      let pages = 0;
      while (next !== undefined && pages < 100) {
        const page: z.output<typeof apiList> = parsed(await call(next), apiList, 200, "the list of jobs");
        jobs.push(...page.jobs);
        next = page.next?.replace(/^.*\/api\/v1/, "");
        pages += 1;
      }
      return { jobs, pages };
    },
  };
}
export type Api = ReturnType<typeof createApi>;
