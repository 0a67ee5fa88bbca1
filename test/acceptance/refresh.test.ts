// Changed code rolls through the running farm under load: no request fails and no job is lost. Broken code rolls back by itself.
import {
  AutoScalingClient,
  DescribeInstanceRefreshesCommand,
  type InstanceRefresh,
} from "@aws-sdk/client-auto-scaling";
import test from "ava";
import type { ConsoleView } from "../../local/console/view.ts";
import { generatedVcf, sampleVcf } from "../../local/demo/sample-vcf.ts";
import { Scientist } from "../../local/demo/scientist.ts";
import { until } from "../../local/demo/until.ts";
import { startWatch, type Watch } from "../../local/run/watch.ts";
import { startTestService, type TestService } from "../support/local-service.ts";
import { copyProject, type ProjectCopy } from "../support/project-copy.ts";
import { startLoad } from "../support/steady-load.ts";

let service: TestService;
let watch: Watch;
/** What the watcher has told. */
const told: string[] = [];
let api: AutoScalingClient;
const max = new Scientist("");
let copy: ProjectCopy;

test.before(async () => {
  copy = await copyProject();
  // A warm-up of five minutes is 1.25 seconds, an hour the least it may be: 30.
  const config = { webMin: "2", webMax: "2", annotatorMin: "2", annotatorMax: "2", spot: "true" };
  service = await startTestService(18_800, config, 240, { directory: copy.directory });
  const { plan, redeploy } = service;
  watch = startWatch({
    directory: copy.directory,
    plan,
    redeploy,
    tell: (line) => told.push(line),
    problem: (line) => told.push(line),
  });
  await watch.ready;
  const { endpoint, administrator: credentials } = service.gateway;
  api = new AutoScalingClient({ region: service.emulator.region, endpoint, credentials });
  max.visits(service.url);
  await max.signIn(service.person("premium_user").sub);
});
test.after.always(async () => {
  await watch?.stop();
  await service?.stop();
  copy?.remove();
});

const groupOf = (name: string) => service.groups.groups().find((group) => group.name.includes(name))?.name ?? "";
const instancesOf = (name: string) =>
  service.hypervisor.instances().filter(({ groupName }) => groupName === groupOf(name));

async function latestRefresh(name: string) {
  const request = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: groupOf(name) });
  return (await api.send(request)).InstanceRefreshes?.[0];
}

/** The launch template version that a refresh rolls out; that of spot capacity stands in a policy. */
const versionOf = ({ DesiredConfiguration: desired }: InstanceRefresh) =>
  (desired?.LaunchTemplate ?? desired?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification)?.Version;

/** Resolves with the refresh that rolls this version out when it has ended. */
const ended = (name: string, version: string) =>
  until(`the refresh of ${name} to end`, async (seen) => {
    const latest = await latestRefresh(name);
    seen(`${latest?.Status} ${latest?.PercentageComplete} %: ${latest?.StatusReason}`);
    return latest?.EndTime === undefined || versionOf(latest) !== version ? undefined : latest;
  });

async function file(megabytes: number): Promise<Blob> {
  const parts: Buffer[] = [];
  for await (const part of generatedVcf(megabytes * 1_000_000)) parts.push(part);
  return new Blob(parts as BlobPart[]);
}

const submit = async (name: string, content: Blob) => (await max.submit(name, content)).jobId;

/** Every answer of the web service says which code gave it. */
const app = "const app = express();";
const release = (number: string) => `response.set("x-release", "${number}")`;

