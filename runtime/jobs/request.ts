/**
 * How a job is asked for: fairly. Its request goes to the annotators' queue; that of a user who has few jobs under way goes to their
 * express lane as well, which a worker looks at whenever it becomes free. Beyond that, SQS serves users with little in flight first,
 * once there is enough in flight to tell.
 *
 * @see docs/decisions/0080-fair-turns.md
 */
import { createHash } from "node:crypto";
import { expressLane } from "../contract/express-lane.ts";
import type { Job } from "../contract/job.ts";
import type { JobRequest } from "../contract/messages.ts";
import { isEnded } from "./annotation.ts";
import type { JobStore, Topic } from "./ports.ts";

/** Jobs of a user under way at a time that go by the express lane. */
const expressJobsMax = 2;
/** Newest jobs of a user that are looked at: a page that costs two read units. */
const lookMax = 10;

/** The lane that the next job of a user takes; an index that lags behind errs towards the express one. */
export async function laneOf(jobs: Pick<JobStore, "listByUser">, userId: string): Promise<Job["lane"]> {
  const { items } = await jobs.listByUser(userId, { limit: lookMax });
  const underWay = items.filter((job) => !isEnded(job)).length;
  return underWay < expressJobsMax ? expressLane.value : undefined;
}

/** Tells the topic that the job waits for a worker. */
export function publishRequest(topic: Topic, { job_id, user_id, lane }: Job): Promise<void> {
  const { attribute } = expressLane;
  return topic.publish({ job_id, user_id } satisfies JobRequest, {
    group: groupOf(user_id),
    ...(lane === undefined ? {} : { attributes: { [attribute]: lane } }),
  });
}

/** An identity provider's ids may be longer, and of other characters, than SQS takes. */
const groupOf = (userId: string): string => createHash("sha256").update(userId).digest("hex").slice(0, 32);
