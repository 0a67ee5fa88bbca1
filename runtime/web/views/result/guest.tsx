/** What stands above a result: where its user came from, or by whose leave a guest sees it. */
import type { ComponentChildren } from "preact";
import type { Job } from "../../../contract/job.ts";
import { Time } from "../time.tsx";

/** Whoever came by a link. */
export interface Guest {
  /** When the link ends, epoch seconds. */
  readonly until: number;
}

/** @param children the way on from the job, on a page below the result's. */
export function ResultCrumb({
  job,
  guest,
  children,
}: {
  readonly job: Job;
  readonly guest: Guest | undefined;
  readonly children?: ComponentChildren;
}) {
  if (guest === undefined) {
    return (
      <p class="crumb">
        <a href="/annotations">Jobs</a> / <a href={`/annotations/${job.job_id}`}>{job.input_file_name}</a>
        {children !== undefined && <> / {children}</>}
      </p>
    );
  }
  return (
    <p class="crumb">
      {job.input_file_name}
      {children !== undefined && <> / {children}</>}, shown to you by a link that ends <Time at={guest.until} />
    </p>
  );
}
