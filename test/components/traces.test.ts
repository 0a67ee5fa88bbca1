// The setting `traces`: what it may be; it reaches every service of ours, and none when it is not set.
import test from "ava";
import { ArgumentsError, readSettings } from "../../components/index.ts";
import { bootManifestOf } from "../../plan/boot.ts";
import { readEnvironment, type ServiceName, serviceNames } from "../../runtime/contract/environment.ts";
import { projectPlan } from "../operate/plans.ts";

const always = {
  mailFrom: "gas@example.org",
  identityIssuer: "https://issuer.example",
  identityClientId: "c",
  stripePublishableKey: "p",
  stripePriceId: "r",
};
function read(given: Readonly<Record<string, string>>) {
  const values: Readonly<Record<string, string>> = { ...always, ...given };
  const config = { name: "annofarm", get: (key: string) => values[key] as never };
  return readSettings(
    config,
    Object.keys(values).map((key) => `annofarm:${key}`),
  );
}
function mistakesOf(given: Readonly<Record<string, string>>): string[] {
  const error = (() => {
    try {
      read(given);
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  })();
  return error instanceof ArgumentsError ? error.mistakes.map(({ path, reason }) => `${path}: ${reason}`) : [];
}

test("an address of a receiver, and a share of the requests", (t) => {
  t.is(read({}).traces, undefined);
  t.deepEqual(read({ traces: "http://localhost:4318" }).traces, { endpoint: "http://localhost:4318" });
  t.deepEqual(read({ traces: "https://a.example/otlp", tracesPercent: "5" }).traces, {
    endpoint: "https://a.example/otlp",
    percent: 5,
  });
});

test("what is no such address is refused, with what to do", (t) => {
  for (const [traces, reason] of [
    ["localhost:4318", /annofarm:traces: "localhost:4318" is no http or https address; give one such as/],
    ["on", /annofarm:traces: "on" is no http or https address/],
    ["https://user:hunter2@a.example", /annofarm:traces: has a user or password in it/],
    ["https://a.example/?key=1", /annofarm:traces: "https:\/\/a\.example\/\?key=1" has a query/],
  ] as const) {
    const [mistake = "none", ...others] = mistakesOf({ traces });
    t.regex(mistake, reason);
    t.deepEqual(others, []);
  }
  t.false(mistakesOf({ traces: "https://user:hunter2@a.example" }).join().includes("hunter2"));
  t.regex(mistakesOf({ traces: "http://a.example", tracesPercent: "0" }).join(), /annofarm:tracesPercent.*1.*100/);
  t.regex(
    mistakesOf({ tracesPercent: "5" }).join(),
    /annofarm:tracesPercent: is a share of nothing; set annofarm:traces/,
  );
});

/** Environment of each service, as instances are given it. */
async function environments(config: Readonly<Record<string, string>>) {
  const plan = await projectPlan(config);
  const manifests = plan.resources.flatMap((resource) =>
    resource.type === "aws:ec2/launchTemplate:LaunchTemplate" ? (bootManifestOf(resource) ?? []) : [],
  );
  return manifests.flatMap(({ services, region }) =>
    services.map(({ name, environment, port }) => ({
      name: name as ServiceName,
      environment: { ...environment, AWS_REGION: region, PORT: String(port) },
    })),
  );
}

test("every service is told where its traces go, whose stack it is, and which share", async (t) => {
  const told = await environments({ traces: "http://collector.example.org:4318", tracesPercent: "10" });
  t.deepEqual(told.map(({ name }) => name).sort(), [...serviceNames].sort());
  for (const { name, environment } of told) {
    const { TRACES_ENDPOINT, TRACES_PERCENT, TRACES_STACK } = readEnvironment(name, environment);
    t.deepEqual(
      [TRACES_ENDPOINT, TRACES_PERCENT, TRACES_STACK],
      ["http://collector.example.org:4318", 10, "dev"],
      name,
    );
  }
});

test("without the setting no service is told anything of traces", async (t) => {
  const told = await environments({});
  t.is(told.length, serviceNames.length);
  for (const { name, environment } of told) {
    t.deepEqual(
      Object.keys(environment).filter((key) => key.startsWith("TRACES")),
      [],
      name,
    );
  }
});
