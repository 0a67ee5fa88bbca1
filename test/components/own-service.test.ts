// Programs of one's own, behind a web farm and on a host.
import test from "ava";
import {
  ArgumentsError,
  allow,
  Network,
  ownService,
  SecureBucket,
  ServiceBundle,
  seconds,
  UtilityHost,
  WebFarm,
} from "../../components/index.ts";
import { declare } from "./declare.ts";
import { bootManifestOf, entry } from "./farm.ts";

test.serial("an app's health path is the balancer's, its stop is systemd's, its port the network's", async (t) => {
  const declared = await declare(
    () =>
      new WebFarm("shop", {
        network: new Network("shop", { webPort: 3000 }),
        app: { name: "till", code: entry, healthPath: "/up", stopWithin: seconds(90), environment: { LEVEL: "debug" } },
      }),
  );
  const [till] = bootManifestOf(declared, "shop").services;
  t.like(till, { name: "till", port: 3000, healthPath: "/up", stopSeconds: 90 });
  t.deepEqual(till?.environment, { LEVEL: "debug", AWS_REGION: "us-east-1", PORT: "3000" });
  t.like(declared.inputs("aws:lb/targetGroup:TargetGroup", "shop"), { port: 3000, healthCheck: { path: "/up" } });
  t.is(till?.bundle.bucket, "shop-code-123456789012-us-east-1");
});

test.serial("a bundle that is there already is used as it is", async (t) => {
  const declared = await declare(() => {
    const bundle = new ServiceBundle("release", { bucket: new SecureBucket("releases"), entry });
    return new WebFarm("shop", { network: new Network("shop"), app: { code: bundle } });
  });
  t.is(bootManifestOf(declared, "shop").services[0]?.bundle.bucket, "releases-123456789012-us-east-1");
  t.deepEqual(declared.names("aws:s3/bucketObjectv2:BucketObjectv2"), ["release"]);
  t.false(declared.names("annofarm:index:SecureBucket").includes("shop-code"));
});

test.serial("a host runs programs of one's own, each under its own role with its own permissions", async (t) => {
  const declared = await declare(() => {
    const bundle = new ServiceBundle("cron", { bucket: new SecureBucket("releases"), entry });
    const cron = ownService("cron", {
      bundle,
      port: 9000,
      permissions: [allow("List", ["s3:ListAllMyBuckets"], ["*"])],
    });
    return new UtilityHost("tools", { network: new Network("tools"), services: [cron] });
  });
  const [cron] = bootManifestOf(declared, "tools").services;
  t.like(cron, { name: "cron", port: 9000, roleArn: "arn:aws:iam::123456789012:role/tools-cron" });
  t.deepEqual(declared.statements("aws:iam/rolePolicy:RolePolicy", "tools-cron-service").List?.Action, [
    "s3:ListAllMyBuckets",
  ]);
});

test.serial("mistakes are told together, before the first resource", async (t) => {
  await declare(() => {
    const network = new Network("shop");
    const bundle = new ServiceBundle("release", { bucket: new SecureBucket("releases"), entry });
    const error = t.throws(
      () =>
        new WebFarm("shop", {
          network,
          app: {
            name: "The Shop",
            code: bundle,
            assets: { data: "data" },
            environment: { "NO-NAME": "x", PORT: "80" },
            healthPath: "healthz",
            stopWithin: seconds(0),
          },
        }),
      { instanceOf: ArgumentsError },
    );
    t.deepEqual(
      error?.mistakes.map(({ path }) => path),
      ["app.name", "app.environment.NO-NAME", "app.environment.PORT", "app.healthPath", "app.stopWithin", "app.assets"],
    );
    t.throws(() => ownService("cron", { bundle, port: 80 }), {
      instanceOf: ArgumentsError,
      message: /port: 80 is out of/,
    });
  });
});
