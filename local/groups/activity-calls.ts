/** DescribeScalingActivities: the emulator knows none, so the gateway answers it by this. */
import { type Interceptor, textOf } from "../gateway/aws/call.ts";
import { queryAnswer, type XmlValue } from "../gateway/aws/query.ts";
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

/** AWS answers at most 100 activities at once; older ones are on no further page here. */
const activitiesMax = 100;

/** By action, for the signing name `autoscaling`. */
export function activityInterceptors(list: ListActivities): Readonly<Record<string, Interceptor>> {
  return {
    async DescribeScalingActivities({ action, input, requestId }) {
      const group = textOf(input.AutoScalingGroupName);
      const count = Math.min(activitiesMax, Number(textOf(input.MaxRecords)) || activitiesMax);
      const found = list(group === "" ? undefined : group).slice(0, count);
      return queryAnswer("autoscaling", action, requestId, { Activities: found.map(activityXml) });
    },
  };
}
