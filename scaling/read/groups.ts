/** Groups of a plan, with the schedules and hooks that belong to them. */
import type { PlannedResource } from "../../plan/types.ts";
import { parseCron } from "../../runtime/contract/cron.ts";
import { sizeProblems, timingProblems } from "../../runtime/contract/scheduled-size.ts";
import { scalingProcesses } from "../engine/health.ts";
import { type GroupPlan, type HookPlan, type SchedulePlan, terminationPolicies } from "../scaling-plan.ts";
import { readMaintenance, readWarmPool } from "./beside-group.ts";
import { inputReader, type ScalingFinding } from "./findings.ts";
import { readMixedInstances } from "./mixed-instances.ts";

export const groupType = "aws:autoscaling/group:Group";
export const scheduleType = "aws:autoscaling/schedule:Schedule";
export const hookType = "aws:autoscaling/lifecycleHook:LifecycleHook";

const sizes = { min: 0, max: 10_000 };
/** AWS's defaults where a group says nothing. */
const seconds = { cooldown: 300, grace: 300, heartbeat: 3600 };

/** A group, still without what other resources say about it, and the group metrics that it publishes. */
export function readGroup(resource: PlannedResource, findings: ScalingFinding[]) {
  const input = inputReader(resource, resource.inputs, findings);
  const min = input.number("minSize", sizes) ?? 0;
  const max = input.number("maxSize", sizes) ?? min;
  if (min > max)
    input.report("minSize", `${min} is greater than maxSize, ${max}; the least size cannot exceed the greatest`);
  const desired = input.number("desiredCapacity", sizes) ?? min;
  if (min <= max && (desired < min || desired > max)) {
    input.report("desiredCapacity", `${desired} is not between minSize, ${min}, and maxSize, ${max}`);
  }
  const policies = input.list("terminationPolicies").flatMap((given, index) => {
    const known = terminationPolicies.find((each) => each === given);
    if (known !== undefined) return [known];
    const choices = terminationPolicies.join(", ");
    input.report(`terminationPolicies[${index}]`, `${JSON.stringify(given)} is unknown; give one of ${choices}`);
    return [];
  });
  const zones = [...input.list("vpcZoneIdentifiers"), ...input.list("availabilityZones")].map(String);
  const defaultWarmUpSeconds = unlessKept(input.number("defaultInstanceWarmup", { min: -1, max: 86_400 }));
  const suspended = input.list("suspendedProcesses").flatMap((given, index) => {
    const known = scalingProcesses.find((each) => each === given);
    if (known !== undefined) return [known];
    const choices = scalingProcesses.join(", ");
    input.report(`suspendedProcesses[${index}]`, `${JSON.stringify(given)} is unknown; give some of ${choices}`);
    return [];
  });
  const warmPool = readWarmPool(resource, findings);
  const maintenance = readMaintenance(resource, findings);
  const notModelled = readMixedInstances(resource, findings);
  const group: GroupPlan = {
    urn: resource.urn,
    name: String(resource.outputs.name ?? input.text("name") ?? resource.id),
    min,
    max,
    desired,
    zones: zones.length > 0 ? zones : ["a"],
    rebalances: true,
    cooldownSeconds: input.number("defaultCooldown", { min: 0, max: 86_400 }) ?? seconds.cooldown,
    ...(defaultWarmUpSeconds === undefined ? {} : { defaultWarmUpSeconds }),
    graceSeconds: input.number("healthCheckGracePeriod", { min: 0, max: 86_400 }) ?? seconds.grace,
    checkedByBalancer: (input.text("healthCheckType") ?? "EC2").split(",").includes("ELB"),
    protectsNew: input.flag("protectFromScaleIn") ?? false,
    terminationPolicies: policies.length > 0 ? policies : ["Default"],
    ...(suspended.length === 0 ? {} : { suspended }),
    ...(warmPool === undefined ? {} : { warmPool }),
    ...(maintenance === undefined ? {} : { maintenance }),
    ...(notModelled.length === 0 ? {} : { notModelled }),
    policies: [],
    schedules: [],
    hooks: [],
  };
  return { group, publishes: input.list("enabledMetrics").map(String) };
}

/** −1 is how the provider says "leave as it is". */
const unlessKept = (value: number | undefined) => (value === undefined || value === -1 ? undefined : value);

