import test from "ava";
import type { Cost } from "../../../plan/cost/cost.ts";
import { dominantOf } from "../../../plan/cost/dominant.ts";
import type { PlannedResource } from "../../../plan/types.ts";
import { costText } from "../../../plan/views/cost.ts";
import { amount, bytes, dollars, price } from "../../../plan/views/money.ts";
import { cost, farm, idle, planOf, resource, tableOf } from "./fixture.ts";

function small(minimum: number): PlannedResource[] {
  const component = resource("annofarm:index:WebFarm", "web", {}, { custom: false });
  const members = [
    ...farm("web-group", { min: minimum, max: 4 }),
    resource("aws:cloudwatch/metricAlarm:MetricAlarm", "a", { metricName: "m" }),
  ].map((each) => ({ ...each, parent: component.urn }));
  return [
    component,
    ...members,
    resource("aws:lb/loadBalancer:LoadBalancer", "lb", { subnets: ["a", "b"], internal: true }),
  ];
}

const table = tableOf({ "cloudwatch.alarm": 0.01, "alb.hour": 0.02 });
const report = (resources: PlannedResource[], found: Cost) => ({
  plan: planOf(...resources),
  region: "xx-test-1",
  pricesOf: "2026-01-01",
  cost: found,
  dominant: [],
  stacks: 1,
  months: 1,
});

test("by component and in total, a month and an hour, small lines together", (t) => {
  const resources = small(2);
  const text = costText(report(resources, cost(resources, idle, "expected", table)));
  t.is(
    text.split("\nGroup sizes")[0],
    [
      "small test in xx-test-1, prices of 2026-01-01, USD",
      "0 jobs of 100 KB and 0 requests within 40 h; a month of 730 h; groups as",
      "expected",
      "",
      "                                                             a month     an hour",
      "WebFarm web                                                   $29.21     $0.0400",
      "├─ t4g.small on demand: 1,460 h × $0.02                       $29.20     $0.0400",
      "└─ 1 smaller                                                   $0.01    <$0.0001",
      "test                                                          $14.60     $0.0200",
      "├─ balancer hours: 730 h × $0.02                              $14.60     $0.0200",
      "└─ 1 smaller                                                   $0.00     $0.0000",
      "total                                                         $43.81     $0.0600",
      "",
    ].join("\n"),
  );
  t.true(text.split("\n").every((line) => line.length <= 80));
});

test("--all shows each line and why a resource costs nothing", (t) => {
  const resources = small(2);
  const text = costText(report(resources, cost(resources, idle, "expected", table)), { all: true });
  t.regex(text, /alarms: 1 metric-month × \$0\.01/);
  t.regex(text, /web-group-template: counted where it is used/);
});

test("many stacks, many months, and what it saves to take them down", (t) => {
  const resources = small(2);
  const found = cost(resources, { ...idle, upHours: 365 }, "expected", table);
  const text = costText({ ...report(resources, found), stacks: 100, months: 3, fullMonthlyUsd: 2 * found.monthlyUsd });
  const usd = dollars(found.monthlyUsd * 300);
  t.true(text.includes(`100 stacks for 3 months: ${usd}`));
  t.true(text.includes(`it saves ${usd}`));
});

test("what dominates, and what a change does to the whole", (t) => {
  const resources = small(2);
  const now = { plan: planOf(...resources), cost: cost(resources, idle, "expected", table) };
  const smaller = small(1);
  const alternatives = [
    {
      alternative: { key: "small:webMin", value: "1" },
      plan: planOf(...smaller),
      cost: cost(smaller, idle, "expected", table),
    },
    { alternative: { key: "small:nothing", value: "x" }, ...now },
  ];
  const dominant = dominantOf(now, alternatives);
  t.deepEqual(
    dominant.map(({ component, what }) => `${component}: ${what}`),
    ["WebFarm web: t4g.small on demand", "test: balancer hours", "WebFarm web: alarms"],
  );
  t.is(dominant[0]?.changedBy.length, 1);
  t.is(dominant[0]?.changedBy[0]?.monthlyUsd.toFixed(4), "-14.6000");
  t.deepEqual(dominant[1]?.changedBy, []);
  t.regex(costText({ ...report(resources, now.cost), dominant: dominantOf(now, []) }), /^What dominates$/m);
  const text = costText({ ...report(resources, now.cost), dominant });
  t.regex(text, /^ {2}67 % {2}t4g\.small on demand, WebFarm web\n {8}small:webMin=1 +−\$14\.60 a month$/m);
});

test("numbers as people read them", (t) => {
  t.is(dollars(1234.5), "$1,234.50");
  t.is(dollars(0.001), "<$0.01");
  t.is(dollars(0), "$0.00");
  t.is(dollars(-2), "−$2.00");
  t.is(price(4e-7), "$0.0000004");
  t.is(price(0.0225), "$0.0225");
  t.is(amount(1460), "1,460");
  t.is(amount(0.12345), "0.123");
  t.is(bytes(150_000), "150 KB");
  t.is(bytes(1), "1 bytes");
});
