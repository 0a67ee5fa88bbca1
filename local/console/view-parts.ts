/** Parts of the console's view, each from what AWS's APIs, a table or the runner say of it. */
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { jobSchema } from "../../runtime/contract/job.ts";
import type { RefreshRecord } from "../aws/autoscaling/refresh-records.ts";
import { comparisonSigns } from "./comparison-signs.ts";
import type { AlarmView, CallsView, JobView, QueueView, RefreshView } from "./view.ts";

const callsShown = 10;

export function alarmView(alarm: MetricAlarm): AlarmView {
  const periods = alarm.EvaluationPeriods ?? 1;
  const expression = alarm.Metrics?.find((metric) => metric.ReturnData !== false);
  const metric =
    alarm.MetricName === undefined
      ? (expression?.Label ?? expression?.Expression ?? "metric math")
      : `${alarm.MetricName}, ${alarm.Statistic ?? alarm.ExtendedStatistic ?? ""}`;
  const period = alarm.Period ?? expression?.Period ?? expression?.MetricStat?.Period ?? 60;
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name: alarm.AlarmName ?? "",
    state: alarm.StateValue ?? "INSUFFICIENT_DATA",
    reason: alarm.StateReason ?? "",
    metric,
    threshold: `${comparisonSigns[alarm.ComparisonOperator ?? ""] ?? alarm.ComparisonOperator} ${alarm.Threshold}, ${
      alarm.DatapointsToAlarm ?? periods
    } of ${periods} × ${period} s`,
    ...(since === undefined ? {} : { since: since.getTime() }),
  };
}

/** Items that are no job are left out: the table belongs to the service, the console only looks. */
export function jobView(item: unknown, nameOf: (userId: string) => string): JobView | undefined {
  const { data: job } = jobSchema.safeParse(item);
  if (job === undefined) return undefined;
  const optional = {
    resultState: job.result_state,
    completeTime: job.complete_time,
    archiveDueTime: job.archive_due_time,
    restoreExpectedTime: job.restore_expected_time,
    worker: job.worker,
    progressPercent: job.progress_percent,
    attempts: job.attempts,
    failure: job.failure_reason,
  };
  return {
    id: job.job_id,
    user: nameOf(job.user_id),
    file: job.input_file_name,
    status: job.job_status,
    submitTime: job.submit_time,
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as object),
  };
}

/** @param toWall from the accelerated clock to the wall's. */
export function refreshView(refresh: RefreshRecord, toWall: (localTime: number) => number): RefreshView {
  const { status, statusReason, rollback, desired, endTime, percentageComplete: percent } = refresh;
  const reason = statusReason ?? rollback?.reason;
  return {
    status,
    percent,
    ...(reason === undefined ? {} : { reason }),
    ...(desired === undefined ? {} : { version: desired.version }),
    ...(endTime === undefined ? {} : { ended: toWall(endTime) }),
  };
}

export function callsView(counts: ReadonlyMap<string, number>): CallsView {
  const all = [...counts].map(([key, count]) => {
    const colon = key.indexOf(":");
    return { service: key.slice(0, colon), action: key.slice(colon + 1), count };
  });
  return {
    total: all.reduce((sum, { count }) => sum + count, 0),
    top: all.sort((a, b) => b.count - a.count).slice(0, callsShown),
  };
}

/** A queue that another one names as its dead-letter queue is shown with that one. */
export function queueViews(attributes: readonly Readonly<Record<string, string>>[]): QueueView[] {
  const nameOf = (arn: string) => arn.split(":").at(-1) ?? arn;
  const byArn = new Map(attributes.map((each) => [each.QueueArn ?? "", each]));
  const deadLetterArns = new Map<string, string>();
  for (const [arn, { RedrivePolicy }] of byArn) {
    if (RedrivePolicy)
      deadLetterArns.set(arn, (JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn);
  }
  const isDeadLetterQueue = new Set(deadLetterArns.values());
  return [...byArn]
    .filter(([arn]) => !isDeadLetterQueue.has(arn))
    .map(([arn, queue]) => {
      const dead = deadLetterArns.get(arn);
      return {
        name: nameOf(arn),
        visible: Number(queue.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(queue.ApproximateNumberOfMessagesNotVisible ?? 0),
        delayed: Number(queue.ApproximateNumberOfMessagesDelayed ?? 0),
        ...(dead === undefined
          ? {}
          : {
              deadLetters: {
                name: nameOf(dead),
                messages: Number(byArn.get(dead)?.ApproximateNumberOfMessages ?? 0),
              },
            }),
      };
    });
}
