/**
 * What Auto Scaling tells EventBridge of launches, terminations and refreshes.
 * Source: Amazon EC2 Auto Scaling User Guide, "Amazon EC2 Auto Scaling event reference" and "Instance refresh example events".
 */
import type { InstanceRefresh, RefreshStatus } from "../../../scaling/refresh/refresh.ts";
import type { ServiceEvent } from "../events/bus.ts";
import type { Activity } from "./activities.ts";

const source = "aws.autoscaling";

export const groupArn = ({ region, accountId }: { region: string; accountId: string }, groupName: string): string =>
  `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${groupName}`;

/** `undefined`: an activity that has not ended tells nothing. */
export function activityEvent(activity: Activity, group: string): ServiceEvent | undefined {
  const { groupName, activityId, description, cause, startTime, endTime, status, statusMessage = "" } = activity;
  if (endTime === undefined) return undefined;
  // A launch that EC2 refuses has no instance.
  const [, verb, instanceId = ""] =
    /^(Launching|Terminating)[^:.]*(?:: (i-\w+))?(?:\. {2}Status Reason: .*)?$/.exec(description) ?? [];
  if (verb === undefined) return undefined;
  const [what, Origin, Destination] =
    verb === "Launching" ? ["Launch", "EC2", "AutoScalingGroup"] : ["Terminate", "AutoScalingGroup", "EC2"];
  const isoOf = (time: number) => new Date(time).toISOString();
  return {
    "detail-type": `EC2 Instance ${what} ${status === "Successful" ? "Successful" : "Unsuccessful"}`,
    source,
    at: endTime,
    resources: [group],
    detail: {
      StatusCode: status === "Successful" ? "InProgress" : "Failed",
      AutoScalingGroupName: groupName,
      ActivityId: activityId,
      Description: description,
      EC2InstanceId: instanceId,
      StatusMessage: statusMessage,
      Cause: cause,
      StartTime: isoOf(startTime),
      EndTime: isoOf(endTime),
      Origin,
      Destination,
    },
  };
}

const refreshWords: Partial<Record<RefreshStatus, string>> = {
  InProgress: "Started",
  Successful: "Succeeded",
  Failed: "Failed",
  Cancelled: "Cancelled",
  RollbackInProgress: "Rollback Started",
  RollbackSuccessful: "Rollback Succeeded",
  RollbackFailed: "Rollback Failed",
};

/** `undefined`: AWS tells nothing of this status. */
export function refreshEvent(refresh: InstanceRefresh, group: string, at: number): ServiceEvent | undefined {
  const word = refreshWords[refresh.status];
  if (word === undefined) return undefined;
  return {
    "detail-type": `EC2 Auto Scaling Instance Refresh ${word}`,
    source,
    at,
    resources: [group],
    detail: { InstanceRefreshId: refresh.id, AutoScalingGroupName: refresh.groupName },
  };
}
