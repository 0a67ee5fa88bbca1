import { verdictOf } from "../../contract/findings.ts";
import type { Job } from "../../contract/job.ts";
import type { User } from "../../contract/user.ts";
import { type ResultAccess, refreshSeconds, resultAccess } from "../results.ts";
import { formatBytes } from "./format.ts";
import { Time } from "./time.tsx";

export interface JobsView {
  readonly user: User;
  readonly jobs: readonly Job[];
  readonly retentionSeconds: number;
  /** Cursor of this page (absent on the first) and of the next. */
  readonly cursor: string | undefined;
  readonly next: string | undefined;
}

const words: Record<Job["job_status"], string> = {
  PENDING: "Waiting",
  RUNNING: "Running",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};

export function StateBadge({ job }: { job: Job }) {
  if (job.job_status === "COMPLETED" && verdictOf(job) !== "annotated") {
    return <span class="badge state warning">{verdictOf(job) === "incomplete" ? "Incomplete" : "Not annotated"}</span>;
  }
  return <span class={`badge state ${job.job_status.toLowerCase()}`}>{words[job.job_status]}</span>;
}

/** Where the result is, in a word or two. */
function ResultWord({ access }: { access: ResultAccess }) {
  switch (access.kind) {
    case "none":
      return <span class="faint">–</span>;
    case "available":
      return <span>Ready</span>;
    case "upgrade":
      return <span>Archived</span>;
    case "archived":
      return <span>In the archive</span>;
    case "restoring":
      return <span>Being restored</span>;
  }
}

export function JobsPage(view: JobsView) {
  return (
    <>
      <div class="heading">
        <h1>Your jobs</h1>
        <a class="button" href="/annotate">
          Annotate a file
        </a>
      </div>
      <JobList {...view} />
    </>
  );
}

/** The part of the page that refreshes itself. */
export function JobList({ user, jobs, retentionSeconds, cursor, next }: JobsView) {
  const rows = jobs.map((job) => ({ job, access: resultAccess(job, user, retentionSeconds) }));
  // A new job may come from another tab or a program, so even a quiet list looks again now and then.
  const seconds = Math.min(30, ...rows.map(({ job, access }) => refreshSeconds(job, access) ?? 30));
  const address = (at: string | undefined) =>
    at === undefined ? "/annotations" : `/annotations?cursor=${encodeURIComponent(at)}`;
  const fragment = cursor === undefined ? "/annotations?fragment=1" : `${address(cursor)}&fragment=1`;
  return (
    <div id="live" data-live={fragment} data-live-seconds={seconds}>
      {rows.length === 0 ? (
        <div class="empty">
          <p>
            <strong>{cursor === undefined ? "No jobs yet." : "No older jobs."}</strong>
          </p>
          <p>A file you annotate appears here, with its progress and its result.</p>
        </div>
      ) : (
        <table class="jobs">
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Requested</th>
              <th scope="col">Size</th>
              <th scope="col">State</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ job, access }) => (
              <tr key={job.job_id}>
                <th scope="row">
                  <a href={`/annotations/${job.job_id}`}>{job.job_name ?? job.input_file_name}</a>
                  {job.job_name !== undefined && <small class="faint">{job.input_file_name}</small>}
                </th>
                <td data-label="Requested">
                  <Time at={job.submit_time} />
                </td>
                <td data-label="Size" class="number">
                  {job.input_bytes === undefined ? "–" : formatBytes(job.input_bytes)}
                </td>
                <td data-label="State">
                  <StateBadge job={job} />
                  {job.job_status === "RUNNING" && (
                    <progress
                      max="100"
                      value={job.progress_percent ?? 0}
                      aria-label={`Progress of ${job.input_file_name}`}
                    />
                  )}
                </td>
                <td data-label="Result">
                  <ResultWord access={access} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(cursor !== undefined || next !== undefined) && (
        <nav class="pages" aria-label="Pages">
          {cursor !== undefined && <a href="/annotations">Newest</a>}
          {next !== undefined && (
            <a href={address(next)} rel="next">
              Older jobs
            </a>
          )}
        </nav>
      )}
    </div>
  );
}
