import type { Job } from "../../contract/job.ts";
import { isEnded } from "../../jobs/annotation.ts";

/** Asks before a job is deleted; works without a script. */
export function DeletePage({ job }: { readonly job: Job }) {
  const base = `/annotations/${job.job_id}`;
  return (
    <>
      <p class="crumb">
        <a href="/annotations">Jobs</a> / <a href={base}>{job.job_name ?? job.input_file_name}</a>
      </p>
      <h1>Delete this job?</h1>
      <section class="panel bad" aria-labelledby="gone">
        <h2 id="gone">What goes</h2>
        <ul>
          <li>the uploaded file, {job.input_file_name}</li>
          <li>the result with its index, wherever it is, in the archive too</li>
          <li>the log, the name and the note</li>
          {job.share_until !== undefined && <li>the link by which others see the result</li>}
        </ul>
        <p>
          {!isEnded(job) && "The job has not ended: it is cancelled first. "}
          <strong>This cannot be undone.</strong> Other runs of the file are jobs of their own and stay.
        </p>
        <form method="post" action={`${base}/delete`} class="actions">
          <button type="submit">Delete it for good</button>
          <a class="button secondary outline" href={base}>
            Keep it
          </a>
        </form>
      </section>
    </>
  );
}
