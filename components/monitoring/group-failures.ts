/** Launches and instance refreshes that failed. Auto Scaling has no metrics of them, but tells EventBridge. */
import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import { all, type Input, jsonStringify, type Resource } from "@pulumi/pulumi";
import { groupFailureEvents } from "../../runtime/contract/group-failures.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";

export interface GroupFailureTransform {
  readonly failureRule?: Transform<cloudwatch.EventRuleArgs>;
  readonly failureTarget?: Transform<cloudwatch.EventTargetArgs>;
}

export interface GroupFailureNodes {
  readonly failureRule?: cloudwatch.EventRule;
  readonly failureTargets?: readonly cloudwatch.EventTarget[];
}

export function createGroupFailures(
  name: string,
  {
    groups,
    alarmActions,
  }: { readonly groups: readonly Input<string>[]; readonly alarmActions: readonly Input<string>[] },
  transform: GroupFailureTransform,
  parent: Resource,
): GroupFailureNodes {
  const child = `${name}-group-failures`;
  const failureRule = new cloudwatch.EventRule(
    ...transformed<cloudwatch.EventRuleArgs>(
      transform.failureRule,
      child,
      {
        name: regionalName("eventRule", child),
        description:
          "Instances that could not be launched, and instance refreshes that failed: see the group's activities.",
        eventPattern: jsonStringify({
          source: ["aws.autoscaling"],
          "detail-type": [...groupFailureEvents],
          detail: { AutoScalingGroupName: all([...groups]) },
        }),
      },
      { parent },
    ),
  );
  const failureTargets = alarmActions.map(
    (arn, index) =>
      new cloudwatch.EventTarget(
        ...transformed<cloudwatch.EventTargetArgs>(
          transform.failureTarget,
          `${child}-${index + 1}`,
          { rule: failureRule.name, targetId: `topic-${index + 1}`, arn },
          { parent },
        ),
      ),
  );
  return { failureRule, failureTargets };
}
