/** Scenario files, checked and brought together with the plan that they are simulated under. */

import type * as z from "zod";
import type { Plan } from "../../../plan/types.ts";
import { nameWithinStack } from "../../../runtime/contract/names.ts";
import { isOfService } from "../../read/known-metrics.ts";
import { readScalingPlan } from "../../read/read-scaling-plan.ts";
import type { ScalingPlan } from "../../scaling-plan.ts";
import { onlyGroup } from "../farm.ts";
import type { Conditions, PublishedMetric, Scenario, Source } from "../model.ts";
import { declaredFarm } from "./declared.ts";
import { k6Sources } from "./k6.ts";
import { type LoadInput, type ScenarioFile, scenarioSchema } from "./schema.ts";
import { readTrace } from "./trace.ts";

/** @throws {RangeError} with every problem, each with the path of its property. */
export function checkScenario(given: unknown, name: string): ScenarioFile {
  const parsed = scenarioSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = issuesOf(parsed.error.issues, []).map(({ path, message }) => `  ${path}: ${message}`);
  throw new RangeError(`${name} is no scenario:\n${[...new Set(lines)].join("\n")}`);
}

/** Of alternatives that all fail, what is wrong with the one that comes nearest says most. */
function issuesOf(
  issues: readonly z.core.$ZodIssue[],
  before: readonly PropertyKey[],
): { path: string; message: string }[] {
  return issues.flatMap((issue) => {
    const path = [...before, ...issue.path];
    if (issue.code === "invalid_union" && issue.errors.length > 0) {
      const alternatives = issue.errors.map((errors) => issuesOf(errors, path));
      const depth = (each: { path: string }[]) => Math.max(...each.map(({ path: at }) => at.length));
      return alternatives.sort((a, b) => depth(b) - depth(a))[0] ?? [];
    }
    return [{ path: pathText(path), message: issue.message }];
  });
}

const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "") || "it";

/** `readText` gives the contents of a file that the scenario names. */
export type ReadText = (file: string) => string;

function sourcesOf(load: LoadInput, readText: ReadText): Source[] {
  if (load.kind === "k6") return k6Sources(load.options, load.think);
  if (load.kind === "trace") {
    try {
      return [{ kind: "trace", times: readTrace(readText(load.file)) }];
    } catch (cause) {
      throw new RangeError(`trace ${load.file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  const stages = load.stages.map(({ for: seconds, to }) => ({ seconds, to }));
  if (load.kind === "arrivals") return [{ kind: "open", at: load.at, from: load.from, stages }];
  return [{ kind: "closed", at: load.at, from: load.from, stages, think: load.think }];
}

/** @throws {RangeError} listing the plan's groups, when none or several are meant. */
function groupOf({ farm, group }: ScenarioFile, { groups }: ScalingPlan): string {
  const names = groups.map(({ name }) => name);
  const found = names.filter((name) => {
    const within = nameWithinStack(name);
    return group === undefined ? within.endsWith(`-${farm}`) : group === name || group === within;
  });
  if (found.length === 1) return found[0] as string;
  throw new RangeError(
    `${found.length === 0 ? "no group" : "more than one group"} is ${group ?? `called …-${farm}`}; ` +
      `give "group" in the scenario: ${names.join(", ") || "the plan has none"}`,
  );
}

/** @throws {RangeError} for a zone that the group has not. */
function conditionsOf({ conditions }: ScenarioFile, zones: number): Conditions {
  const { metricDelay, launchFailures, zoneOutages, zeroDatapoints } = conditions;
  for (const { zone = 1 } of [...launchFailures, ...zoneOutages]) {
    if (zone > zones) throw new RangeError(`conditions: there is no zone ${zone}; the group has ${zones}, from 1 on`);
  }
  const window = ({ from, for: seconds }: { readonly from: number; readonly for: number }) => ({
    from,
    to: from + seconds,
  });
  return {
    metricDelayMinutes: metricDelay / 60,
    launchFailures: launchFailures.map((each) => ({
      ...window(each),
      ...(each.zone === undefined ? {} : { zone: each.zone - 1 }),
    })),
    zoneOutages: zoneOutages.map((each) => ({ ...window(each), zone: each.zone - 1 })),
    zeroDatapoints,
  };
}

/** @throws {RangeError} when something decides about the group's size that no simulation knows. */
function checkModelled(group: string, paths: readonly string[]): void {
  if (paths.length === 0) return;
  throw new RangeError(
    `${group} cannot be simulated: not modelled: ${paths.join(", ")}; its curve would be another one. Leave it out to see the rest`,
  );
}

/** @throws {RangeError} for a metric of a program's own that an alarm of the group looks at, and nobody says what it is. */
function checkPublished({ alarms }: ScalingPlan, publishes: readonly PublishedMetric[]): void {
  for (const { name: alarm, reading } of alarms) {
    for (const { namespace, name } of Object.values(reading.sources)) {
      if (isOfService(namespace)) continue;
      if (publishes.some((each) => each.namespace === namespace && each.name === name)) continue;
      throw new RangeError(
        `${alarm} looks at ${namespace} ${name}, which the farm's own program publishes; if it is the load of each instance, list it ` +
          `in the scenario: publishes: [{ "namespace": ${JSON.stringify(namespace)}, "name": ${JSON.stringify(name)} }]`,
      );
    }
  }
}

