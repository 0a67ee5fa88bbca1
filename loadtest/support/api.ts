/** The service's API for programs, by a bearer token. */
import { check } from "k6";
import http, { type RefinedParams, type RefinedResponse } from "k6/http";
import { apiTimeout, target, tokens } from "./parameters.ts";

const all = tokens();

export interface Job {
  readonly job_id: string;
  readonly job_status: string;
  readonly has_log: boolean;
}

type Params = RefinedParams<"text">;
type Answer = RefinedResponse<"text">;

/** Each virtual user keeps to one token. */
const params = (name: string, headers: Readonly<Record<string, string>> = {}): Params => ({
  tags: { name },
  timeout: apiTimeout,
  responseType: "text",
  headers: { authorization: `Bearer ${all[(__VU + all.length - 1) % all.length]}`, ...headers },
});

const get = (name: string, path: string): Answer => http.get(`${target}/api/v1${path}`, params(name));

/** What the answer holds, where it is the wanted one. */
const contents = <T>(answer: Answer, status: number): T | undefined =>
  answer.status === status ? (answer.json() as T) : undefined;

/** A small VCF of known alleles. The name is its own, so that two jobs are never the same. */
const vcf = [
  "##fileformat=VCFv4.2",
  "##contig=<ID=17>",
  "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
  "17\t43045712\t.\tT\tC\t.\t.\t.",
  "17\t43045751\t.\tC\tT\t.\t.\t.",
  "17\t43047650\t.\tG\tT\t.\t.\t.",
  "17\t43091434\t.\tT\tC\t.\t.\t.",
  "",
].join("\n");

export function submit(): Job | undefined {
  const query = `file_name=loadtest-${__VU}-${__ITER}.vcf`;
  const answer = http.post(`${target}/api/v1/jobs?${query}`, vcf, params("submit", { "content-type": "text/x-vcf" }));
  check(answer, { "the job is taken: 201": ({ status }) => status === 201 });
  return contents<Job>(answer, 201);
}

export function list(): readonly Job[] {
  const answer = get("list", "/jobs?limit=20");
  check(answer, { "the list is there: 200": ({ status }) => status === 200 });
  return contents<{ jobs: Job[] }>(answer, 200)?.jobs ?? [];
}

export function show(id: string): Job | undefined {
  const answer = get("detail", `/jobs/${id}`);
  check(answer, {
    "the job is there: 200": ({ status }) => status === 200,
    "it has not failed": (found) => contents<Job>(found, 200)?.job_status !== "FAILED",
  });
  return contents<Job>(answer, 200);
}

export function log(id: string): void {
  const answer = get("log", `/jobs/${id}/log`);
  check(answer, {
    "the log is there: 200": ({ status }) => status === 200,
    "it accounts for records": ({ body }) => typeof body === "string" && body.length > 0,
  });
}
