import type { Job } from "../../contract/job.ts";
import { shareDays } from "../sharing.ts";
import { Time } from "./time.tsx";

interface ShareView {
  readonly job: Job;
  /** Address of the link just made: shown once, since only its hash is kept. */
  readonly newLink: string | undefined;
  /** Epoch seconds. */
  readonly now: number;
}

/**
 * Where a link to the result is made and withdrawn. It stands beside what refreshes itself, so it is there before there is a result: the
 * page of a job that completes while somebody looks can share it.
 */
export function JobShare({ job, newLink, now }: ShareView) {
  if (job.job_status === "FAILED" || job.job_status === "CANCELLED") return null;
  const base = `/annotations/${job.job_id}`;
  const until = job.share_until;
  const isShared = until !== undefined && until > now;
  return (
    <details class="label" {...(newLink === undefined && !isShared ? {} : { open: true })}>
      <summary>{isShared ? "Shared by a link" : "Share the result by a link"}</summary>
      {newLink !== undefined && (
        <div class="message good" role="status">
          <p>
            <strong>Your link. Copy it now: it is not shown again.</strong>
          </p>
          <pre class="token">
            <code>{newLink}</code>
          </pre>
        </div>
      )}
      {isShared && (
        <form method="post" action={`${base}/share/withdraw`} class="act">
          <p>
            Whoever has the link sees the result until <Time at={until} />.{" "}
            <button type="submit" class="secondary outline small">
              Withdraw it
            </button>
          </p>
        </form>
      )}
      <form method="post" action={`${base}/share`}>
        <p>
          Whoever has the link can look at the result and take it along, without signing in. They see the file's name,
          and nothing of your account.
          {job.job_status !== "COMPLETED" && " A link can be made once the job is completed."}
        </p>
        <label for="days">The link ends after</label>
        <select id="days" name="days" aria-describedby="days-hint">
          {shareDays.map((days) => (
            <option key={days} value={days} selected={days === 7}>
              {days === 1 ? "1 day" : `${days} days`}
            </option>
          ))}
        </select>
        <small id="days-hint">You can withdraw it before.</small>
        <button type="submit" class="secondary">
          {isShared ? "Make a new link, end the old one" : "Make a link"}
        </button>
      </form>
    </details>
  );
}
