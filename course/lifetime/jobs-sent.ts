/** When jobs were last sent to each stack: CloudWatch's count of messages to the queue of job requests. */
import { CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import { readDeclared } from "../../plan/cost/declared.ts";
import type { Declaration } from "../plan/declaration.ts";

/** Seconds; CloudWatch keeps hours for 455 days. */
const period = 3600;
/** Queries that one call takes. */
const queriesMax = 500;

/**
 * Name of the queue of job requests without the owner before it: `-annotator`.
 *
 * @throws {Error} when the program declares none: activity cannot be told then.
 */
export function jobQueueOf({ plan, owner }: Pick<Declaration, "plan" | "owner">): string {
  const declared = readDeclared(plan);
  const queue = declared
    .ofType("aws:sqs/queue:Queue")
    .find((each) => declared.purposeOf(each) === "JOB_REQUESTS_QUEUE_URL");
  const name = String(queue?.outputs.name ?? "");
  if (name.startsWith(owner)) return name.slice(owner.length);
  throw new Error(
    "lifetime.activity is true, and the program declares no queue of job requests that begins with its owner; " +
      "set lifetime.activity: false in course.yaml, and leases end by date and by annofarm course extend only",
  );
}

export interface JobsSent {
  /**
   * Stack → when a job was last sent to it since then, epoch milliseconds, to the hour; a stack without one is missing.
   *
   * @throws when any of it cannot be read.
   */
  lastSent(stacks: readonly string[], since: number, now: number): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

/** Credentials and endpoint come from where every AWS tool takes them. @param queue as `jobQueueOf` gives it. */
export function openJobsSent(region: string, queue: string): JobsSent {
  const client = new CloudWatchClient({ region, maxAttempts: 5 });
  const queryOf = (stack: string, index: number): MetricDataQuery => ({
    Id: `q${index}`,
    MetricStat: {
      Metric: {
        Namespace: "AWS/SQS",
        MetricName: "NumberOfMessagesSent",
        Dimensions: [{ Name: "QueueName", Value: `${stack}${queue}` }],
      },
      Period: period,
      Stat: "Sum",
    },
  });
  return {
    async lastSent(stacks, since, now) {
      const last = new Map<string, number>();
      for (let start = 0; start < stacks.length; start += queriesMax) {
        const some = stacks.slice(start, start + queriesMax);
        const wanted = {
          MetricDataQueries: some.map(queryOf),
          StartTime: new Date(since),
          EndTime: new Date(now),
        };
        for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, wanted)) {
          for (const { Id = "", Timestamps = [], Values = [] } of MetricDataResults) {
            const stack = some[Number(Id.slice(1))] as string;
            const times = Timestamps.filter((_, index) => (Values[index] ?? 0) > 0).map((time) => time.getTime());
            if (times.length > 0) last.set(stack, Math.max(last.get(stack) ?? 0, ...times));
          }
        }
      }
      return last;
    },
    close: () => client.destroy(),
  };
}
