// Properties that bear on cost: priced, or reported by their path. None counts as absent.
import test from "ava";
import { resourceTypes } from "../../../plan/resource-types/all.ts";
import { noRule } from "../../../plan/resource-types/cost.ts";
import { unreadProperties } from "../../../plan/unread.ts";
import { cost, farm, type Inputs, idle, lines, resource } from "./fixture.ts";

const hours = 730;
const unpriced = (found: ReturnType<typeof cost>) => found.notPriced.map(({ reason }) => reason);
const disk = { blockDeviceMappings: [{ ebs: { volumeType: "gp3", volumeSize: 8 } }] };
const web = (size: { min: number; max: number }, more: { template?: Inputs; group?: Inputs } = {}) =>
  farm("web", size, { ...more, template: { ...disk, ...more.template } });
const schedule = (name: string, recurrence: string, minSize: number, more: Inputs = {}) =>
  resource("aws:autoscaling/schedule:Schedule", name, {
    autoscalingGroupName: "web",
    recurrence,
    minSize,
    maxSize: -1,
    desiredCapacity: -1,
    ...more,
  });
const shrinking = resource("aws:autoscaling/policy:Policy", "in", {
  autoscalingGroupName: "web",
  policyType: "SimpleScaling",
  scalingAdjustment: -1,
});

test("schedules are priced by how long each size holds: 14 h of 8 and 10 h of 2 are 5.5 on average", (t) => {
  const day = [schedule("up", "0 8 * * *", 8), schedule("down", "0 22 * * *", 2)];
  const found = cost([...web({ min: 2, max: 10 }), shrinking, ...day]);
  t.is(found.groups[0]?.mean, 5.5);
  t.is(lines(found)["t4g.small on demand"]?.[0], 5.5 * hours);
  t.is(cost([...web({ min: 2, max: 10 }), shrinking, ...day], idle, "min").groups[0]?.mean, 5.5);
  t.is(cost([...web({ min: 2, max: 10 }), shrinking, ...day], idle, "max").groups[0]?.mean, 10);
});

test("a schedule's time zone moves it, and weekdays weigh what they last", (t) => {
  const week = [schedule("up", "0 0 * * MON", 9), schedule("down", "0 0 * * SAT", 2)];
  const mean = cost([...web({ min: 2, max: 10 }), shrinking, ...week]).groups[0]?.mean ?? 0;
  t.true(Math.abs(mean - (9 * 5 + 2 * 2) / 7) < 0.03, String(mean));
  const zone = { timeZone: "America/Chicago" };
  const day = [schedule("up", "0 8 * * *", 8), schedule("down", "0 14 * * *", 2, zone)];
  const moved = cost([...web({ min: 2, max: 10 }), shrinking, ...day]).groups[0]?.mean ?? 0;
  // 14:00 in Chicago is 20:00 UTC in winter, 19:00 in summer, which lasts 238 days.
  t.true(Math.abs(moved - (2 + (6 * (12 - 238 / 365)) / 24)) < 0.01, String(moved));
});

test("what no policy makes smaller stays at what a schedule has given it", (t) => {
  const day = [schedule("up", "0 8 * * *", 8), schedule("down", "0 22 * * *", 2)];
  t.is(cost([...web({ min: 2, max: 10 }), ...day]).groups[0]?.mean, 8);
});

test("an action that runs once is reported", (t) => {
  const once = resource("aws:autoscaling/schedule:Schedule", "once", {
    autoscalingGroupName: "web",
    startTime: "2026-11-24T08:00:00Z",
    minSize: 8,
  });
  const found = unpriced(cost([...web({ min: 2, max: 10 }), once]));
  t.true(found.some((reason) => reason.startsWith("an action that runs once")));
  t.true(found.includes("property startTime"));
});

test("spot by the launch template alone", (t) => {
  const template = { instanceMarketOptions: { marketType: "spot" } };
  const found = lines(cost(web({ min: 4, max: 4 }, { template }), { ...idle, spotPercent: 40 }));
  t.is(found["t4g.small on demand"], undefined);
  t.deepEqual(found["t4g.small spot"], [4 * hours, 4 * hours * 0.02 * 0.4]);
});

test("weighted capacity counts instances, not units", (t) => {
  const mixedInstancesPolicy = {
    launchTemplate: {
      overrides: [{ instanceType: "t4g.small", weightedCapacity: "4" }],
      launchTemplateSpecification: {},
    },
    instancesDistribution: {},
  };
  const [template, plain] = web({ min: 8, max: 8 });
  if (template === undefined || plain === undefined) return t.fail();
  const { launchTemplate: _, ...rest } = plain.inputs;
  const specification = { launchTemplateId: template.id };
  const group = {
    ...plain,
    inputs: {
      ...rest,
      mixedInstancesPolicy: {
        ...mixedInstancesPolicy,
        launchTemplate: { ...mixedInstancesPolicy.launchTemplate, launchTemplateSpecification: specification },
      },
    },
  };
  const found = lines(cost([template, group]));
  t.is(found["t4g.small on demand"]?.[0], 2 * hours);
  t.is(found["disks, 8 GiB gp3"]?.[0], 2 * 8);
});

