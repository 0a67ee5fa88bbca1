// What the roles of the deployed service can do, as the view finds it by evaluation; and the document that is made of it.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { droppedDeliveries } from "../../../plan/iam/deliveries.ts";
import { declaredPolicies } from "../../../plan/iam/roles.ts";
import { readPlan } from "../../../plan/plan.ts";
import type { Plan, PlannedResource } from "../../../plan/types.ts";
import { markdownOfPermissions, withGenerated } from "../../../plan/views/permissions/document.ts";
import { graveActions, markdownOfGrave } from "../../../plan/views/permissions/grave.ts";
import { jsonOfRoles } from "../../../plan/views/permissions/json.ts";
import { type RoleView, roleViews } from "../../../plan/views/permissions/reach.ts";
import { textOfRoles } from "../../../plan/views/permissions/words.ts";

const directory = fileURLToPath(new URL("../../..", import.meta.url));
// Names as short as they get; the document has those of the stack.
const read = (store: "s3" | "vault", more: Readonly<Record<string, string>> = {}) =>
  readPlan({ directory, stack: "dev", config: { store, names: "owner", ...more } });
const plans = { s3: await read("s3"), vault: await read("vault") };

function named(roles: readonly RoleView[], name: string): RoleView {
  const found = roles.find((role) => role.name === name);
  if (found === undefined) throw new Error(`there is no role ${name}`);
  return found;
}

/** `reads objects: gas-inputs… (gas/*)` */
const holdsOf = ({ holds }: RoleView) =>
  holds.map(({ verb, store, parts }) => `${verb.words}: ${store.name}${parts.map((part) => ` ${part}`).join("")}`);

test("docs/security.md shows the roles as they are declared", async (t) => {
  const file = new URL("../../../docs/security.md", import.meta.url);
  const document = await readFile(file, "utf8");
  t.is(
    document,
    withGenerated(document, markdownOfPermissions(await read("s3", { names: "stack" })), "docs/security.md"),
    "run: npx annofarm permissions -s dev --update docs/security.md",
  );
});

test("an annotator reads inputs and its own bundle, writes results, and touches nothing of anybody else", (t) => {
  const annotator = named(roleViews(plans.s3), "gas-annotator");
  t.deepEqual(
    holdsOf(annotator).filter((hold) => /objects|items|queries|messages|reads/.test(hold)),
    [
      "reads objects: gas-code-123456789012-us-east-1 bundles/gas-annotator/*.tgz",
      "reads objects: gas-inputs-123456789012-us-east-1 gas/*",
      "writes objects: gas-results-123456789012-us-east-1 gas/*",
      "deletes objects, versions stay: gas-results-123456789012-us-east-1 gas/*",
      "reads items whose key it knows: gas-annotations",
      "changes items: gas-annotations",
      "receives messages: gas-annotator-express",
      "hides messages for a while: gas-annotator-express",
      "deletes messages it has received: gas-annotator-express",
      "receives messages: gas-annotator-requests",
      "hides messages for a while: gas-annotator-requests",
      "deletes messages it has received: gas-annotator-requests",
      "publishes messages: gas-job-results",
    ],
  );
  const out = annotator.outOfReach.map(({ name }) => name);
  for (const name of ["gas-users", "gas-events", "gas-job-archive", "/gas/stripe-secret-key", "gas-web"]) {
    t.true(out.includes(name), name);
  }
  t.deepEqual(annotator.assumedBy, ["ec2.amazonaws.com"]);
});

test("only web reads secrets; only the host takes on roles; no role may do what would open all others", (t) => {
  for (const plan of Object.values(plans)) {
    const roles = roleViews(plan);
    const who = (words: string) => roles.filter(({ holds }) => holds.some(({ verb }) => verb.words === words));
    t.deepEqual(
      who("reads").map(({ name }) => name),
      ["gas-web"],
    );
    t.deepEqual(
      who("takes on").map(({ name }) => name),
      ["gas-utility"],
    );
    t.deepEqual(
      graveActions(declaredPolicies(plan)).filter(({ roles: may }) => may.length > 0),
      [],
    );
  }
});

test("with a vault, archiver and restorer have the hold on it that they have on the bucket", (t) => {
  const roles = roleViews(plans.vault);
  const onVault = (name: string) => holdsOf(named(roles, name)).filter((hold) => hold.includes("archive-store"));
  t.deepEqual(onVault("gas-utility-archiver"), [
    "stores archives: gas-job-archive-store",
    // An inventory is asked for like an archive.
    "asks for archives and inventories: gas-job-archive-store",
    "reads what it has asked for: gas-job-archive-store",
    "reads settings and counts: gas-job-archive-store",
    "deletes archives: gas-job-archive-store",
  ]);
  t.deepEqual(onVault("gas-utility-restorer"), [
    "asks for archives and inventories: gas-job-archive-store",
    "reads what it has asked for: gas-job-archive-store",
    "reads settings and counts: gas-job-archive-store",
    "deletes archives: gas-job-archive-store",
  ]);
});

