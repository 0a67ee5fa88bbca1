import { countsInWords, verdictOf } from "../../contract/findings.ts";
import type { Job } from "../../contract/job.ts";
import type { User } from "../../contract/user.ts";
import { type ResultAccess, refreshSeconds, resultAccess } from "../results.ts";
import { formatBytes, formatCount, formatDuration } from "./format.ts";
import { StateBadge } from "./jobs.tsx";
import { Time } from "./time.tsx";

export interface JobView {
  readonly user: User;
  readonly job: Job;
  readonly retentionSeconds: number;
  /** Epoch seconds. */
  readonly now: number;
}

export function JobPage(view: JobView) {
  return (
    <>
      <p class="crumb">
        <a href="/annotations">Jobs</a>
      </p>
      <JobDetails {...view} />
    </>
  );
}

/** The part of the page that refreshes itself. */
export function JobDetails({ user, job, retentionSeconds, now }: JobView) {
  const access = resultAccess(job, user, retentionSeconds);
  const seconds = refreshSeconds(job, access);
  const base = `/annotations/${job.job_id}`;
  return (
    <div
      id="live"
      {...(seconds === undefined ? {} : { "data-live": `${base}?fragment=1`, "data-live-seconds": seconds })}
    >
      <div class="heading">
        <h1 class="file">{job.input_file_name}</h1>
        <span role="status">
          <StateBadge job={job} />
        </span>
      </div>

      {job.job_status === "RUNNING" && <Running job={job} />}
      {job.job_status === "PENDING" && (
        <p class="note">Waiting for a free worker. You may close this page: an e-mail tells when it is done.</p>
      )}
      {job.job_status === "FAILED" && <Failed job={job} />}
      {job.job_status === "CANCELLED" && <p class="note">This job was cancelled before it was finished.</p>}
      {job.job_status === "COMPLETED" && <Notes job={job} />}
      <Result job={job} access={access} base={base} now={now} />

      <section aria-labelledby="about">
        <h2 id="about">About this job</h2>
        <dl class="facts">
          <dt>Requested</dt>
          <dd>
            <Time at={job.submit_time} />
          </dd>
          {job.complete_time !== undefined && (
            <>
              <dt>{job.job_status === "COMPLETED" ? "Completed" : "Ended"}</dt>
              <dd>
                <Time at={job.complete_time} /> ({after(job.complete_time - job.submit_time)})
              </dd>
            </>
          )}
          {job.job_status === "COMPLETED" && job.progress_records !== undefined && (
            <>
              <dt>Records</dt>
              <dd>{countsInWords(job) ?? formatCount(job.progress_records)}</dd>
            </>
          )}
          <dt>Input</dt>
          <dd>
            <a href={`${base}/input`}>{job.input_file_name}</a>
            {job.input_bytes !== undefined && ` (${formatBytes(job.input_bytes)})`}
          </dd>
          {job.s3_key_log_file !== undefined && (
            <>
              <dt>Log</dt>
              <dd>
                <a href={`${base}/log`}>View the log</a>
              </dd>
            </>
          )}
          <dt>Job</dt>
          <dd>
            <code>{job.job_id}</code>
          </dd>
        </dl>
      </section>
    </div>
  );
}

function Running({ job }: { job: Job }) {
  const percent = job.progress_percent ?? 0;
  return (
    <section class="panel" aria-labelledby="progress">
      <h2 id="progress">
        Annotating <output>{percent} %</output>
      </h2>
      <progress max="100" value={percent} aria-labelledby="progress" />
      <p class="faint">
        {formatCount(job.progress_records ?? 0)} records read so far
        {(job.attempts ?? 1) > 1 && `, attempt ${job.attempts}: an earlier worker went away and another has taken over`}
        .
      </p>
    </section>
  );
}

function Failed({ job }: { job: Job }) {
  return (
    <section class="panel bad" aria-labelledby="failed">
      <h2 id="failed">This file could not be annotated</h2>
      <p>
        {job.failure_line !== undefined && <strong>Line {formatCount(job.failure_line)}: </strong>}
        {job.failure_reason ?? "No reason was given."}
      </p>
      <p>
        Correct the file and <a href="/annotate">submit it again</a>.
      </p>
    </section>
  );
}

const resultHeadings = {
  annotated: "The result is ready",
  incomplete: "The result lacks records of the file",
  unannotated: "The result is the file with nothing added",
} as const;

/** What to know of the file, and that nothing was annotated, if so. */
function Notes({ job }: { job: Job }) {
  const { notes = [] } = job;
  const verdict = verdictOf(job);
  if (notes.length === 0 && verdict === "annotated") return null;
  return (
    <section class="panel warning" aria-labelledby="notes">
      <h2 id="notes">{verdict === "unannotated" ? "Nothing was annotated" : "To know of this file"}</h2>
      <p>{countsInWords(job)}.</p>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}.</li>
        ))}
      </ul>
    </section>
  );
}

function Result({ job, access, base, now }: { job: Job; access: ResultAccess; base: string; now: number }) {
  const size = job.result_bytes === undefined ? "" : ` (${formatBytes(job.result_bytes)})`;
  switch (access.kind) {
    case "none":
      return null;
    case "available":
      return (
        <section class={`panel ${verdictOf(job) === "annotated" ? "good" : "warning"}`} aria-labelledby="result">
          <h2 id="result">{resultHeadings[verdictOf(job)]}</h2>
          <p class="actions">
            <a class="button" href={`${base}/result`}>
              View the result
            </a>
            <a class="button secondary outline" href={`${base}/result/download`}>
              Download{size}
            </a>
          </p>
          {access.until !== undefined && (
            <p class="faint">
              {access.until > now ? (
                <>
                  On the free plan it stays here until <Time at={access.until} /> (another{" "}
                  {formatDuration(access.until - now)}), then it moves to the archive.
                </>
              ) : (
                <>The free period is over: it is about to move to the archive.</>
              )}{" "}
              <a href="/subscribe?reason=keep">Premium keeps it.</a>
            </p>
          )}
        </section>
      );
    case "upgrade":
      return (
        <section class="panel archive" aria-labelledby="result">
          <h2 id="result">The result is in the archive</h2>
          <p>The free period is over. It is kept safely; with premium it and all your other results come back.</p>
          <p class="actions">
            <a class="button premium" href="/subscribe?reason=archived">
              Upgrade to premium to download
            </a>
          </p>
        </section>
      );
    case "archived":
      return (
        <section class="panel archive" aria-labelledby="result">
          <h2 id="result">The result is being fetched from the archive</h2>
          <p>
            As a premium user you get it back. This usually starts within a minute of upgrading; if nothing happens, ask
            again.
          </p>
          <form method="post" action={`${base}/restore`}>
            <button type="submit" class="secondary outline">
              Ask for it again
            </button>
          </form>
        </section>
      );
    case "restoring":
      return (
        <section class="panel archive" aria-labelledby="result">
          <h2 id="result">The result is being restored</h2>
          <p>
            It is on its way back from the archive, expected <strong>{expected(access.expectedTime, now)}</strong>. This
            page shows it as soon as it is here.
          </p>
          <progress aria-label="Being restored" />
        </section>
      );
  }
}

const after = (seconds: number): string => (seconds < 1 ? "in under a second" : `after ${formatDuration(seconds)}`);

/** "in about 4 minutes", "in about 5 hours", "any moment now". */
export function expected(time: number | undefined, now: number): string {
  if (time === undefined) return "within a few hours";
  const left = time - now;
  return left < 15 ? "any moment now" : `in about ${formatDuration(left)}`;
}
