// docs/library.md: its programs are the ones that are compiled, and they declare what it says.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { readPlan } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import { farmsStaySmall } from "./guide/plan.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const document = readFileSync(join(root, "docs/library.md"), "utf8");
const guide = join(root, "test/library/guide");
const programs = new Map(readdirSync(guide).map((name) => [name, readFileSync(join(guide, name), "utf8")]));

/** Of the compiled file without its first line, which says what it is. */
const shownOf = (text: string) => text.slice(text.indexOf("\n") + 1);

test("each program of the guide is one that is compiled, and the other way round", (t) => {
  const shown = [...document.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text as string);
  t.deepEqual(shown.sort(), [...programs.values()].map(shownOf).sort());
});

test("the guide leads only to files that exist", (t) => {
  for (const [, target = ""] of document.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
    t.true(existsSync(join(root, "docs", target)), target);
  }
});

/** A project with one of the programs, in the repository, where it finds its packages. */
async function planOf(program: string): Promise<Plan> {
  mkdirSync(join(root, ".annofarm"), { recursive: true });
  const directory = mkdtempSync(join(root, ".annofarm", "guide-"));
  try {
    mkdirSync(join(directory, "app"));
    writeFileSync(join(directory, "app/server.ts"), "console.log(process.env.PORT);\n");
    writeFileSync(join(directory, "Pulumi.yaml"), "name: guide\nruntime: nodejs\nmain: index.ts\n");
    writeFileSync(join(directory, "Pulumi.dev.yaml"), "");
    writeFileSync(join(directory, "index.ts"), programs.get(program) ?? "");
    return await readPlan({ directory, stack: "dev", onOutput: () => {} });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function one(plan: Plan, type: string, name?: string) {
  const [found] = plan.resources.filter((each) => each.type === type && (name === undefined || each.name === name));
  if (found === undefined) throw new Error(`the program declares no ${type} ${name ?? ""}`);
  return found;
}

test("a transform lays values over ours, edits in place, and tells children apart", async (t) => {
  const plan = await planOf("transform.ts");
  t.is(one(plan, "aws:lb/loadBalancer:LoadBalancer").inputs.idleTimeout, 120);
  const group = one(plan, "aws:autoscaling/group:Group");
  t.like(group, { protect: true });
  t.like(group.inputs, { maxInstanceLifetime: 604_800, minSize: 2 });
  const pager = one(plan, "aws:sns/topic:Topic", "pager").outputs.arn;
  const alarm = (name: string) => one(plan, "aws:cloudwatch/metricAlarm:MetricAlarm", name).inputs.okActions;
  t.deepEqual(alarm("shop-scale-out"), [pager]);
  t.is(alarm("shop-scale-in"), undefined);
});

test("raw resources are there to build on", async (t) => {
  const plan = await planOf("nodes.ts");
  const balancer = one(plan, "aws:lb/loadBalancer:LoadBalancer");
  t.is(one(plan, "aws:wafv2/webAclAssociation:WebAclAssociation").inputs.resourceArn, balancer.outputs.arn);
  t.is(plan.outputs.template, 1);
});

test("a host runs a program of one's own", async (t) => {
  const plan = await planOf("host.ts");
  t.is(one(plan, "aws:autoscaling/group:Group").inputs.maxSize, 1);
  t.true(String(one(plan, "aws:iam/rolePolicy:RolePolicy", "tools-reporter-service").inputs.policy).includes("/*"));
});

test("a test of one's own program fails when it should", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-large-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const group = 'new Resource("aws:autoscaling/group:Group", "large", true, { maxSize: 21 });';
  writeFileSync(join(directory, "index.ts"), `import { Resource } from ${JSON.stringify(pulumi)};\n${group}\n`);
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  writeFileSync(join(directory, "Pulumi.yaml"), "name: large\nruntime: nodejs\nmain: index.ts\n");
  writeFileSync(join(directory, "Pulumi.dev.yaml"), "");
  await t.throwsAsync(farmsStaySmall(directory), { message: "large may grow to 21" });
});

const pulumi = join(root, "node_modules/@pulumi/pulumi/index.js");
