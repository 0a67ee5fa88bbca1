// Which quotas a class breaks, and what mends each.
import test from "ava";
import { askQuotas, type ClassAccount } from "../../../course/plan/ask.ts";
import { type Counts, countsOf, together, usualVcpus } from "../../../course/plan/counts.ts";
import { judgeQuotas, quotaRules } from "../../../course/plan/quotas.ts";
import { planned } from "../../support/planned.ts";

const amount = (least: number, most = least) => ({ least, most });

test("vCPUs by size of the instance", (t) => {
  t.deepEqual(
    ["t4g.small", "t3.nano", "t2.micro", "t2.medium", "m7g.medium", "c7g.large", "m7g.xlarge", "m7i.12xlarge"].map(
      usualVcpus,
    ),
    [2, 2, 1, 2, 1, 2, 4, 48],
  );
});

test("a plan is counted at its groups' minimum and maximum; spot keeps one on demand", (t) => {
  const urn = (type: string, name: string) => `urn:pulumi:dev::p::${type}::${name}`;
  const template = planned({
    urn: urn("aws:ec2/launchTemplate:LaunchTemplate", "web"),
    type: "aws:ec2/launchTemplate:LaunchTemplate",
    name: "web",
    inputs: { instanceType: "m7g.xlarge" },
  });
  const group = (name: string, inputs: Record<string, unknown>) =>
    planned({ urn: urn("aws:autoscaling/group:Group", name), type: "aws:autoscaling/group:Group", name, inputs });
  const plan = {
    project: "p",
    stack: "dev",
    config: {},
    outputs: {},
    resources: [
      template,
      group("web", { minSize: 2, maxSize: 5, launchTemplate: { id: "web" } }),
      group("jobs", {
        minSize: 0,
        maxSize: 3,
        mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: { launchTemplateId: "web" } } },
      }),
      planned({
        urn: urn("awsx:ec2:Vpc", "net"),
        type: "awsx:ec2:Vpc",
        name: "net",
        inputs: { natGateways: { strategy: "Single" }, numberOfAvailabilityZones: 2 },
      }),
    ],
  };
  const counts = countsOf(plan, "us-east-1");
  t.deepEqual(counts.onDemandVcpus, amount(8, 24));
  t.deepEqual(counts.spotVcpus, amount(0, 8));
  t.deepEqual(counts.natGateways, amount(1));
  t.deepEqual(counts.vpcs, amount(1));
  t.deepEqual(together(counts, 10, { vpcs: amount(1) }).vpcs, amount(11));
});

test("what breaks names what mends it: another isolation, a raise by its code, fewer, several regions", (t) => {
  const counts: Counts = {
    balancers: amount(100),
    onDemandVcpus: amount(4, 40),
    roles: amount(600),
    mails: amount(150),
  };
  const found = new Map(
    judgeQuotas(counts, { balancers: { balancers: amount(1) } }, "eu-central-1").map((each) => [each.rule.kind, each]),
  );
  t.is(found.get("balancers")?.verdict, "breaks");
  t.deepEqual(found.get("balancers")?.mends, [
    "isolation: balancers",
    "aws service-quotas request-service-quota-increase --region eu-central-1 --service-code elasticloadbalancing " +
      "--quota-code L-53DA6B97 --desired-value 100",
    "spread the class over 2 regions",
  ]);
  t.is(found.get("onDemandVcpus")?.verdict, "breaks at most");
  t.true(found.get("onDemandVcpus")?.mends.includes("lower webMax and annotatorMax"));
  t.is(found.get("roles")?.verdict, "fits");
  t.deepEqual(found.get("roles")?.mends, []);
  t.is(found.get("mails")?.verdict, "fits");
  t.is(found.get("vpcs"), undefined, "what is not needed is not judged");
});

test("the account's own quota and use count where it tells; a refusal is said and leaves the published value", async (t) => {
  const account: ClassAccount = {
    inUse: async (kind) => {
      if (kind === "buckets") throw new Error("no s3:ListAllMyBuckets");
      return kind === "roles" ? 950 : undefined;
    },
    limit: async ({ kind }) => (kind === "vpcs" ? 200 : undefined),
    vcpusOf: async () => new Map(),
    close: () => {},
  };
  const counts: Counts = { vpcs: amount(100), roles: amount(60), buckets: amount(700) };
  const answers = await askQuotas(account, new Set(["vpcs", "roles", "buckets"]));
  const found = new Map(judgeQuotas(counts, {}, "us-west-2", answers).map((each) => [each.rule.kind, each]));
  t.like(found.get("vpcs"), { verdict: "fits", limit: 200, limitOf: "account" });
  t.like(found.get("roles"), { verdict: "breaks", inUse: 950, limit: 1000, limitOf: "published" });
  t.true(found.get("roles")?.mends.some((mend) => mend.includes("--region us-east-1") && mend.endsWith("1010")));
  t.like(found.get("buckets"), { verdict: "fits", unknown: "no s3:ListAllMyBuckets" });
});

test("every quota that Service Quotas knows is named by its code, each once", (t) => {
  const codes = quotaRules.flatMap(({ code }) => code ?? []);
  for (const code of codes) t.regex(code, /^L-[0-9A-F]{8}$/);
  t.is(new Set(codes).size, codes.length);
  t.is(new Set(quotaRules.map(({ kind }) => kind)).size, quotaRules.length);
});
