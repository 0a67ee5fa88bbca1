// `annofarm roll` on the running service, as a user types it: what `up` has made reaches the instances under load without a failed
// request, and goes back where it does not start, where it fails its users, and where the user says so.
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { Plan } from "../../plan/types.ts";
import { nameWithinStack } from "../../runtime/contract/names.ts";
import { type RunningCommand, runCommand } from "../support/command.ts";
import { startTestService, type TestService } from "../support/local-service.ts";
import { copyProject, type ProjectCopy } from "../support/project-copy.ts";
import { startLoad } from "../support/steady-load.ts";
import { until } from "../support/until.ts";

let service: TestService;
let copy: ProjectCopy;
let plan: Plan;

const config = { rolls: "byCommand", webMin: "2", webMax: "2", annotatorMin: "1", annotatorMax: "1", spot: "true" };

test.before(async () => {
  copy = await copyProject();
  // An hour of waiting for healthy instances is a minute here, which leaves a busy machine time to start them.
  service = await startTestService(19_700, config, 60, { directory: copy.directory });
  plan = service.plan;
  const places = join(copy.directory, ".annofarm");
  mkdirSync(places, { recursive: true });
  rmSync(join(places, "local"), { recursive: true, force: true });
  symlinkSync(service.stateDirectory, join(places, "local"));
});
test.after.always(async () => {
  await service?.stop();
  copy?.remove();
});

function roll(...args: readonly string[]): RunningCommand {
  const settings = Object.entries(config).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  return runCommand(["roll", "--local", "-C", copy.directory, ...settings, ...args]);
}

const group = (name: string) => service.groups.groups().find((each) => nameWithinStack(each.name).endsWith(name));
const instances = (name: string) =>
  service.hypervisor.instances().filter((each) => nameWithinStack(each.groupName).endsWith(name));
const versions = (name: string) => instances(name).map(({ template }) => template.version);

/** What `pulumi up` does with the saved program. */
async function up(): Promise<void> {
  plan = await service.redeploy(plan);
}

const app = "const app = express();";
const answers = (text: string) => `app.use((_request, response, next) => void ${text} ?? next());`;
const release = (number: string) => `response.set("x-release", "${number}")`;
const failing = `app.use("/fails", (_request, response) => void response.status(500).end());`;

const untilRested = () =>
  until("both web instances serve, and nobody else is there", async () => {
    await service.groups.reconcile();
    const healthy = service.balancer.targets().filter(({ health }) => health === "healthy");
    return healthy.length === 2 && instances("web").length === 2;
  });

test.serial("up leaves what runs alone; the roll brings it to every group that has something new", async (t) => {
  copy.change("runtime/web/web.tsx", app, `${app} ${answers(release("2"))}`);
  copy.change("runtime/annotator/main.ts", '"ready")', '"ready, release 2")');
  await up();
  await service.groups.reconcile();
  t.deepEqual([group("web")?.template.version, group("annotator")?.template.version], ["1", "1"]);
  const running = service.hypervisor.instances().map(({ template }) => template.version);
  t.deepEqual([...new Set(running)], ["1"]);
  const status = roll("--status");
  t.is((await status.ended).code, 0, status.stderr);
  t.regex(status.stdout, /gas-web--local +launches version 1, runs 2 of version 1; version 2 waits to be rolled/);
  t.notRegex(status.stdout, /gas-utility.*waits/);

  const load = startLoad([`${service.url}/`, `${service.url}/healthz`]);
  const command = roll("--follow", "--bake", "20");
  const { code } = await command.ended;
  await untilRested();
  await load.stop();
  t.is(code, 0, command.stdout + command.stderr);
  t.deepEqual(load.failed(), []);
  t.true(load.answers.length > 100, `${load.answers.length} requests`);
  t.is(load.answers.at(-1)?.headers["x-release"], "2");
  t.regex(command.stdout, /gas-web--local +from version 1 to version 2, ended by gas-web-failing/);
  t.regex(command.stdout, /gas-web--local +version 2: \d+ % replaced, \d to go/);
  t.regex(command.stdout, /gas-web--local +version 2 runs everywhere; its alarms are listened to/);
  t.regex(command.stdout, /gas-web--local +done, runs version 2/);
  t.regex(command.stdout, /gas-annotator--local +done, runs version 2/);
  t.regex(command.stdout, /gas-utility--local +runs version 1 already/);
  t.deepEqual([...versions("web"), ...versions("annotator")], ["2", "2", "2"]);
  t.deepEqual([group("web")?.template.version, group("annotator")?.template.version], ["2", "2"]);
  t.is(group("web")?.desired, 2);
  const again = roll();
  t.is((await again.ended).code, 0);
  t.regex(again.stdout, /gas-web--local +runs version 2 already/);
  await up();
  t.deepEqual(versions("web"), ["2", "2"], "an up after it changes nothing");
});

