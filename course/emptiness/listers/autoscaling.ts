/** Auto Scaling groups and their scheduled actions; policies and hooks are a part of their group. */
import {
  AutoScalingClient,
  DeleteAutoScalingGroupCommand,
  DeleteScheduledActionCommand,
  paginateDescribeAutoScalingGroups,
  paginateDescribeScheduledActions,
} from "@aws-sdk/client-auto-scaling";
import { cli, type Lister, onPages, tagsFrom } from "../lister.ts";

export const scheduledActions: Lister = {
  kind: "scheduled action",
  service: "autoscaling",
  scope: "region",
  arns: [],
  async *list({ client, region }) {
    const autoscaling = client(AutoScalingClient);
    const all = onPages(
      paginateDescribeScheduledActions({ client: autoscaling }, {}),
      ({ ScheduledUpdateGroupActions }) => ScheduledUpdateGroupActions,
    );
    for await (const { ScheduledActionName = "", AutoScalingGroupName = "" } of all) {
      yield {
        id: `${AutoScalingGroupName} ${ScheduledActionName}`,
        names: [ScheduledActionName, AutoScalingGroupName],
        partOf: [AutoScalingGroupName],
        goesWith: AutoScalingGroupName,
        command: cli(
          "autoscaling delete-scheduled-action",
          { "auto-scaling-group-name": AutoScalingGroupName, "scheduled-action-name": ScheduledActionName },
          region,
        ),
        async remove() {
          await autoscaling.send(new DeleteScheduledActionCommand({ AutoScalingGroupName, ScheduledActionName }));
        },
      };
    }
  },
};

export const scalingGroups: Lister = {
  kind: "Auto Scaling group",
  service: "autoscaling",
  scope: "region",
  arns: ["autoscaling:autoScalingGroup:"],
  async *list({ client, region }) {
    const autoscaling = client(AutoScalingClient);
    const all = onPages(
      paginateDescribeAutoScalingGroups({ client: autoscaling }, {}),
      ({ AutoScalingGroups }) => AutoScalingGroups,
    );
    for await (const { AutoScalingGroupName = "", AutoScalingGroupARN = "", Tags } of all) {
      yield {
        id: AutoScalingGroupName,
        names: [AutoScalingGroupName],
        arn: AutoScalingGroupARN,
        tags: tagsFrom(Tags),
        command: `${cli("autoscaling delete-auto-scaling-group", { "auto-scaling-group-name": AutoScalingGroupName }, region)} --force-delete`,
        async remove() {
          // Ends its instances too, without waiting for their hooks.
          await autoscaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true }));
        },
      };
    }
  },
};
