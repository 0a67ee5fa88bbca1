/** The pages of the web service in each of their states. */
import type { Job } from "../../../runtime/contract/job.ts";
import type { User } from "../../../runtime/contract/user.ts";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { makeShareToken } from "../../../runtime/web/share-link.ts";
import { putResult, sampleText } from "../../runtime/web/support/result-job.ts";
import type { TestWeb } from "../../runtime/web/support/web.ts";
import { completedJob, pendingJob } from "../../support/memory.ts";

export interface Place {
  /** Of the page in this state; its pictures bear it. */
  readonly name: string;
  readonly path: string;
  /** Fields of a form that is posted to the path; omitted: the page is asked for. */
  readonly form?: Readonly<Record<string, string>>;
  /** Omitted: 200. */
  readonly status?: number;
  /** Makes the state, and takes it away. */
  readonly before?: () => void | Promise<void>;
  readonly after?: () => void;
}

export type Who = "visitor" | User["role"];

/** Nothing that a line could be broken at. */
const longName = `cohort_${"batch-of-many-samples_".repeat(8)}filtered.vcf.gz`;
const epoch = (web: TestWeb) => Math.floor(web.clock.now() / 1000);

/**
 * A job in each state, of the user who is signed in, and one of somebody else.
 *
 * @returns their ids by state, and `link`: the secret of the link to the one that is ready.
 */
export async function putJobs(web: TestWeb): Promise<Readonly<Record<string, string>>> {
  const now = epoch(web);
  const jobs = new Map<string, Job>();
  const keep = (state: string, job: Job) => {
    web.jobs.put(job);
    jobs.set(state, job);
  };
  const counts = { progress_records: 1_204, annotated_records: 1_000, passed_through_records: 204, skipped_records: 0 };
  keep("waiting", pendingJob(now, { input_file_name: longName }));
  const running = { job_status: "RUNNING", attempts: 2, progress_percent: 41, progress_records: 12_345 } as const;
  keep("running", pendingJob(now - 60, running));
  keep("cancelled", pendingJob(now - 90, { job_status: "CANCELLED", complete_time: now - 80 }));
  keep(
    "failed",
    pendingJob(now - 95, {
      job_status: "FAILED",
      complete_time: now - 94,
      failure_line: 12_031,
      failure_reason: `POS has “12,O31”, which is no number: ${"A".repeat(120)}`,
    }),
  );
  const named = { job_name: "Trio 7, second reading", job_note: `Sequenced in May.\n${longName}` };
  jobs.set("ready", await putResult(web, await sampleText(), { ...counts, ...named }));
  const bare = completedJob(now - 110, { input_file_name: longName });
  keep("without-index", bare);
  const ref = { bucket: bare.s3_results_bucket ?? "", key: bare.s3_key_result_file ?? "" };
  web.objects.put(ref, `##fileformat=VCFv4.2\n${"1\t1\t.\tA\tC\t.\t.\tX\n".repeat(300)}`);
  web.objects.put(
    { bucket: ref.bucket, key: bare.s3_key_log_file ?? "" },
    `${"records in: 1 ".repeat(30)}\n`.repeat(90),
  );
  keep(
    "incomplete",
    completedJob(now - 120, {
      ...counts,
      skipped_records: 3,
      notes: ["3 records could not be read; the first is in line 77"],
      rerun_of: bare.job_id,
    }),
  );
  const none = { progress_records: 5, annotated_records: 0, passed_through_records: 5, skipped_records: 0 };
  keep("unannotated", completedJob(now - 130, { ...none, notes: ["The header names GRCh37"] }));
  keep("due", completedJob(now - 1_900, { archive_due_time: now - 100 }));
  keep("archived", completedJob(now - 4_000, { result_state: "ARCHIVED", results_file_archive_id: "archive-1" }));
  keep(
    "restoring",
    completedJob(now - 5_000, { result_state: "RESTORING", restore_expected_time: now + 240, restoring: "yes" }),
  );
  keep("foreign", completedJob(now, { user_id: "somebody-else" }));
  const link = share(web, jobs.get("ready"));
  return { ...Object.fromEntries([...jobs].map(([state, { job_id }]) => [state, job_id])), link };
}

function share(web: TestWeb, job: Job | undefined): string {
  if (job === undefined) throw new Error("no job is ready");
  const { token, hash } = makeShareToken(job.job_id);
  web.jobs.put({ ...job, share_hash: hash, share_until: epoch(web) + 7 * 86_400 });
  return token;
}

const jobPages = (ids: Readonly<Record<string, string>>): Place[] =>
  Object.entries(ids)
    .filter(([state]) => state !== "foreign" && state !== "link")
    .map(([state, id]) => ({ name: `job-${state}`, path: `/annotations/${id}` }));

