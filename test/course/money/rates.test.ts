import test from "ava";
import { ratesOf } from "../../../course/money/rates.ts";
import { costOf } from "../../../plan/cost/cost.ts";
import { usageOf } from "../../../plan/cost/usage.ts";
import { farm, planOf, resource } from "../../plan/cost/fixture.ts";
import { declaration, prices, rates } from "./fixture.ts";

const close = (actual: number, expected: number) => Math.abs(actual - expected) < 1e-9;

test("each part costs what the declaration's prices say", (t) => {
  t.true(close(rates.fixed, 0.0225 + 2 * 0.005 + 3 / 730), "balancer, its two addresses, the dashboard");
  const web = rates.groups.get("-web");
  t.is(web?.instanceType, "t4g.small");
  t.true(close(web?.besides ?? 0, 0.005 + (8 * 0.08) / 730), "address and disk");
  t.is(rates.instance("t4g.small", false), 0.02);
  t.is(rates.instance("t4g.small", true), 0.008);
  t.is(rates.instance("x99.huge", false), undefined);
  t.deepEqual([...rates.groups.keys()], ["-web", "-annotator", "-utility"]);
});

test("the parts together are what annofarm cost says of groups at their minimum", (t) => {
  const usage = usageOf();
  const parts = ratesOf(declaration, prices, usage);
  const at = { "-web": 2, "-annotator": 2, "-utility": 1 };
  const instances = Object.entries(at).reduce((sum, [group, count]) => {
    const besides = parts.groups.get(group)?.besides ?? Number.NaN;
    return sum + count * ((parts.instance("t4g.small", false) ?? Number.NaN) + besides);
  }, 0);
  const whole = costOf(declaration.plan, prices, usage, "min").hourlyUsd;
  t.true(close(parts.fixed + parts.estimated + instances, whole));
  t.true(parts.estimated > 0, "requests are estimated");
});

test("neither schedules, weights nor warm pools change the price of one instance", (t) => {
  const template = { blockDeviceMappings: [{ ebs: { volumeType: "gp3", volumeSize: 8 } }] };
  const warm = { warmPool: { minSize: 3 }, desiredCapacity: 7 };
  const plan = planOf(
    ...farm("s-web", { min: 0, max: 10 }, { template, group: warm }),
    resource("aws:autoscaling/schedule:Schedule", "s-morning", {
      autoscalingGroupName: "s-web",
      recurrence: "0 8 * * *",
      minSize: 8,
    }),
  );
  const found = ratesOf({ plan, owner: "s" }, prices, usageOf());
  t.true(close(found.groups.get("-web")?.besides ?? 0, (8 * 0.08) / 730));
  t.true(found.leftOut.some((reason) => reason.includes("warm pool")));
  t.is(found.fixed, 0);
});

test("a single instance stands with its disk, and its hours are those that EC2 tells", (t) => {
  const inputs = { instanceType: "t4g.small", rootBlockDevice: { volumeType: "gp3", volumeSize: 8 } };
  const plan = planOf(resource("aws:ec2/instance:Instance", "s-one", inputs));
  const found = ratesOf({ plan, owner: "s" }, prices, usageOf());
  t.true(close(found.fixed, (8 * 0.08) / 730));
});

test("what has no price is named", (t) => {
  const plan = planOf(resource("aws:ec2/flowLog:FlowLog", "s-flow"), resource("aws:fancy/thing:Thing", "s-thing"));
  const { leftOut } = ratesOf({ plan, owner: "s" }, prices, usageOf());
  t.true(leftOut.some((reason) => reason.includes("aws:fancy/thing:Thing")));
  t.true(leftOut.some((reason) => reason.includes("records")));
});