test.serial("a version that fails its users goes back while it bakes, by the farm's alarm", async (t) => {
  copy.change("runtime/web/web.tsx", app, `${app} ${failing}`);
  await up();
  const command = roll("--follow", "--group", "web", "--bake", "2880");
  await command.says(/version 3 runs everywhere/);
  const over = new AbortController();
  const users = (async () => {
    while (!over.signal.aborted) await Promise.all(Array.from({ length: 20 }, () => fetch(`${service.url}/fails`)));
  })();
  await command.says(/goes back from version 3/);
  over.abort();
  await users;
  t.is((await command.ended).code, 2, command.stdout + command.stderr);
  t.regex(
    command.stdout,
    /went back from version 3: Automatic rollback .* gas-web-failing--local is in the ALARM state/,
  );
  await untilRested();
  t.deepEqual(versions("web"), ["2", "2"]);
  t.is(group("web")?.template.version, "2");
});

test.serial("Ctrl-C leaves the roll to itself and says how to go on; --back turns it round", async (t) => {
  copy.change("runtime/web/web.tsx", failing, "");
  copy.change("runtime/web/web.tsx", release("2"), release("4"));
  await up();
  // Until the alarm is OK again, no roll begins.
  await until("the roll begins", async () => (await roll("--group", "web", "--bake", "2880").ended).code === 0);
  const command = roll("--follow", "--group", "web");
  await command.says(/version 4 runs everywhere/);
  command.send("SIGINT");
  t.is((await command.ended).code, 130);
  t.regex(
    command.stdout,
    /SIGINT: the roll goes on without being followed\.\n.*--local --group web --follow +see it through/,
  );
  const busy = roll("--group", "web");
  t.is((await busy.ended).code, 1);
  t.regex(busy.stderr, /gas-web--local is being rolled to version 4 already; see it through with --follow/);
  const back = roll("--back", "--follow", "--group", "web");
  t.is((await back.ended).code, 2, back.stdout + back.stderr);
  t.regex(back.stdout, /went back from version 4: Rollback was initiated due to user request/);
  await untilRested();
  t.deepEqual(versions("web"), ["2", "2"]);
  const none = roll("--back");
  t.is((await none.ended).code, 1);
  t.regex(none.stderr, /no roll of gas-\S+ is under way; to go back to a version of before, roll to it/);
});

test.serial(
  "a version that does not start goes back by itself, and the one of before serves all the time",
  async (t) => {
    copy.change("runtime/web/main.ts", "const lingerMilliseconds", "process.exit(3);\nconst lingerMilliseconds");
    await up();
    const load = startLoad([`${service.url}/`, `${service.url}/healthz`]);
    const command = roll("--follow", "--group", "web");
    const { code } = await command.ended;
    await untilRested();
    await load.stop();
    t.is(code, 2, command.stdout + command.stderr);
    t.regex(command.stdout, /went back from version 5: Automatic rollback was initiated\. .* for one hour/);
    t.deepEqual(load.failed(), []);
    t.true(load.answers.length > 100, `${load.answers.length} requests`);
    t.deepEqual(versions("web"), ["2", "2"]);
    t.is(group("web")?.template.version, "2");
    t.deepEqual(service.problems, []);
  },
);