/** What EC2 takes to run an instance, in seconds from its order, where a scenario does not say. */
const runningDefault = 15;

/** What an instance of a warm pool takes until its services answer, in seconds from its order, where a scenario does not say. */
const startDefaults = { Stopped: 30, Hibernated: 30, Running: 5 } as const;

/** A scenario under a plan: bounds, policies, alarms, drain, visibility are the plan's. */
export function scenarioOf(file: ScenarioFile, plan: Plan, readText: ReadText): Scenario {
  const scaling = readScalingPlan(plan);
  const group = groupOf(file, scaling);
  const declared = declaredFarm(plan, scaling, group);
  const planned = scaling.groups.find(({ name }) => name === group);
  checkModelled(group, planned?.notModelled ?? []);
  const { protectsNew: protects = false, zones = [], warmPool } = planned ?? {};
  const publishes = file.publishes.map(({ every, ...metric }) => ({ ...metric, everySeconds: every }));
  checkPublished(onlyGroup(scaling, group), publishes);
  const common = {
    title: file.title ?? `${group} under load`,
    seconds: file.duration,
    sources: file.load.flatMap((load) => sourcesOf(load, readText)),
    plan: scaling,
    group,
    conditions: conditionsOf(file, zones.length),
    ...(publishes.length === 0 ? {} : { publishes }),
  };
  const { boot: bootSeconds, running, start, stop: stopSeconds, ...rest } = file.service;
  const startSeconds = start ?? startDefaults[warmPool?.state ?? "Stopped"];
  const runningSeconds = running ?? Math.min(runningDefault, bootSeconds);
  if (file.farm === "web" && "rate" in rest) {
    const { client, timeout, healthy, deregistration, shared, retries, ...service } = rest;
    return {
      ...common,
      service: {
        kind: "web",
        ...service,
        ...(shared === undefined ? {} : { shared }),
        runningSeconds,
        bootSeconds,
        startSeconds,
        stopSeconds,
        clientSeconds: client,
        timeoutSeconds: timeout,
        retries: { attempts: retries.attempts, pauseSeconds: retries.pause },
        healthySeconds: healthy ?? declared.healthySeconds ?? 0,
        deregistrationSeconds: deregistration ?? declared.deregistrationSeconds ?? 300,
      },
    };
  }
  const { job, visibility, receives, ...service } = rest as Exclude<typeof rest, { rate: number }>;
  return {
    ...common,
    service: {
      kind: "workers",
      ...service,
      runningSeconds,
      bootSeconds,
      startSeconds,
      stopSeconds,
      jobSeconds: job,
      visibilitySeconds: visibility ?? declared.visibilitySeconds ?? 30,
      receives: receives ?? declared.receives ?? Number.POSITIVE_INFINITY,
      protects,
    },
  };
}