function resultPages(ids: Readonly<Record<string, string>>): Place[] {
  const base = `/annotations/${ids.ready}/result`;
  return [
    { name: "result", path: base },
    {
      name: "result-filtered",
      path: `${base}?significance=Pathogenic&type=deletion&column=id&column=alt&sort=quality`,
    },
    { name: "result-none", path: `${base}?q=chrX:1-2` },
    { name: "result-record", path: `${base}/variants/300` },
    { name: "result-without-index", path: `/annotations/${ids["without-index"]}/result` },
    { name: "log", path: `/annotations/${ids["without-index"]}/log` },
    { name: "refused-filter", path: `${base}?quality=high`, status: 400 },
    { name: "refused-page", path: `${base}?from=99999999`, status: 400 },
    { name: "refused-record", path: `${base}/variants/99999999`, status: 400 },
  ];
}

function withTokens(web: TestWeb): void {
  const user = web.users.users.get("user-1");
  if (user === undefined) throw new Error("nobody is signed in");
  const labels = ["cluster submit script", `notebook ${"x".repeat(60)}`];
  web.users.put({ ...user, api_tokens: labels.map((label) => newApiToken("user-1", label, web.clock).stored) });
}

function profilePages(web: TestWeb): Place[] {
  return [
    { name: "profile", path: "/profile" },
    { name: "profile-tokens", path: "/profile", before: () => withTokens(web) },
    { name: "profile-new-token", path: "/profile/tokens", form: { label: "pipeline" } },
    { name: "profile-token-refused", path: "/profile/tokens", form: { label: "" }, status: 400 },
    { name: "profile-saved", path: "/profile?saved&address=sent" },
    { name: "profile-mails", path: "/profile?mails" },
    { name: "profile-old-link", path: "/profile?address=old-link" },
    { name: "profile-refused", path: "/profile", form: { name: "", email: "nowhere", institution: "" }, status: 400 },
  ];
}

const paying = (web: TestWeb): Place[] => [
  { name: "subscribe", path: "/subscribe" },
  { name: "subscribe-size", path: "/subscribe?reason=size&size=200000" },
  { name: "subscribe-archived", path: "/subscribe?reason=archived" },
  { name: "subscribe-keep", path: "/subscribe?reason=keep" },
  { name: "subscribe-no-card", path: "/subscribe", form: { setup_intent: "" }, status: 402 },
  {
    name: "error-payments-misconfigured",
    path: "/subscribe",
    status: 500,
    before: () => void Object.assign(web.payments, { wrong: "No such price" }),
    after: () => void Object.assign(web.payments, { wrong: undefined }),
  },
  {
    name: "error-payments-down",
    path: "/subscribe",
    status: 503,
    before: () => void Object.assign(web.payments, { down: true }),
    after: () => void Object.assign(web.payments, { down: false }),
  },
];

function refusals(ids: Readonly<Record<string, string>>): Place[] {
  return [
    { name: "error-400", path: "/annotate/job", status: 400 },
    { name: "error-400-name", path: "/annotate/plain?file_name=trio.txt", status: 400 },
    { name: "error-403", path: `/annotations/${ids.foreign}`, status: 403 },
    { name: "error-404-job", path: "/annotations/nothing", status: 404 },
    { name: "error-405", path: "/annotate/upload", status: 405 },
    { name: "error-404-result", path: `/annotations/${ids.due}/result`, status: 404 },
    { name: "error-409", path: `/annotations/${ids.archived}/cancel`, form: {}, status: 409 },
    { name: "error-410", path: `/annotations/${ids.failed}/resubmit`, form: {}, status: 410 },
    { name: "error-413", path: "/profile", form: { name: "A".repeat(20_000) }, status: 413 },
  ];
}

const everybodys = ({ link }: Readonly<Record<string, string>>): Place[] => [
  { name: "home", path: "/" },
  { name: "api", path: "/api/v1/docs" },
  { name: "shared", path: `/shared/${link}` },
  { name: "shared-record", path: `/shared/${link}/variants/300` },
  { name: "error-410-link", path: "/shared/ended", status: 410 },
  { name: "error-404", path: `/${"nowhere".repeat(30)}`, status: 404 },
];

/** What somebody may come to; names begin with the person, so that the pictures stand together. */
export function webPlaces(who: Who, ids: Readonly<Record<string, string>>, web: TestWeb): Place[] {
  const signedIn: Place[] = [
    { name: "annotate", path: "/annotate" },
    { name: "annotate-plain", path: "/annotate/plain?file_name=trio.vcf.gz" },
    { name: "jobs", path: "/annotations" },
  ];
  // What is the same on every plan is looked at once.
  const { archived = "", ready = "" } = ids;
  const places = {
    visitor: [],
    free_user: [
      ...signedIn,
      ...jobPages(ids),
      { name: "job-delete", path: `/annotations/${ids.ready}/delete` },
      { name: "job-delete-archived", path: `/annotations/${ids.archived}/delete` },
      ...profilePages(web),
      ...resultPages(ids),
      ...paying(web),
      ...refusals(ids),
    ],
    premium_user: [
      ...signedIn,
      ...jobPages({ archived, ready }),
      { name: "profile", path: "/profile" },
      { name: "subscribe-already", path: "/subscribe" },
      { name: "subscribe-welcome", path: "/subscribe?welcome" },
    ],
  }[who];
  return [...(who === "premium_user" ? [] : everybodys(ids)), ...places].map((place) => ({
    ...place,
    name: `${who}-${place.name}`,
  }));
}