test("a warm pool costs its disks, and its hours when it runs", (t) => {
  const stopped = lines(
    cost(web({ min: 2, max: 10 }, { group: { warmPool: { minSize: 3, maxGroupPreparedCapacity: 4 } } })),
  );
  t.is(stopped["t4g.small on demand"]?.[0], 2 * hours);
  const running = cost(web({ min: 2, max: 10 }, { group: { warmPool: { poolState: "Running" } } }));
  t.is(lines(running)["t4g.small in the warm pool"]?.[0], 8 * hours);
  const disks = running.lines.filter(({ what }) => what === "disks, 8 GiB gp3");
  t.is(
    disks.reduce((sum, { quantity }) => sum + quantity, 0),
    10 * 8,
  );
});

test("alarms below a minute, by each metric of their math", (t) => {
  const query = (id: string) => ({ id, metric: { namespace: "X", metricName: id, stat: "Sum", period: 10 } });
  const metricQueries = [{ id: "e", expression: "a / b", returnData: true }, query("a"), query("b")];
  const found = cost([resource("aws:cloudwatch/metricAlarm:MetricAlarm", "quick", { metricQueries, threshold: 1 })]);
  t.deepEqual(
    found.lines.map(({ key, quantity }) => [key, quantity]),
    [["cloudwatch.alarmHighResolution", 2]],
  );
  const open = [{ id: "e", expression: "SUM(SEARCH('{X}', 'Sum'))" }];
  t.regex(
    unpriced(cost([resource("aws:cloudwatch/metricAlarm:MetricAlarm", "open", { metricQueries: open })]))[0] ?? "",
    /number is not known/,
  );
});

test("a balancer without public IPv4 addresses has none to pay for", (t) => {
  const balancer = (more: Inputs) =>
    lines(cost([resource("aws:lb/loadBalancer:LoadBalancer", "b", { subnets: ["a", "b"], ...more })]));
  t.is(balancer({})["balancer's addresses, 2 zones"]?.[0], 2 * hours);
  t.is(balancer({ ipAddressType: "dualstack-without-public-ipv4" })["balancer's addresses, 2 zones"], undefined);
});

test("logs of infrequent access and FIFO queues have prices of their own", (t) => {
  const template = { userData: "" };
  t.deepEqual(cost(web({ min: 1, max: 1 }, { template })).lines.length > 0, true);
  const used = cost([resource("aws:cloudwatch/logGroup:LogGroup", "l", { logGroupClass: "DELIVERY" })]);
  t.deepEqual(unpriced(used), ["logs of class DELIVERY"]);
});

for (const [type, inputs, path] of [
  ["aws:dynamodb/table:Table", { tableClass: "STANDARD_INFREQUENT_ACCESS" }, "tableClass"],
  ["aws:dynamodb/table:Table", { replicas: [{ regionName: "us-west-2" }] }, "replicas"],
  [
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    { rules: [{ id: "a", status: "Enabled", transitions: [{ days: 30, storageClass: "GLACIER" }] }] },
    "rules[].transitions",
  ],
  ["aws:ec2/launchTemplate:LaunchTemplate", { ebsOptimized: "true" }, "ebsOptimized"],
  [
    "aws:ec2/launchTemplate:LaunchTemplate",
    { creditSpecification: { cpuCredits: "unlimited" } },
    "creditSpecification.cpuCredits",
  ],
  ["aws:ec2/launchTemplate:LaunchTemplate", { placement: { tenancy: "dedicated" } }, "placement.tenancy"],
  ["aws:sns/topic:Topic", { fifoTopic: true }, "fifoTopic"],
  ["aws:sqs/queue:Queue", { somethingNew: 1 }, "somethingNew"],
  [
    "aws:lb/loadBalancer:LoadBalancer",
    { minimumLoadBalancerCapacity: { capacityUnits: 9 } },
    "minimumLoadBalancerCapacity",
  ],
] as const) {
  test(`not priced: ${path} of ${type}`, (t) => {
    t.true(unpriced(cost([resource(type, "one", inputs)])).includes(`property ${path}`));
  });
}

test("every priced type says which of its properties are known", (t) => {
  const priced = Object.entries(resourceTypes).filter(([, { cost }]) => cost !== noRule && "rule" in cost);
  t.true(priced.length > 20, `${priced.length} types are priced`);
  t.deepEqual(
    priced.filter(([, { cost }]) => cost === noRule || cost.reads === undefined),
    [],
  );
});

test("properties that are set and not known, by path, each once; empty ones are absent", (t) => {
  const known = { known: ["a", "b.c", "d[].e"], only: { f: [false], "g.h": ["x"] } };
  const inputs = {
    a: { any: 1 },
    b: { c: 1, z: 2 },
    d: [{ e: 1 }, { q: 1 }, { q: 2 }],
    f: "false",
    g: { h: "y" },
    i: [],
    j: {},
  };
  t.deepEqual(unreadProperties(inputs, known), ["b.z", "d[].q", "g.h"]);
  t.deepEqual(unreadProperties({ f: true, k: null }, known), ["f"]);
});
