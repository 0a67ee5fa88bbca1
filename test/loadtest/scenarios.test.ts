// The scenarios, run by k6 for a second against a small server; and what each refuses before any load.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import register from "ava";
import { findK6 } from "../../loadtest/measure/k6/find.ts";
import { inspectScenario } from "../../loadtest/measure/k6/scenario.ts";
import { type ScenarioName, scenarioFile, scenarioNames } from "../../loadtest/measure/scenarios.ts";
import { k6Path, noK6 } from "../support/k6.ts";
import { type SmallService, startSmallService } from "../support/small-service.ts";

const test = k6Path === undefined ? register.skip : register.serial;
if (k6Path === undefined) console.warn(noK6);
const k6 = k6Path as string;

const tokenOf = (digit: string) => `gas_${Buffer.from("u-1").toString("base64url")}_${digit.repeat(64)}`;
const token = tokenOf("a");
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Each for about a second of real time. */
const short: Readonly<Record<ScenarioName, Readonly<Record<string, string>>>> = {
  web: { USERS: "3", RAMP: "1", PLATEAU: "30" },
  spike: { BASE: "1", USERS: "3", CALM: "10", PEAK: "10" },
  soak: { USERS: "3", MINUTES: "1" },
  annotator: { JOBS: "20", MINUTES: "1" },
  journey: { USERS: "2", MINUTES: "1" },
};

const run = (name: ScenarioName, env: Readonly<Record<string, string>>) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const args = ["run", "--quiet", "--no-usage-report", "--address", "", scenarioFile(name)];
    const { PATH = "", HOME = "" } = process.env;
    execFile(k6, args, { cwd: root, env: { PATH, HOME, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });

for (const name of scenarioNames) {
  test(`${name}: every check passes against a service that does as it should`, async (t) => {
    const service = await startSmallService();
    t.teardown(() => service.stop());
    const { code, output } = await run(name, { ...short[name], TARGET: service.url, SPEED: "30", TOKEN: token });
    t.is(code, 0, output);
    t.true(service.requests.length > 0);
    t.deepEqual([...service.tokens], name === "annotator" || name === "journey" ? [token] : []);
    t.true(service.requests.every((each) => /^(GET|POST) (\/$|\/api\/v1\/jobs)/.test(each)));
  });

  test(`${name}: failed checks fail the run`, async (t) => {
    const service = await startSmallService({ status: 500 });
    t.teardown(() => service.stop());
    const { code, output } = await run(name, { ...short[name], TARGET: service.url, SPEED: "30", TOKEN: token });
    t.is(code, 99, output);
  });
}

test("journey: list, upload, detail and log", async (t) => {
  const service: SmallService = await startSmallService();
  t.teardown(() => service.stop());
  await run("journey", {
    ...short.journey,
    TARGET: service.url,
    SPEED: "60",
    TOKEN: `${token},${tokenOf("b")}`,
  });
  t.deepEqual([...service.tokens].sort(), [token, tokenOf("b")], "users take turns");
  const made = new Set(service.requests.map((each) => each.replace(/[0-9a-f-]{36}/, "ID")));
  t.deepEqual(
    [...made].sort(),
    ["GET /api/v1/jobs", "GET /api/v1/jobs/ID", "GET /api/v1/jobs/ID/log", "POST /api/v1/jobs"].sort(),
  );
});

const local = { TARGET: "http://127.0.0.1:1" };
for (const [name, env, message] of [
  ["web", { USERS: "0" }, /USERS=0 is not a whole number of users from 1 to 1000; set USERS=240/],
  ["web", { USERS: "2.5" }, /USERS=2\.5 is not a whole number/],
  ["web", { USERS: "many" }, /USERS=many/],
  ["web", { PLATEAU: "99999" }, /PLATEAU=99999 is not a whole number of seconds from 1 to 14400/],
  ["web", { SPEED: "0" }, /SPEED=0 is not a number of seconds in a second from 1 to 600/],
  ["web", { USERS: "1000", SPEED: "100" }, /requests a second would be 50000, of which 10000 .* lower USERS or SPEED/],
  ["web", { SPEED: "10", TARGET: "https://gas.example.org" }, /SPEED=10 is for a run on this machine/],
  ["web", { TARGET: "gas.example.org" }, /TARGET=gas\.example\.org is not the origin of a service/],
  ["web", { FAILURES: "101" }, /FAILURES=101/],
  ["spike", { PEAK: "0" }, /PEAK=0/],
  ["soak", { MINUTES: "1441" }, /MINUTES=1441/],
  ["annotator", { JOBS: "100", MINUTES: "400", TOKEN: token }, /jobs in all would be 40000.*lower JOBS or MINUTES/],
  ["annotator", { TOKEN: "" }, /TOKEN is no API token/],
  ["journey", { USERS: "101", TOKEN: token }, /USERS=101/],
] as const) {
  test(`${name} refuses ${JSON.stringify(env).replaceAll(token, "…")} before any load`, async (t) => {
    const found = await findK6(k6, "");
    await t.throwsAsync(inspectScenario(found, scenarioFile(name), { ...local, ...env }), { message });
  });
}

test("a token that is refused is not repeated", async (t) => {
  const found = await findK6(k6, "");
  const error = await t.throwsAsync(
    inspectScenario(found, scenarioFile("annotator"), { ...local, TOKEN: "gas_secret" }),
  );
  t.notRegex(error.message, /secret/);
});

test("speed divides every duration; think time is told in the target's time", async (t) => {
  const found = await findK6(k6, "");
  const at = (speed: string) => inspectScenario(found, scenarioFile("web"), { ...local, SPEED: speed });
  const [once, tenfold] = [await at("1"), await at("10")];
  t.is(once.seconds, 3010);
  t.is(tenfold.seconds, 301);
  t.deepEqual(once.think, [1, 3]);
  t.deepEqual(tenfold.think, once.think);
  t.deepEqual(once.parameters, { FAILURES: 1, PLATEAU: 3000, RAMP: 10, SPEED: 1, USERS: 240 });
});
