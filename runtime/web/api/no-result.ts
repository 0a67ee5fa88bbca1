import type { Job } from "../../contract/job.ts";
import { HttpError } from "../http/errors.ts";
import type { ResultAccess } from "../results.ts";

/** Why the result cannot be had now. @param now epoch seconds. */
export function noResult(job: Job, access: Exclude<ResultAccess, { kind: "available" }>, now: number): HttpError {
  switch (access.kind) {
    case "none":
      return new HttpError(
        409,
        "no-result",
        `The job is ${job.job_status}: it has no result${job.job_status === "FAILED" ? "" : " yet"}.`,
      );
    case "upgrade":
      return new HttpError(
        402,
        "archived",
        "The free period is over and the result is in the archive. Premium brings it back.",
        {
          action: { href: "/subscribe?reason=archived", label: "Upgrade" },
        },
      );
    case "archived":
    case "restoring": {
      const left = access.kind === "restoring" && access.expectedTime !== undefined ? access.expectedTime - now : 60;
      return new HttpError(409, "restoring", "The result is on its way back from the archive.", {
        headers: { "retry-after": String(Math.max(5, left)) },
      });
    }
  }
}
