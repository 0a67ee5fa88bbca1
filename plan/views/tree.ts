import type { Plan, PlannedResource } from "../types.ts";

/** `aws:sqs/queue:Queue` → `sqs Queue`; `annofarm:index:WebFarm` → `WebFarm`. */
export function shortType(type: string): string {
  const [package_ = "", module = "", name = ""] = type.split(":");
  const service = module.split("/")[0];
  if (service === "index" || service === "") return package_ === "tls" ? `tls ${name}` : name;
  return `${service} ${name}`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

type Inputs = Readonly<Record<string, unknown>>;

const signs: Readonly<Record<string, string>> = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

const signed = (value: unknown) => (Number(value) > 0 ? `+${value}` : String(value));

function policyDetail({
  policyType,
  scalingAdjustment,
  stepAdjustments,
  targetTrackingConfiguration: tracking,
  adjustmentType,
}: Inputs) {
  if (tracking !== undefined) return `keeps ${(tracking as Inputs).targetValue}`;
  const steps = stepAdjustments as readonly Inputs[] | undefined;
  const unit = adjustmentType === "PercentChangeInCapacity" ? " %" : "";
  const amounts = steps?.map((step) => step.scalingAdjustment) ?? [scalingAdjustment];
  const changes = amounts.map((amount) => `${signed(amount)}${unit}`).join(", ");
  return `${changes} ${policyType === "StepScaling" ? "in steps" : "with cooldown"}`;
}

function alarmDetail({
  metricName,
  comparisonOperator,
  threshold,
  period: ofMetric,
  evaluationPeriods,
  metricQueries,
}: Inputs) {
  const queries = (metricQueries ?? []) as readonly { readonly metric?: Inputs }[];
  const period = ofMetric ?? queries.find(({ metric }) => metric !== undefined)?.metric?.period ?? 60;
  const length = Number(period) % 60 === 0 ? `${Number(period) / 60} min` : `${period} s`;
  const when = Number(evaluationPeriods) > 1 ? `${evaluationPeriods} × ${length}` : length;
  return `${metricName ?? "expression"} ${signs[String(comparisonOperator)]} ${threshold} in ${when}`;
}

/** What says most about a resource of the type, in a few words. */
const details: Readonly<Record<string, (inputs: Inputs) => unknown>> = {
  "aws:autoscaling/group:Group": ({ minSize, maxSize }) => `${minSize} to ${maxSize} instances`,
  "aws:autoscaling/policy:Policy": policyDetail,
  "aws:autoscaling/schedule:Schedule": ({ recurrence, startTime }) => recurrence ?? startTime,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarmDetail,
  "aws:ec2/launchTemplate:LaunchTemplate": ({ instanceType }) => instanceType,
  "aws:lb/listener:Listener": ({ protocol, port }) => `${protocol} ${port}`,
  "aws:s3/bucket:Bucket": ({ bucket }) => bucket,
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ key }) => key,
  "aws:sns/topicSubscription:TopicSubscription": ({ protocol, topic }) =>
    `${protocol} from ${String(topic).split(":").at(-1)}`,
  "aws:sqs/queue:Queue": ({ visibilityTimeoutSeconds: hidden }) => hidden && `hides ${hidden} s`,
};

/** A child is named after its parent; what it adds is enough: `-scale-out`, or nothing. */
function nameUnder(parent: PlannedResource | undefined, { name }: PlannedResource): string {
  if (name === parent?.name) return "";
  return parent !== undefined && name.startsWith(`${parent.name}-`) ? ` ${name.slice(parent.name.length)}` : ` ${name}`;
}

function detailOf({ type, name, inputs }: PlannedResource): string {
  const detail = details[type]?.(inputs);
  return detail === undefined || detail === name ? "" : `: ${detail}`;
}

/** The resources under their parents, the exports below, no line wider than `width` columns. */
export function treeOf(plan: Plan, width = 80): string {
  const children = new Map<string | undefined, PlannedResource[]>();
  for (const resource of plan.resources) {
    children.set(resource.parent, [...(children.get(resource.parent) ?? []), resource]);
  }
  const declared = plan.resources.filter(({ custom }) => custom).length;
  const lines = [cut(`${plan.project} ${plan.stack}: ${declared} resources`, width)];

  function draw(parent: PlannedResource | undefined, indent: string): void {
    const members = children.get(parent?.urn) ?? [];
    members.forEach((resource, index) => {
      const last = index === members.length - 1;
      const label = `${shortType(resource.type)}${nameUnder(parent, resource)}${detailOf(resource)}`;
      lines.push(cut(`${indent}${last ? "└─ " : "├─ "}${label}`, width));
      draw(resource, `${indent}${last ? "   " : "│  "}`);
    });
  }

  draw(undefined, "");
  const outputs = Object.entries(plan.outputs);
  if (outputs.length > 0) lines.push("", "outputs");
  for (const [key, value] of outputs) {
    lines.push(cut(`  ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`, width));
  }
  return `${lines.join("\n")}\n`;
}
