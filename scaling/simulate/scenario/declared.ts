/** What a plan says about a farm beside its scaling: nothing that is declared is told to a simulation again. */
import type { Plan, PlannedResource } from "../../../plan/types.ts";
import { recordOf } from "../../read/findings.ts";
import type { ScalingPlan } from "../../scaling-plan.ts";
import { onlyGroup } from "../farm.ts";

export interface DeclaredFarm {
  /** From in service until the balancer's checks have passed. */
  readonly healthySeconds: number | undefined;
  readonly deregistrationSeconds: number | undefined;
  readonly visibilitySeconds: number | undefined;
  readonly receives: number | undefined;
}

const number = (value: unknown): number | undefined =>
  value === undefined || value === null || Number.isNaN(Number(value)) ? undefined : Number(value);

export function declaredFarm(plan: Plan, scaling: ScalingPlan, group: string): DeclaredFarm {
  const find = (type: string, fits: (resource: PlannedResource) => boolean) =>
    plan.resources.find((resource) => resource.type === type && fits(resource))?.inputs;
  const inputs = find(
    "aws:autoscaling/group:Group",
    ({ outputs, inputs: own }) => (outputs.name ?? own.name) === group,
  );
  const arns = Array.isArray(inputs?.targetGroupArns) ? inputs.targetGroupArns : [];
  const target = find("aws:lb/targetGroup:TargetGroup", ({ outputs }) => arns.includes(outputs.arn));
  const check = recordOf(target?.healthCheck);
  const queueName = onlyGroup(scaling, group)
    .alarms.flatMap(({ reading }) => Object.values(reading.sources))
    .find(({ namespace }) => namespace === "AWS/SQS")?.dimensions.QueueName;
  const queue = find("aws:sqs/queue:Queue", ({ inputs: own }) => queueName !== undefined && own.name === queueName);
  const redrive = typeof queue?.redrivePolicy === "string" ? recordOf(JSON.parse(queue.redrivePolicy)) : {};
  const [interval, threshold] = [number(check.interval), number(check.healthyThreshold)];
  return {
    healthySeconds: interval === undefined || threshold === undefined ? undefined : interval * threshold,
    deregistrationSeconds: number(target?.deregistrationDelay),
    visibilitySeconds: number(queue?.visibilityTimeoutSeconds),
    receives: number(redrive.maxReceiveCount),
  };
}
