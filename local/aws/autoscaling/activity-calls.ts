/** DescribeScalingActivities: the emulator knows none, so the gateway answers it by this. */
import { type Interceptor, textOf } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { queryAnswer, queryInput, type XmlValue } from "../../gateway/query.ts";
import type { Activity } from "./activities.ts";

/** Activities of a group, or of all; newest first. */
export type ListActivities = (groupName?: string) => readonly Activity[];

const iso = (time: number) => new Date(time).toISOString();

/** @see Activity in the Auto Scaling API reference */
const activityXml = (activity: Activity): XmlValue => ({
  ActivityId: activity.activityId,
  AutoScalingGroupName: activity.groupName,
  Description: activity.description,
  Cause: activity.cause,
  StartTime: iso(activity.startTime),
  EndTime: activity.endTime === undefined ? undefined : iso(activity.endTime),
  StatusCode: activity.status,
  StatusMessage: activity.statusMessage,
  Progress: activity.status === "InProgress" ? "50" : "100",
});

/** AWS answers at most 100 activities at once. */
const activitiesMax = 100;

/** Time of a filter of the request; `undefined`: it has none of that name. */
function boundOf(filters: unknown, name: string): number | undefined {
  const list = Array.isArray(filters) ? (filters as { Name?: string; Values?: string[] }[]) : [];
  const text = list.find((filter) => filter.Name === name)?.Values?.[0];
  return text === undefined ? undefined : Date.parse(text);
}

/** By action, for the signing name `autoscaling`. A page's token is the id of the activity that it begins with. */
export function activityInterceptors(list: ListActivities): Readonly<Record<string, Interceptor>> {
  return {
    async DescribeScalingActivities({ action, input: given, requestId }) {
      const input = queryInput(given);
      const [group, token] = [textOf(input.AutoScalingGroupName), textOf(input.NextToken)];
      const count = Math.min(activitiesMax, Number(textOf(input.MaxRecords)) || activitiesMax);
      const [from = 0, until = Number.POSITIVE_INFINITY] = ["StartTimeLowerBound", "StartTimeUpperBound"].map((name) =>
        boundOf(input.Filters, name),
      );
      const found = list(group === "" ? undefined : group).filter(
        ({ startTime }) => startTime >= from && startTime <= until,
      );
      const start = token === "" ? 0 : found.findIndex(({ activityId }) => activityId === token);
      if (start < 0) throw new Refusal(400, "InvalidNextToken", `The token ${token} is not valid`);
      const page = found.slice(start, start + count);
      const NextToken = found[start + count]?.activityId;
      return queryAnswer("autoscaling", action, requestId, { Activities: page.map(activityXml), NextToken });
    },
  };
}
