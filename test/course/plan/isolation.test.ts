// No role of one stack reaches anything of another's, under any isolation. Planted faults show that the questions find what is wrong:
// a role whose own policy is too wide reaches the other stack as soon as its boundary is taken away, and not before.
import test from "ava";
import { proveIsolation } from "../../../course/plan/isolation.ts";
import { allocate } from "../../../course/plan/places.ts";
import {
  readTemplate,
  type SharedOutputs,
  sharedConfig,
  sharedProgram,
  sharedTemplate,
  stackConfig,
} from "../../../course/plan/sharing.ts";
import { withPlans } from "../../../plan/plan.ts";
import type { Plan } from "../../../plan/types.ts";
import { classOf, program } from "./class.ts";

const region = "us-east-1";
const [ada, ben] = ["gas26-sadaaaa", "gas26-sbennnn"];
const quiet = { onOutput: () => {} };

/** The plans of two stacks and of what they share. */
async function plansOf(
  isolation: "own" | "network" | "balancers",
  said: object = {},
  config: Record<string, string> = {},
) {
  const { course } = classOf(2, { isolation, ...said });
  const template = await readTemplate(course);
  const places = allocate({}, [ada, ben], 100);
  return withPlans(async (read) => {
    const shared = await read({
      ...{ directory: sharedProgram, stack: sharedTemplate, config: sharedConfig(course, template, places) },
      ...quiet,
    });
    const stack = (name: string) =>
      read({
        directory: program,
        stack: "dev",
        config: { ...config, ...stackConfig(course, template, shared.outputs as SharedOutputs, name, places) },
        ...quiet,
      });
    return { shared, one: await stack(ada), other: await stack(ben) };
  });
}

test("a shared VPC takes the zones and endpoints that the course's stacks would have", async (t) => {
  const zones = "us-east-1a, us-east-1c";
  const { shared, one } = await plansOf("network", { config: { zones, endpoints: "interface" } }, { zones });
  const vpc = shared.resources.find(({ type }) => type === "awsx:ec2:Vpc");
  t.deepEqual(vpc?.inputs.availabilityZoneNames, ["us-east-1a", "us-east-1c"]);
  t.true(shared.resources.filter(({ type }) => type === "aws:ec2/vpcEndpoint:VpcEndpoint").length > 2);
  t.false(one.resources.some(({ type }) => type === "awsx:ec2:Vpc"));
});

/** Somebody gives one role's own policy every permission. */
function widened(plan: Plan, roleName: string): Plan {
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  });
  const resources = plan.resources.map((each) =>
    each.type === "aws:iam/rolePolicy:RolePolicy" && each.inputs.role === roleName
      ? { ...each, inputs: { ...each.inputs, policy } }
      : each,
  );
  return { ...plan, resources };
}

/** Somebody takes the boundary off one role. */
function unbounded(plan: Plan, roleName: string): Plan {
  const resources = plan.resources.map((each) => {
    if (each.type !== "aws:iam/role:Role" || each.outputs.name !== roleName) return each;
    const { permissionsBoundary: _, ...inputs } = each.inputs;
    return { ...each, inputs };
  });
  return { ...plan, resources };
}

for (const isolation of ["own", "network", "balancers"] as const) {
  test(`${isolation}: nothing is reached, whatever the own policies say; nothing is declared twice`, async (t) => {
    const { shared, one, other } = await plansOf(isolation);
    const proof = proveIsolation(one, other, shared, region);
    t.deepEqual(proof.stacks, [ada, ben]);
    t.is(proof.roles, 6);
    t.deepEqual(proof.unbounded, []);
    t.true(proof.declared.asked > 3000, `${proof.declared.asked} questions`);
    t.deepEqual(proof.declared.reached, []);
    t.deepEqual(proof.widened.reached, []);
    t.deepEqual(proof.collisions, []);
  });
}

test("a role that is too wide: the boundary stops it, and without the boundary it reaches everything", async (t) => {
  const { shared, one, other } = await plansOf("own", {}, { store: "vault" });
  const role = `${ada}-web`;
  const planted = widened(one, role);
  t.deepEqual(proveIsolation(planted, other, shared, region).declared.reached, []);

  const { declared, unbounded: free } = proveIsolation(unbounded(planted, role), other, shared, region);
  t.deepEqual(free, [role]);
  const reached = (pattern: RegExp) => declared.reached.some((each) => pattern.test(`${each.action} ${each.resource}`));
  t.true(declared.reached.every((each) => each.role === role));
  for (const pattern of [
    new RegExp(`^s3:GetObject arn:aws:s3:::${ben}-results.*\\.vcf$`),
    new RegExp(`^dynamodb:Scan .*table/${ben}-users$`),
    new RegExp(`^sqs:ReceiveMessage .*:${ben}-annotator-requests$`),
    new RegExp(`^sns:Publish .*:${ben}-job-restore$`),
    new RegExp(`^ssm:GetParameter .*parameter/${ben}/stripe-secret-key$`),
    new RegExp(`^iam:PassRole .*role/${ben}-web$`),
    new RegExp(`^iam:PutRolePolicy .*role/${ada}-web$`),
    /^iam:DeleteRolePermissionsBoundary /,
    new RegExp(`^glacier:InitiateJob .*vaults/${ben}-`),
    new RegExp(`^logs:GetLogEvents .*${ben}-web:`),
    new RegExp(`^autoscaling:SetDesiredCapacity .*${ben}-web$`),
    new RegExp(`^ses:SendEmail .*identity/${ben}\\.example\\.org$`),
  ]) {
    t.true(reached(pattern), String(pattern));
  }
  // Whom another role trusts is that role's own to say.
  t.false(reached(/^sts:AssumeRole /));
});

test("own policies that name another's things are found without any boundary", async (t) => {
  const { one, other } = await plansOf("own", { permissionsBoundary: false });
  t.deepEqual(proveIsolation(one, other, undefined, region).declared.reached, []);
  const table = `arn:aws:dynamodb:us-east-1:123456789012:table/${ben}-users`;
  const resources = one.resources.map((each) =>
    each.name === `${ada}-web-service`
      ? {
          ...each,
          inputs: {
            ...each.inputs,
            policy: String(each.inputs.policy).replaceAll(`table/${ada}-users`, `table/${ben}-users`),
          },
        }
      : each,
  );
  const { declared } = proveIsolation({ ...one, resources }, other, undefined, region);
  t.true(declared.reached.some(({ resource }) => resource === table));
});

test("an identity that both would make is told", async (t) => {
  const mail = { "annofarm:mailFrom": "gas@example.net" };
  const [one, other] = await withPlans(async (read) => {
    const of = (owner: string) => read({ directory: program, stack: "dev", config: { ...mail, owner }, ...quiet });
    return [await of(ada), await of(ben)] as const;
  });
  t.deepEqual(proveIsolation(one, other, undefined, region).collisions, [
    "arn:aws:ses:us-east-1:123456789012:identity/gas@example.net",
  ]);
});
