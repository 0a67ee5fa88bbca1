import { countsInWords, verdictOf } from "../../contract/findings.ts";
import type { Job } from "../../contract/job.ts";
import type { User } from "../../contract/user.ts";
import { isEnded } from "../../jobs/annotation.ts";
import { secondsLeft } from "../progress.ts";
import type { QueuePlace } from "../queue-place.ts";
import { refreshSeconds, resultAccess } from "../results.ts";
import { formatBytes, formatCount, formatDuration } from "./format.ts";
import { JobLabel, type LabelView } from "./job-label.tsx";
import { JobResult } from "./job-result.tsx";
import { JobShare } from "./job-share.tsx";
import { StateBadge } from "./jobs.tsx";
import { Time } from "./time.tsx";

export interface JobView {
  readonly user: User;
  readonly job: Job;
  /** Of a job that waits, where known. */
  readonly place: QueuePlace | undefined;
  readonly retentionSeconds: number;
  /** Epoch seconds. */
  readonly now: number;
}

export function JobPage({
  label,
  newLink,
  ...view
}: JobView & { readonly label: LabelView; readonly newLink: string | undefined }) {
  return (
    <>
      <p class="crumb">
        <a href="/annotations">Jobs</a>
      </p>
      <JobDetails {...view} />
      <JobShare job={view.job} newLink={newLink} now={view.now} />
      <JobLabel job={view.job} label={label} />
      <p class="act">
        <a href={`/annotations/${view.job.job_id}/delete`}>Delete this job</a>
      </p>
    </>
  );
}

/** The part of the page that refreshes itself. */
export function JobDetails({ user, job, place, retentionSeconds, now }: JobView) {
  const access = resultAccess(job, user, retentionSeconds);
  const seconds = refreshSeconds(job, access);
  const base = `/annotations/${job.job_id}`;
  return (
    <div
      id="live"
      {...(seconds === undefined ? {} : { "data-live": `${base}?fragment=1`, "data-live-seconds": seconds })}
    >
      <div class="heading">
        <h1 class="file">{job.job_name ?? job.input_file_name}</h1>
        <span role="status">
          <StateBadge job={job} />
        </span>
      </div>

      {job.job_note !== undefined && <p class="job-note">{job.job_note}</p>}
      {job.job_status === "RUNNING" && <Running job={job} now={now} />}
      {job.job_status === "PENDING" && <Waiting job={job} place={place} now={now} />}
      {job.job_status === "FAILED" && <Failed job={job} />}
      {job.job_status === "CANCELLED" && <p class="note">This job was cancelled before it was finished.</p>}
      {job.job_status === "COMPLETED" && <Notes job={job} />}
      <JobResult job={job} access={access} base={base} now={now} />
      {isEnded(job) ? (
        <Act action={`${base}/resubmit`} label="Run it again" />
      ) : (
        <Act action={`${base}/cancel`} label="Cancel this job" />
      )}

      <About job={job} base={base} />
    </div>
  );
}

/** Facts of a job, the same in every state. */
function About({ job, base }: { readonly job: Job; readonly base: string }) {
  return (
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
        {job.rerun_of !== undefined && (
          <>
            <dt>Another run of</dt>
            <dd>
              <a href={`/annotations/${job.rerun_of}`}>
                <code>{job.rerun_of}</code>
              </a>
            </dd>
          </>
        )}
        <dt>Job</dt>
        <dd>
          <code>{job.job_id}</code>
        </dd>
      </dl>
    </section>
  );
}

/** A form of one button: something its user does to the job. */
function Act({ action, label }: { readonly action: string; readonly label: string }) {
  return (
    <form method="post" action={action} class="act">
      <button type="submit" class="secondary outline small">
        {label}
      </button>
    </form>
  );
}

/** Until something is known, a dash says so. */
function Waiting({ job, place, now }: { job: Job; place: QueuePlace | undefined; now: number }) {
  const before =
    place === undefined ? "—" : `${formatCount(place.before)}${place.orMore ? " or more" : ""}, those at work included`;
  const isExpress = job.lane !== undefined;
  return (
    <section aria-labelledby="waiting">
      <p class="note" id="waiting">
        Waiting for a free worker. You may close this page: an e-mail tells when it is done.
      </p>
      <dl class="facts">
        <dt>Jobs before yours</dt>
        <dd>{isExpress ? "only others' first ones: a user's first two go before the rest" : before}</dd>
        <dt>Expected start</dt>
        <dd>
          {isExpress
            ? "as soon as a worker is free"
            : place?.startTime === undefined
              ? "—"
              : startInWords(place.startTime - now)}
        </dd>
      </dl>
    </section>
  );
}

/** All jobs before may have to end first, or only some: the time is the latest expected. */
const startInWords = (seconds: number): string =>
  seconds < 15 ? "any moment now" : `within about ${formatDuration(seconds)}`;

function Running({ job, now }: { job: Job; now: number }) {
  const percent = job.progress_percent ?? 0;
  const left = secondsLeft(job, now);
  return (
    <section class="panel" aria-labelledby="progress">
      <h2 id="progress">
        Annotating <output>{percent} %</output>
      </h2>
      <progress max="100" value={percent} aria-labelledby="progress" />
      <p class="faint">
        {formatCount(job.progress_records ?? 0)} records read so far, time left:{" "}
        {left === undefined ? "—" : `about ${formatDuration(Math.max(1, left))}`}
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

const after = (seconds: number): string => (seconds < 1 ? "in under a second" : `after ${formatDuration(seconds)}`);
