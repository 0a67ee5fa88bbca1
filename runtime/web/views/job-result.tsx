import { verdictOf } from "../../contract/findings.ts";
import type { Job } from "../../contract/job.ts";
import type { ResultAccess } from "../results.ts";
import { formatBytes, formatDuration } from "./format.ts";
import { Time } from "./time.tsx";

const resultHeadings = {
  annotated: "The result is ready",
  incomplete: "The result lacks records of the file",
  unannotated: "The result is the file with nothing added",
} as const;

interface ResultView {
  readonly job: Job;
  readonly access: ResultAccess;
  /** Path of the job's page. */
  readonly base: string;
  /** Epoch seconds. */
  readonly now: number;
}

/** Where the result is, and how its user gets it. */
export function JobResult({ job, access, base, now }: ResultView) {
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
          {access.until !== undefined && <KeptUntil until={access.until} now={now} />}
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

/** "in about 4 minutes", "in about 5 hours", "any moment now". */
function expected(time: number | undefined, now: number): string {
  if (time === undefined) return "within a few hours";
  const left = time - now;
  return left < 15 ? "any moment now" : `in about ${formatDuration(left)}`;
}

/** How long a free user's result stays. */
function KeptUntil({ until, now }: { until: number; now: number }) {
  return (
    <p class="faint">
      {until > now ? (
        <>
          On the free plan it stays here until <Time at={until} /> (another {formatDuration(until - now)}), then it
          moves to the archive.
        </>
      ) : (
        <>The free period is over: it is about to move to the archive.</>
      )}{" "}
      <a href="/subscribe?reason=keep">Premium keeps it.</a>
    </p>
  );
}