test.serial("changed code of web and annotator rolls through their groups", async (t) => {
  const before = new Set(service.hypervisor.instances().map(({ instanceId }) => instanceId));
  const large = await file(6);
  const jobs = await Promise.all([1, 2].map((i) => submit(`large-${i}.vcf`, large)));
  await until("both annotators to work", async () => {
    const states = await Promise.all(jobs.map(async (id) => (await service.backstage.job(id)).job_status));
    return states.every((state) => state === "RUNNING") || undefined;
  });
  const load = startLoad([`${service.url}/`, `${service.url}/healthz`]);
  const protectedOnes = instancesOf("annotator").filter((instance) => instance.protectedFromScaleIn);
  const telling = `app.use((_request, response, next) => void ${release("2")} ?? next());`;
  copy.change("runtime/web/web.tsx", app, `${app} ${telling}`);
  copy.change("runtime/annotator/main.ts", '"ready")', '"ready, release 2")');
  const small = new Blob([sampleVcf()]);
  jobs.push(...(await Promise.all([1, 2, 3].map((i) => submit(`small-${i}.vcf`, small)))));

  const refreshes = await Promise.all(["web", "annotator"].map((name) => ended(name, "2")));
  jobs.push(await submit("after.vcf", small));
  const done = await until("every job to be completed", async (seen) => {
    const all = await Promise.all(jobs.map((id) => service.backstage.job(id)));
    seen(all.map(({ job_status }) => job_status).join(" "));
    return all.every(({ job_status }) => job_status === "COMPLETED") ? all : undefined;
  });
  await load.stop();

  t.deepEqual(told, [
    "saved: runtime/annotator/main.ts, runtime/web/web.tsx",
    `changed: ${["annotator", "web"]
      .flatMap((name) => ["BucketObjectv2", "LaunchTemplate", "Group"].map((type) => `${type} gas-${name}`))
      .slice(0, 4)
      .join(", ")} and 2 more`,
  ]);
  t.deepEqual(load.failed(), []);
  t.true(load.answers.length > 100, `${load.answers.length} requests`);
  t.true(
    load.answers.some(({ headers }) => headers["x-release"] === undefined),
    "the old code answered",
  );
  t.is(load.answers.at(-1)?.headers["x-release"], "2");
  t.true(protectedOnes.length > 0, "busy workers were protected, and replaced all the same");
  t.deepEqual(
    done.map(({ attempts }) => attempts),
    done.map(() => 1),
    "no job was begun twice: who had one finished it",
  );
  for (const refresh of refreshes) {
    t.like(refresh, { Status: "Successful", PercentageComplete: 100, InstancesToUpdate: 0 });
    t.is(versionOf(refresh), "2");
    t.like(refresh?.Preferences, {
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 125,
      InstanceWarmup: 60,
      AutoRollback: true,
      SkipMatching: true,
      ScaleInProtectedInstances: "Refresh",
    });
  }
  await service.groups.reconcile();
  for (const name of ["web", "annotator"]) {
    t.is(
      service.groups.groups().find((group) => group.name === groupOf(name))?.template.version,
      "2",
      `${name} from now on`,
    );
  }
  const shown = (await (await fetch(`${service.consoleUrl}/view.json`)).json()) as ConsoleView;
  const web = shown.groups.find(({ name }) => name === groupOf("web"));
  t.like(web?.refresh, { status: "Successful", percent: 100, version: "2" });
  const now = ["web", "annotator"].flatMap(instancesOf).filter(({ state }) => state === "InService");
  t.is(now.length, 4);
  t.true(now.every(({ instanceId, template }) => !before.has(instanceId) && template.version === "2"));
  t.true(
    instancesOf("utility").every(({ instanceId }) => before.has(instanceId)),
    "what has not changed does not roll",
  );
});

test.serial("code that ends at its start rolls back by itself, and the code before goes on serving", async (t) => {
  const before = instancesOf("web").map(({ instanceId }) => instanceId);
  copy.change("runtime/web/web.tsx", release("2"), release("3"));
  copy.change("runtime/web/main.ts", "const lingerMilliseconds", "process.exit(3);\nconst lingerMilliseconds");
  const load = startLoad([`${service.url}/`, `${service.url}/healthz`]);
  const refresh = await ended("web", "3");
  const after = await until("both web instances to be in service", () => {
    const healthy = service.balancer.targets().filter((target) => target.health === "healthy");
    return healthy.length === 2 && instancesOf("web").length === 2
      ? healthy.map(({ instanceId }) => instanceId)
      : undefined;
  });
  await load.stop();

  t.deepEqual(load.failed(), []);
  t.true(load.answers.length > 100, `${load.answers.length} requests`);
  t.true(load.answers.every(({ headers }) => headers["x-release"] === "2"));
  t.like(refresh, { Status: "RollbackSuccessful", PercentageComplete: 0, InstancesToUpdate: 2 });
  t.is(versionOf(refresh), "3");
  t.regex(
    refresh.RollbackDetails?.RollbackReason ?? "",
    /^Automatic rollback was initiated\. .* for one hour\. .*i-\w+/,
  );
  // The room above the desired capacity goes when the rollback ends: which of those that serve leaves is the termination policy's choice.
  t.true(after.filter((each) => before.includes(each)).length >= 1, "one of the old ones was never touched");
  t.deepEqual(
    instancesOf("web").map(({ template }) => template.version),
    ["2", "2"],
  );
  const activities = service.groups.activities(groupOf("web"));
  t.true(activities.filter(({ cause }) => cause.includes("in response to an instance refresh")).length >= 2);
  t.deepEqual(service.problems, []);
});