test("text fits 80 columns; JSON has every hold", (t) => {
  const roles = roleViews(plans.s3);
  const lines = textOfRoles(roles).split("\n");
  t.deepEqual(
    lines.filter((line) => line.length > 80),
    [],
  );
  const parsed = JSON.parse(jsonOfRoles(roles)) as { name: string; can: unknown[] }[];
  t.deepEqual(
    parsed.map(({ name, can }) => [name, can.length]),
    roles.map(({ name, holds }) => [name, holds.length]),
  );
});

/** A plan with one statement more in a role's policy, or with other inputs of a resource. */
function changed(
  plan: Plan,
  change: (resource: PlannedResource) => Readonly<Record<string, unknown>> | undefined,
): Plan {
  return {
    ...plan,
    resources: plan.resources.map((resource) => {
      const inputs = change(resource);
      return inputs === undefined ? resource : { ...resource, inputs: { ...resource.inputs, ...inputs } };
    }),
  };
}

const withStatement = (policy: unknown, statement: object) => {
  const document = JSON.parse(String(policy)) as { Statement: object[] };
  return JSON.stringify({ ...document, Statement: [...document.Statement, statement] });
};

test("a permission that is given too widely is seen", (t) => {
  const wide = changed(plans.s3, ({ type, inputs }) =>
    type === "aws:iam/rolePolicy:RolePolicy" && inputs.role === "gas-annotator" && inputs.name === "service"
      ? {
          policy: withStatement(inputs.policy, { Effect: "Allow", Action: ["dynamodb:*", "iam:Pass*"], Resource: "*" }),
        }
      : undefined,
  );
  const holds = holdsOf(named(roleViews(wide), "gas-annotator"));
  for (const hold of [
    "reads the whole table: gas-users",
    "queries by index: gas-users",
    "hands to a service of AWS: gas-web",
  ]) {
    t.true(holds.includes(hold), hold);
  }
  const grave = graveActions(declaredPolicies(wide)).filter(({ roles }) => roles.length > 0);
  t.deepEqual(
    grave.map(({ action }) => action),
    ["iam:PassRole", "dynamodb:Scan", "dynamodb:DeleteTable"],
  );
  t.regex(markdownOfGrave(grave), /\*\*`iam:PassRole` is allowed to gas-annotator\*\*/);
});

test("a queue that refuses its topic or bucket is found", (t) => {
  for (const plan of Object.values(plans)) t.deepEqual(droppedDeliveries(plan), []);
  const closed = changed(plans.s3, ({ type, inputs }) =>
    type === "aws:sqs/queuePolicy:QueuePolicy" && /job-restore-events|job-notify/.test(String(inputs.queueUrl))
      ? { policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }) }
      : undefined,
  );
  const queue = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
  t.deepEqual(droppedDeliveries(closed).sort(), [
    `the policy of ${queue("gas-job-notify")} does not let sns.amazonaws.com send what comes from arn:aws:sns:us-east-1:123456789012:gas-job-results`,
    `the policy of ${queue("gas-job-restore-events")} does not let s3.amazonaws.com send what comes from arn:aws:s3:::gas-job-archive-store-123456789012-us-east-1`,
  ]);
  const other = changed(plans.s3, ({ type, inputs }) =>
    type === "aws:sqs/queuePolicy:QueuePolicy" && String(inputs.queueUrl).endsWith("/gas-job-notify")
      ? { policy: String(inputs.policy).replace(":gas-job-results", ":gas-job-others") }
      : undefined,
  );
  t.is(droppedDeliveries(other).length, 1, "its policy names another topic");
});

test("a topic that refuses its alarms and rules is found", async (t) => {
  const told = await read("s3", { operatorEmail: "me@example.org" });
  t.deepEqual(droppedDeliveries(told), []);
  const closed = changed(told, ({ type, name, inputs }) =>
    type === "aws:sns/topicPolicy:TopicPolicy" && name === "gas-alarms"
      ? { policy: String(inputs.policy).replace("events.amazonaws.com", "s3.amazonaws.com") }
      : undefined,
  );
  const [dropped, ...more] = droppedDeliveries(closed);
  t.deepEqual(more, []);
  t.regex(
    dropped ?? "",
    /:gas-alarms does not let events\.amazonaws\.com send what comes from .*rule\/gas-group-failures$/,
  );
});

test("a document without markers is refused, with what to put where", (t) => {
  t.throws(() => withGenerated("# Title\n", "x", "README.md"), { message: /README\.md has no line "<!-- generated: / });
});
