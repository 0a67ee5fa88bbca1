/** Bounds, alarms, policies and their pauses, as declared. */
import * as z from "zod";
import { isStatistic, statisticChoices } from "../../../../runtime/contract/statistic.ts";
import { check, type Part, part } from "../check.ts";
import { adjustmentOf, alarmsOf, groupOf, number, ofType, policiesOf, record, text, watchedBy } from "./resources.ts";

const group = z.enum(["web", "annotator"], "web or annotator");
const count = z.number("a number of instances").int("a whole number").min(0, "0 or more").max(1_000, "1000 or less");

export const bounds = check({
  about: "A group declares the wanted least and greatest size.",
  needs: ["plan"],
  parameters: z.strictObject({ group, min: count.default(2), max: count.default(10) }),
  async run(stage, { group: farm, min, max }) {
    const { inputs } = groupOf(await stage.get("plan")(), farm);
    return [
      part(`the ${farm} group's least size is ${min}`, number(inputs.minSize) === min, String(inputs.minSize)),
      part(`the ${farm} group's greatest size is ${max}`, number(inputs.maxSize) === max, String(inputs.maxSize)),
    ];
  },
});

const direction = z.enum(["out", "in"], "out or in");

export const alarm = check({
  about: "A group grows or shrinks by an alarm on the wanted metric, statistic, period and threshold.",
  needs: ["plan"],
  parameters: z.strictObject({
    group,
    direction,
    metric: z.string("the metric's name, such as RequestCount"),
    statistic: z.string(statisticChoices).refine(isStatistic, statisticChoices),
    period: z.number("seconds").min(10).max(86_400).optional(),
    threshold: z.number("a number").optional(),
  }),
  async run(stage, wanted) {
    const plan = await stage.get("plan")();
    const policies = policiesOf(plan, groupOf(plan, wanted.group));
    const out = wanted.direction === "out";
    const moving = policies.filter((policy) => (out ? adjustmentOf(policy) > 0 : adjustmentOf(policy) < 0));
    const alarms = moving.flatMap((policy) => alarmsOf(plan, policy));
    const looked = alarms.flatMap((each) => watchedBy(each).map((watched) => ({ ...watched, alarm: each })));
    const found = looked.find(({ metric }) => metric === wanted.metric);
    const sign = text(found?.alarm.inputs.comparisonOperator);
    const parts: Part[] = [
      part(`a policy makes it ${out ? "grow" : "shrink"}`, moving.length > 0, "there is none"),
      part(
        `an alarm on ${wanted.metric} sets it off`,
        found !== undefined,
        looked.map(({ metric }) => metric).join(", ") || "no alarm",
      ),
      part(
        `the alarm looks at the ${wanted.statistic}`,
        found?.statistic === wanted.statistic,
        String(found?.statistic),
      ),
      part(`the alarm rings ${out ? "above" : "below"} its threshold`, sign.startsWith(out ? "Greater" : "Less"), sign),
    ];
    const { period, threshold } = wanted;
    if (period !== undefined)
      parts.push(part(`its period is ${period} s`, found?.period === period, String(found?.period)));
    if (threshold !== undefined) {
      const declared = number(found?.alarm.inputs.threshold);
      parts.push(part(`its threshold is ${threshold}`, declared === threshold, String(declared)));
    }
    return parts;
  },
});

export const pause = check({
  about: "Each policy of a group waits after it has acted: a cooldown, or a warm-up of new instances.",
  needs: ["plan"],
  parameters: z.strictObject({
    group,
    seconds: z.number("seconds").min(1, "1 or more").max(3_600, "3600 or less").default(60),
  }),
  async run(stage, { group: farm, seconds }) {
    const plan = await stage.get("plan")();
    const policies = policiesOf(plan, groupOf(plan, farm));
    if (policies.length === 0) return [part("the group has policies", false, "none")];
    return policies.map((policy) => {
      const { cooldown, estimatedInstanceWarmup } = policy.inputs;
      const waits = Math.max(number(cooldown) ?? 0, number(estimatedInstanceWarmup) ?? 0);
      return part(`policy ${policy.name} waits ${seconds} s or more`, waits >= seconds, `${waits} s`);
    });
  },
});

export const health = check({
  about: "The web group replaces instances that its balancer finds unhealthy, after a time of grace.",
  needs: ["plan"],
  parameters: z.strictObject({ graceSeconds: z.number("seconds").min(0).max(7_200).default(60) }),
  async run(stage, { graceSeconds }) {
    const plan = await stage.get("plan")();
    const { inputs } = groupOf(plan, "web");
    const grace = number(inputs.healthCheckGracePeriod) ?? 300;
    const [target] = ofType(plan, "aws:lb/targetGroup:TargetGroup");
    const path = text(record(target?.inputs.healthCheck).path);
    return [
      part(
        "the web group's health check is the balancer's",
        inputs.healthCheckType === "ELB",
        String(inputs.healthCheckType),
      ),
      part(`its grace is ${graceSeconds} s or more`, grace >= graceSeconds, `${grace} s`),
      part("the balancer asks /healthz", path === "/healthz", path || "no path"),
    ];
  },
});

export const drain = check({
  about:
    "A busy annotator is not ended by scaling in: new instances are protected, and a termination hook waits for them.",
  needs: ["plan"],
  parameters: z.strictObject({}),
  async run(stage) {
    const plan = await stage.get("plan")();
    const group = groupOf(plan, "annotator");
    const hooks = ofType(plan, "aws:autoscaling/lifecycleHook:LifecycleHook").filter(
      ({ inputs }) =>
        text(inputs.autoscalingGroupName) === (text(group.inputs.name) || group.name) &&
        text(inputs.lifecycleTransition) === "autoscaling:EC2_INSTANCE_TERMINATING",
    );
    return [
      part(
        "annotators begin protected from scale-in",
        group.inputs.protectFromScaleIn === true,
        String(group.inputs.protectFromScaleIn),
      ),
      part("a termination hook waits for annotators", hooks.length > 0, "there is none"),
    ];
  },
});
