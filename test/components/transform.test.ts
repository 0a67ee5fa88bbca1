// Every child of every component can be changed before it is created.
import test from "ava";
import { transformed } from "../../components/base/transform.ts";
import {
  AlarmTopic,
  AnnotatorFarm,
  ArchivePipeline,
  CourseBudget,
  JobStore,
  Network,
  NotifyPipeline,
  RestorePipeline,
  ServiceAlarms,
  seconds,
  UtilityHost,
  WebFarm,
} from "../../components/index.ts";
import { declare } from "./declare.ts";
import { entry, ground } from "./farm.ts";

test("a transform merges values over ours, or edits in place; without one nothing changes", (t) => {
  const args = { a: 1, b: 2 };
  t.deepEqual(transformed<typeof args>({ b: 3 }, "x", args, {}), ["x", { a: 1, b: 3 }, {}]);
  t.deepEqual(transformed<typeof args>(undefined, "x", args, {}), ["x", args, {}]);
  const protect = transformed<{ a: number; b?: number }>(
    (args, opts, name) => {
      args.a = name.length;
      opts.protect = true;
    },
    "child",
    { a: 1 },
    {},
  );
  t.deepEqual(protect, ["child", { a: 5 }, { protect: true }]);
});

/** A transform under every key, however deep, that notes the children it is asked about. */
function everyTransform() {
  const asked: string[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: it stands for each component's own transform type
  const every: any = new Proxy(() => {}, {
    get: () => every,
    apply(_target, _this, [, , name]) {
      asked.push(name);
    },
  });
  return { every, asked };
}

const told = { alarmActions: ["arn:aws:sns:us-east-1:123456789012:told"] };
const common = { entry, production: true, ...told };
const identity = { issuer: "https://auth.globus.org", clientId: "client" };
const payments = { publishableKey: "pk_test_x", priceId: "price_x" };
const domain = { name: "gas.example.org", zone: "example.org" };

const listenerArn =
  "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/all/50dc6c495c0c9188/f2f7dc8efc522ab2";

type Ground = ReturnType<typeof ground>;
// biome-ignore lint/suspicious/noExplicitAny: as above
const components: Record<string, (base: Ground, transform: any) => unknown> = {
  AlarmTopic: (_, transform) => new AlarmTopic("it", { email: "me@example.org", transform }),
  ServiceAlarms: (_, transform) => new ServiceAlarms("it", { ...told, groups: ["it"], disks: ["it"], transform }),
  CourseBudget: (_, transform) =>
    new CourseBudget("it", { usd: 40, tags: { owner: "it" }, emails: ["me@example.org"], transform }),
  Network: (_, transform) => new Network("it", { flowLogs: "all", transform }),
  JobStore: (_, transform) => new JobStore("it", { transform }),
  "ArchivePipeline (s3)": ({ jobs }, transform) => new ArchivePipeline("it", { ...common, jobs, transform }),
  "ArchivePipeline (vault)": ({ jobs }, transform) =>
    new ArchivePipeline("it", { ...common, jobs, store: "vault", transform }),
  RestorePipeline: ({ jobs, archive }, transform) => new RestorePipeline("it", { ...common, jobs, archive, transform }),
  NotifyPipeline: ({ jobs }, transform) =>
    new NotifyPipeline("it", {
      ...common,
      jobs,
      mailFrom: "gas@gas.example.org",
      zone: "example.org",
      publicUrl: "https://gas.example.org",
      transform,
    }),
  AnnotatorFarm: ({ network, jobs }, transform) =>
    new AnnotatorFarm("it", { ...common, network, jobs, lease: seconds(9), transform }),
  WebFarm: (base, transform) => new WebFarm("it", { ...common, ...base, identity, payments, transform }),
  "WebFarm (domain)": (base, transform) =>
    new WebFarm("it", { ...common, ...base, identity, payments, domain, transform }),
  "Network (existing)": (_, transform) =>
    new Network("it", { existing: { vpcId: "vpc-0a1b2c3d", instanceSubnetIds: ["subnet-0a1b2c3d"] }, transform }),
  "WebFarm (app, listener)": ({ network }, transform) =>
    new WebFarm("it", {
      network,
      app: { code: entry },
      balancer: { listenerArn, priority: 1, hostNames: ["it.example.org"] },
      transform,
    }),
  UtilityHost: ({ network, archive }, transform) =>
    new UtilityHost("it", { ...common, network, services: [archive.service], transform }),
};

for (const [title, build] of Object.entries(components)) {
  test.serial(`${title}: each child has its transform`, async (t) => {
    const { every, asked } = everyTransform();
    const { resources } = await declare(() => build(ground(), every));
    const children = resources
      .filter(({ type, name }) => !type.startsWith("annofarm:") && (name === "it" || name.startsWith("it-")))
      .map(({ name }) => name);
    t.true(children.length > 0);
    t.deepEqual(asked.sort(), children.sort());
  });
}
