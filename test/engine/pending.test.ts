// An engine that was killed while it was creating something, with a provider that has written nothing down, as AWS's: what can be
// looked for by its name is taken over, and what was not made is made.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import test from "ava";
import { engineSettings } from "../../local/engine/engine.ts";
import { environmentOfDestination } from "../../local/engine/plugin/environment.ts";
import { installPlugins } from "../../local/engine/plugin/install.ts";
import type { Start } from "../../plan/engine/host/messages.ts";
import { operate } from "../../plan/engine/operate.ts";
import { type Deployment, pendingCreates, type StateResource, supposed } from "../../plan/engine/state.ts";
import { environmentWithout, writeWorkspace } from "../../plan/engine/workspace.ts";
import { readStackConfig } from "../../plan/stack-config.ts";
import { testEmulator } from "../support/emulator.ts";
import { noPulumi, pulumiForTests } from "./support.ts";

const pulumi = await pulumiForTests();
const engineTest = pulumi === undefined ? test.skip : test.serial;
if (pulumi === undefined) test(noPulumi, (t) => t.pass());

const creating = (resource: StateResource) => ({ type: "creating", resource });
const resource = (type: string, inputs: object): StateResource => ({
  urn: `urn:${type}`,
  type,
  custom: true,
  inputs: { ...inputs },
});

test("what has its id from its name is supposed to stand; what is in the state already is no question", (t) => {
  const table = resource("aws:dynamodb/table:Table", { name: "lab-items" });
  const bucket = resource("aws:s3/bucket:Bucket", {});
  const vpc = resource("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
  const role = { ...resource("aws:iam/role:Role", { name: "lab" }), id: "lab" };
  const deployment = {
    resources: [role],
    pending_operations: [...[table, bucket, vpc, role].map(creating), { type: "deleting", resource: role }],
  };
  const after = supposed(deployment);
  t.deepEqual(after.resources, [role, { ...table, id: "lab-items", outputs: {} }]);
  t.deepEqual([...pendingCreates(after)], [bucket.urn, vpc.urn]);
});

/** The state file says now that the table is being created, and nothing more of it. */
function cutOff(file: string): void {
  const state = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest: Required<Deployment> } };
  const { latest } = state.checkpoint;
  const resources = latest.resources ?? [];
  const table = resources.find(({ type }) => type === "aws:dynamodb/table:Table") as StateResource;
  const { id: _, outputs: __, ...begun } = table;
  const queue = {
    ...begun,
    urn: begun.urn.replace("dynamodb/table:Table", "sqs/queue:Queue"),
    type: "aws:sqs/queue:Queue",
  };
  const independent = resources.filter(({ dependencies = [] }) => !dependencies.includes(table.urn));
  const standing = independent.filter((each) => each !== table);
  const pending = [creating(begun), creating({ ...queue, inputs: { name: "never-made" } })];
  state.checkpoint.latest = { ...latest, resources: standing, pending_operations: pending };
  writeFileSync(file, JSON.stringify(state));
}

engineTest("the next up finds what stands, and forgets with a warning what it cannot look for", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "annofarm-pending-"));
  const program = fileURLToPath(new URL("../course/stacks/program", import.meta.url));
  const [backend, home, workspace] = ["backend", "home", "workspace"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(backend);
  const emulator = await testEmulator();
  t.teardown(() => emulator.stop());
  const config = await readStackConfig(program, "dev", { owner: "lab", queues: "2" });
  await installPlugins(home);
  await writeWorkspace(workspace, "lab", config);
  const start: Start = {
    ...{ operation: "up", pulumi: pulumi as string, workspace, home, stack: "lab", project: config.project },
    ...{ entry: config.entry, config: config.values, refresh: false, pending: "cleared" },
    environment: {
      PULUMI_BACKEND_URL: pathToFileURL(backend).href,
      PULUMI_CONFIG_PASSPHRASE: "test",
      ...engineSettings,
      ...environmentOfDestination({ emulator }),
    },
  };
  const options = { directory: program, inherited: environmentWithout(["PULUMI", "AWS"]), onOutput: () => {} };
  await operate(start, options);
  cutOff(join(backend, ".pulumi", "stacks", "small", "lab.json"));
  const { changes, warnings, deployment } = await operate(start, options);
  t.is(
    deployment.resources?.filter(({ type }) => type === "aws:dynamodb/table:Table").length,
    1,
    JSON.stringify(changes),
  );
  t.deepEqual(deployment.pending_operations ?? [], []);
  t.is(warnings.length, 1, warnings.join("\n"));
  t.regex(warnings[0] ?? "", /sqs\/queue:Queue.*was being created when an earlier engine was killed/);
});
