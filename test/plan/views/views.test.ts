import test from "ava";
import type { Plan, PlannedResource } from "../../../plan/types.ts";
import { jsonOf } from "../../../plan/views/json.ts";
import { treeOf } from "../../../plan/views/tree.ts";

function resource(name: string, more: Partial<PlannedResource> = {}): PlannedResource {
  return {
    urn: `urn:${name}`,
    type: "aws:sqs/queue:Queue",
    name,
    parent: undefined,
    custom: true,
    dependencies: [],
    protect: false,
    inputs: {},
    secretInputs: [],
    id: name,
    outputs: {},
    ...more,
  };
}

const plan: Plan = {
  project: "farm",
  stack: "dev",
  config: {},
  outputs: { url: "https://example.org", ports: [1] },
  resources: [
    resource("web", { type: "annofarm:index:WebFarm", custom: false }),
    resource("web-queue", { parent: "urn:web", inputs: { visibilityTimeoutSeconds: 60 } }),
    resource("x".repeat(90), { parent: "urn:web" }),
    resource("busy", {
      type: "aws:cloudwatch/metricAlarm:MetricAlarm",
      inputs: {
        metricName: "RequestCount",
        comparisonOperator: "GreaterThanThreshold",
        threshold: 200,
        period: 60,
        evaluationPeriods: 1,
      },
    }),
    resource("out", {
      type: "aws:autoscaling/policy:Policy",
      inputs: { policyType: "StepScaling", stepAdjustments: [{ scalingAdjustment: 1 }, { scalingAdjustment: 2 }] },
    }),
    resource("key", {
      type: "tls:index/privateKey:PrivateKey",
      inputs: { rules: [{ token: "hush" }, { token: "open" }] },
      outputs: { z: 1, a: 2 },
      secretInputs: ["rules[0].token"],
    }),
  ],
};

test("the tree shows resources under their parents, within 80 columns", (t) => {
  t.is(
    treeOf(plan),
    [
      "farm dev: 5 resources",
      "├─ WebFarm web",
      "│  ├─ sqs Queue -queue: hides 60 s",
      `│  └─ sqs Queue ${"x".repeat(80 - 17)}…`,
      "├─ cloudwatch MetricAlarm busy: RequestCount > 200 in 1 min",
      "├─ autoscaling Policy out: +1, +2 in steps",
      "└─ tls PrivateKey key",
      "",
      "outputs",
      "  url: https://example.org",
      "  ports: [1]",
      "",
    ].join("\n"),
  );
});

test("JSON hides secrets and has a stable order", (t) => {
  const text = jsonOf(plan);
  t.false(text.includes("hush"));
  const key = (JSON.parse(text) as Plan).resources.at(-1);
  t.deepEqual(key?.inputs, { rules: [{ token: "[secret]" }, { token: "open" }] });
  t.deepEqual(Object.keys(key?.outputs ?? {}), ["a", "z"]);
});
