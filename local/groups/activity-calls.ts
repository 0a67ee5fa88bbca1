/** DescribeScalingActivities: the emulator knows none, so the gateway answers it by this. */
import { type Interceptor, textOf } from "../gateway/aws/call.ts";
import { xmlText } from "../gateway/aws/errors.ts";
import type { Activity } from "./activities.ts";

/** Activities of a group, or of all; newest first. */
export type ListActivities = (groupName?: string) => readonly Activity[];

function activityXml(activity: Activity): string {
  const fields = {
    ActivityId: activity.activityId,
    AutoScalingGroupName: activity.groupName,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(activity.startTime).toISOString(),
    ...(activity.endTime === undefined ? {} : { EndTime: new Date(activity.endTime).toISOString() }),
    StatusCode: activity.status,
    ...(activity.statusMessage === undefined ? {} : { StatusMessage: activity.statusMessage }),
    Progress: activity.status === "InProgress" ? "50" : "100",
  };
  const elements = Object.entries(fields).map(([name, value]) => `<${name}>${xmlText(value)}</${name}>`);
  return `<member>${elements.join("")}</member>`;
}

/** AWS answers at most 100 activities at once; older ones are on no further page here. */
const activitiesMax = 100;

/** By action, for the signing name `autoscaling`. */
export function activityInterceptors(list: ListActivities): Readonly<Record<string, Interceptor>> {
  return {
    async DescribeScalingActivities({ input, requestId }) {
      const group = textOf(input.AutoScalingGroupName);
      const count = Math.min(activitiesMax, Number(textOf(input.MaxRecords)) || activitiesMax);
      const found = list(group === "" ? undefined : group).slice(0, count);
      const body =
        `<DescribeScalingActivitiesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">` +
        `<DescribeScalingActivitiesResult><Activities>${found.map(activityXml).join("")}</Activities>` +
        "</DescribeScalingActivitiesResult>" +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></DescribeScalingActivitiesResponse>`;
      return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(body) };
    },
  };
}