/** RFC 3339 in UTC, as the API takes it: `2026-11-24T08:00:00Z`. */
function timeOf(text: string): number | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?Z$/.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 1, day, hour, minute, second = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** @param resource declared, or as a call gives it. */
export function readSchedule(
  resource: Pick<PlannedResource, "urn" | "name" | "inputs">,
  findings: ScalingFinding[],
): SchedulePlan {
  const input = inputReader(resource, resource.inputs, findings);
  const size = (property: string) => unlessKept(input.number(property, { min: -1, max: 10_000 }));
  const time = (property: string) => {
    const text = input.text(property);
    const at = text === undefined ? undefined : timeOf(text);
    if (text !== undefined && at === undefined) {
      input.report(property, `${JSON.stringify(text)} is not a time in UTC such as 2026-11-24T08:00:00Z`);
    }
    return at;
  };
  const [min, max, desired] = [size("minSize"), size("maxSize"), size("desiredCapacity")];
  if (min === undefined && max === undefined && desired === undefined) {
    input.report("desiredCapacity", "neither it nor minSize nor maxSize is given, so the action would do nothing");
  }
  const [start, end] = [time("startTime"), time("endTime")];
  const cron = input.text("recurrence");
  if (cron === undefined && start === undefined) {
    input.report("recurrence", "neither it nor startTime is given, so the action would never run");
  }
  const timeZone = input.text("timeZone");
  const problems = timingProblems({ recurrence: cron, timeZone });
  for (const { property, problem } of problems) input.report(property, problem);
  const recurrence = cron === undefined || problems.length > 0 ? undefined : parseCron(cron, timeZone);
  return {
    urn: resource.urn,
    name: String(input.text("scheduledActionName") ?? resource.name),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(desired === undefined ? {} : { desired }),
    ...(recurrence === undefined ? {} : { recurrence }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  };
}

const sizeInputs = { min: "minSize", max: "maxSize", desired: "desiredCapacity" } as const;

/** Reports sizes of a group's schedules that its bounds can never take. */
export function checkSchedules(
  group: GroupPlan,
  resources: readonly PlannedResource[],
  findings: ScalingFinding[],
): void {
  const names = { min: "the group's minSize", max: "the group's maxSize" };
  for (const { index, property, problem } of sizeProblems(group, group.schedules.map(sizesOf), names)) {
    const resource = resources[index];
    if (resource === undefined || !(property in sizeInputs)) continue;
    inputReader(resource, resource.inputs, findings).report(sizeInputs[property as keyof typeof sizeInputs], problem);
  }
}

const sizesOf = ({ min, max, desired }: SchedulePlan) => ({ min, max, desired });

const transitions = {
  "autoscaling:EC2_INSTANCE_LAUNCHING": "launching",
  "autoscaling:EC2_INSTANCE_TERMINATING": "terminating",
} as const;

/** Hooks that a group is created with, and those that are declared beside it: one name is one hook. */
export function readHooks(
  group: PlannedResource,
  declared: readonly PlannedResource[],
  findings: ScalingFinding[],
): HookPlan[] {
  const names = new Set<unknown>(declared.map(({ name, inputs }) => inputs.name ?? name));
  const initial = (group.inputs.initialLifecycleHooks ?? []) as readonly PlannedResource["inputs"][];
  const others = initial
    .filter(({ name }) => !names.has(name))
    .map((inputs) => ({ ...group, name: String(inputs.name), inputs }));
  return [...declared, ...others].flatMap((resource) => readHook(resource, findings) ?? []);
}

function readHook(resource: PlannedResource, findings: ScalingFinding[]): HookPlan | undefined {
  const input = inputReader(resource, resource.inputs, findings);
  const transition = input.choice("lifecycleTransition", Object.keys(transitions) as (keyof typeof transitions)[]);
  const heartbeatSeconds = input.number("heartbeatTimeout", { min: 30, max: 7200 }) ?? seconds.heartbeat;
  // AWS abandons when nothing else is declared.
  const defaultResult = input.choice("defaultResult", ["CONTINUE", "ABANDON"]) ?? "ABANDON";
  if (transition === undefined) return undefined;
  const name = input.text("name") ?? resource.name;
  return { urn: resource.urn, name, transition: transitions[transition], heartbeatSeconds, defaultResult };
}
