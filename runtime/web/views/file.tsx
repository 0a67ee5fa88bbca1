import type { Job } from "../../contract/job.ts";

/** The beginning (or all) of a text file, for reading in the browser. */
export interface FileView {
  readonly job: Job;
  readonly heading: string;
  readonly text: string;
  /** Said when the file goes on after what is shown. */
  readonly more: string | undefined;
  readonly download: { readonly href: string; readonly label: string } | undefined;
}

export function FilePage({ job, heading, text, more, download }: FileView) {
  return (
    <>
      <p class="crumb">
        <a href="/annotations">Jobs</a> / <a href={`/annotations/${job.job_id}`}>{job.input_file_name}</a>
      </p>
      <div class="heading">
        <h1>{heading}</h1>
        {download !== undefined && (
          <a class="button" href={download.href}>
            {download.label}
          </a>
        )}
      </div>
      {more !== undefined && <p class="note">{more}</p>}
      {/* Focusable, so that the keyboard can scroll it. */}
      <section class="text" tabindex={0} aria-label={heading}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
    </>
  );
}
