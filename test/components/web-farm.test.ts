import test from "ava";
import { ArgumentsError, courseScaling, minutes, seconds, WebFarm, type WebFarmArgs } from "../../components/index.ts";
import { readEnvironment } from "../../runtime/contract/environment.ts";
import { declare } from "./declare.ts";
import { bootManifestOf, entry, ground } from "./farm.ts";

const identity = { issuer: "https://auth.globus.org", clientId: "client" };
const payments = { publishableKey: "pk_test_x", priceId: "price_x" };

const webFarm = (args: Partial<WebFarmArgs> = {}) =>
  declare(() => {
    const { network, jobs, archive } = ground();
    return new WebFarm("gas-web", { network, jobs, archive, identity, payments, entry, ...args });
  });

const balancerArn = /^arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer\/app\/gas-web\/[0-9a-f]{16}$/;

test.serial("balancer, target group and listeners by default", async (t) => {
  const { inputs, names } = await webFarm();
  t.like(inputs("aws:lb/loadBalancer:LoadBalancer", "gas-web"), {
    name: "gas-web",
    loadBalancerType: "application",
    internal: false,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: "strictest",
    enableDeletionProtection: false,
    accessLogs: { bucket: "gas-web-access-logs-123456789012-us-east-1", enabled: true },
  });
  t.like(inputs("aws:lb/targetGroup:TargetGroup", "gas-web"), {
    namePrefix: "gas-w-",
    targetType: "instance",
    protocol: "HTTP",
    port: 8080,
    deregistrationDelay: 30,
    healthCheck: {
      path: "/healthz",
      matcher: "200",
      interval: 10,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 4,
    },
  });
  const https = inputs("aws:lb/listener:Listener", "gas-web-https");
  t.like(https, { protocol: "HTTPS", port: 443, sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" });
  t.regex(String(https.loadBalancerArn), balancerArn);
  t.deepEqual(inputs("aws:lb/listener:Listener", "gas-web-http").defaultActions, [
    { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
  ]);
  t.deepEqual(names("aws:acm/certificate:Certificate"), ["gas-web"]);
  t.deepEqual(names("tls:index/selfSignedCert:SelfSignedCert"), ["gas-web"]);
  t.deepEqual(names("aws:route53/record:Record"), []);
});

test.serial("the balancer alone may write its logs", async (t) => {
  const { statements } = await webFarm();
  t.deepEqual(statements("aws:s3/bucketPolicy:BucketPolicy", "gas-web-access-logs").BalancerWritesLogs, {
    Sid: "BalancerWritesLogs",
    Effect: "Allow",
    Action: ["s3:PutObject"],
    Resource: ["arn:aws:s3:::gas-web-access-logs-123456789012-us-east-1/AWSLogs/123456789012/*"],
    Condition: {
      ArnLike: { "aws:SourceArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/*" },
    },
    Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
  });
});

test.serial(
  "the course's alarms and policies: out by requests, in by response time, an idle farm shrinks",
  async (t) => {
    const { inputs } = await webFarm({ scaling: courseScaling() });
    const alarm = (name: string) => inputs("aws:cloudwatch/metricAlarm:MetricAlarm", `gas-web-${name}`);
    const minute = { namespace: "AWS/ApplicationELB", period: 60, evaluationPeriods: 1 };
    t.like(alarm("scale-out"), {
      ...minute,
      metricName: "RequestCount",
      statistic: "Sum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 200,
      treatMissingData: "notBreaching",
    });
    t.like(alarm("scale-in"), {
      ...minute,
      metricName: "TargetResponseTime",
      statistic: "Average",
      comparisonOperator: "LessThanThreshold",
      threshold: 0.05,
      treatMissingData: "breaching",
    });
    t.deepEqual(inputs("aws:autoscaling/policy:Policy", "gas-web-scale-out"), {
      name: "gas-web-scale-out",
      autoscalingGroupName: "gas-web",
      policyType: "StepScaling",
      adjustmentType: "ChangeInCapacity",
      metricAggregationType: "Average",
      estimatedInstanceWarmup: 300,
      stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }],
    });
    t.deepEqual(inputs("aws:autoscaling/policy:Policy", "gas-web-scale-in"), {
      name: "gas-web-scale-in",
      autoscalingGroupName: "gas-web",
      policyType: "SimpleScaling",
      adjustmentType: "ChangeInCapacity",
      scalingAdjustment: -1,
      cooldown: 300,
    });
  },
);

test.serial("unless told otherwise a farm scales by the load of an instance, and an idle one shrinks", async (t) => {
  const { inputs } = await webFarm({ scaling: { by: "load", requestsPerTarget: 300, responseSeconds: 2 } });
  const out = inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "gas-web-scale-out");
  const inward = inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "gas-web-scale-in");
  t.like(out, { evaluationPeriods: 1, comparisonOperator: "GreaterThanThreshold", threshold: 1 });
  t.is(out.treatMissingData, "notBreaching");
  t.like(inward, { evaluationPeriods: 15, comparisonOperator: "LessThanThreshold", threshold: 0.9 });
  t.is(inward.treatMissingData, "breaching");
  const queries = out.metricQueries as { id: string; expression?: string; metric?: Record<string, unknown> }[];
  t.deepEqual(
    queries.flatMap(({ id, metric }) => (metric ? [[id, metric.metricName, metric.stat, metric.period]] : [])),
    [
      ["requests", "RequestCountPerTarget", "Sum", 60],
      ["response", "TargetResponseTime", "p25", 60],
    ],
  );
  t.deepEqual(Object.keys(queries[0]?.metric?.dimensions as object), ["LoadBalancer", "TargetGroup"]);
  t.deepEqual(
    queries.flatMap(({ id, expression }) => (expression ? [[id, expression]] : [])),
    [
      ["share", "requests / 300"],
      ["underWay", "requests / 60 * response"],
      ["slow", "IF(response > 2, IF(underWay > 2, 2, underWay), 0)"],
      ["load", "MAX([share, slow])"],
    ],
  );
  const policy = inputs("aws:autoscaling/policy:Policy", "gas-web-scale-out");
  t.like(policy, { policyType: "StepScaling", adjustmentType: "PercentChangeInCapacity", estimatedInstanceWarmup: 60 });
  const steps = policy.stepAdjustments as Record<string, unknown>[];
  t.deepEqual(steps[0], {
    metricIntervalLowerBound: "0",
    metricIntervalUpperBound: "0.1",
    scalingAdjustment: 6,
  });
  t.deepEqual(steps.at(-1), { metricIntervalLowerBound: "5", scalingAdjustment: 540 });
  const defaults = await webFarm();
  const { metricQueries } = defaults.inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "gas-web-scale-out");
  t.is((metricQueries as { expression?: string }[])[2]?.expression, "requests / 1600");
});

test.serial(
  "an idle farm shrinks by what those that stay can carry, as the busiest of fifteen minutes has it",
  async (t) => {
    const { inputs } = await webFarm();
    const { metricQueries } = inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "gas-web-scale-in");
    const queries = metricQueries as { id: string; expression?: string; metric?: Record<string, unknown> }[];
    t.deepEqual(
      queries.map(({ id, expression, metric }) => [id, expression ?? `${metric?.metricName} ${metric?.stat}`]),
      [
        ["requests", "RequestCountPerTarget Sum"],
        ["response", "TargetResponseTime Average"],
        ["inService", "GroupInServiceInstances Average"],
        ["share", "requests / 1600"],
        ["underWay", "requests / 60 * response"],
        ["now", "MAX([share, underWay])"],
        ["left", "IF(inService < 2, inService / 2, IF(inService < 4, inService - 1, inService * 0.75))"],
        ["load", "now * inService / left"],
      ],
    );
    t.like(inputs("aws:autoscaling/policy:Policy", "gas-web-scale-in"), {
      policyType: "StepScaling",
      adjustmentType: "PercentChangeInCapacity",
      metricAggregationType: "Maximum",
      stepAdjustments: [
        { metricIntervalUpperBound: "0", metricIntervalLowerBound: "-0.3", scalingAdjustment: -25 },
        { metricIntervalUpperBound: "-0.3", scalingAdjustment: -50 },
      ],
    });
  },
);

test.serial("target tracking of requests per target names balancer and target group", async (t) => {
  const { inputs, names } = await webFarm({ scaling: { by: "requestsPerTarget", requestsPerTarget: 900 } });
  t.deepEqual(names("aws:autoscaling/policy:Policy"), ["gas-web-requests"]);
  const { policyType, targetTrackingConfiguration } = inputs("aws:autoscaling/policy:Policy", "gas-web-requests");
  t.is(policyType, "TargetTrackingScaling");
  const { targetValue, predefinedMetricSpecification } = targetTrackingConfiguration as Record<string, unknown>;
  t.is(targetValue, 900);
  const { predefinedMetricType, resourceLabel } = predefinedMetricSpecification as Record<string, unknown>;
  t.is(predefinedMetricType, "ALBRequestCountPerTarget");
  t.regex(String(resourceLabel), /^app\/gas-web\/[0-9a-f]{16}\/targetgroup\/gas-w-[0-9a-f]{26}\/[0-9a-f]{16}$/);
});

test.serial("sizes by the clock leave alone what they do not name", async (t) => {
  const { inputs } = await webFarm({
    schedules: [
      { name: "class-begins", recurrence: "50 17 * * MON-FRI", timeZone: "America/Chicago", min: 6 },
      { name: "class-ends", recurrence: "0 21 * * MON-FRI", min: 2, max: 8, desired: 2 },
    ],
  });
  t.deepEqual(inputs("aws:autoscaling/schedule:Schedule", "gas-web-class-begins"), {
    scheduledActionName: "gas-web-class-begins",
    autoscalingGroupName: "gas-web",
    recurrence: "50 17 * * MON-FRI",
    timeZone: "America/Chicago",
    minSize: 6,
    maxSize: -1,
    desiredCapacity: -1,
  });
  t.like(inputs("aws:autoscaling/schedule:Schedule", "gas-web-class-ends"), {
    minSize: 2,
    maxSize: 8,
    desiredCapacity: 2,
  });
});

test.serial("every alarm sets off the policy of its own name", async (t) => {
  const { resources } = await webFarm();
  for (const { name, inputs } of resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm")) {
    if (!name.includes("scale")) continue;
    const [action, ...others] = inputs.alarmActions as string[];
    t.true(action?.endsWith(`policyName/${name}`), `${name} → ${action}`);
    t.is(others.length, 0);
  }
});

test.serial("the group: two zones, balancer's health, rolls with rollback, keeps its capacity", async (t) => {
  const { inputs } = await webFarm();
  const group = inputs("aws:autoscaling/group:Group", "gas-web");
  t.like(group, {
    name: "gas-web",
    minSize: 2,
    maxSize: 10,
    healthCheckType: "ELB",
    waitForCapacityTimeout: "0",
    healthCheckGracePeriod: 300,
    defaultCooldown: 300,
    defaultInstanceWarmup: 60,
    protectFromScaleIn: false,
    instanceRefresh: {
      strategy: "Rolling",
      preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 125, autoRollback: true, skipMatching: true },
    },
    tags: [{ key: "Name", value: "gas-web", propagateAtLaunch: true }],
  });
  t.is((group.vpcZoneIdentifiers as string[]).length, 2);
  t.is((group.targetGroupArns as string[]).length, 1);
  t.is((group.launchTemplate as { version: string }).version, "1");
  t.false("desiredCapacity" in group);
});

test.serial(
  "rolled by command: no refresh at pulumi up, and an alarm that ends a roll which fails users",
  async (t) => {
    const actions = ["arn:aws:sns:us-east-1:123456789012:gas-alarms"];
    const { inputs, components } = await webFarm({ rolls: "byCommand", alarmActions: actions });
    t.is(inputs("aws:autoscaling/group:Group", "gas-web").instanceRefresh, undefined);
    t.like(inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "gas-web-failing"), {
      metricName: "HTTPCode_Target_5XX_Count",
      statistic: "Sum",
      period: 60,
      evaluationPeriods: 1,
      threshold: 5,
      treatMissingData: "notBreaching",
      alarmActions: actions,
    });
    const dimensions = inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "gas-web-failing").dimensions as object;
    t.deepEqual(Object.keys(dimensions).sort(), ["LoadBalancer", "TargetGroup"]);
    t.truthy(components.nodes.failingAlarm);
    t.false((await webFarm()).names("aws:cloudwatch/metricAlarm:MetricAlarm").includes("gas-web-failing"));
    const error = await t.throwsAsync(webFarm({ rolls: "sometimes" as never }), { instanceOf: ArgumentsError });
    t.regex(error.message, /rolls: "sometimes" is unknown; give one of onUp, byCommand/);
  },
);

test.serial("the launch template: metadata v2 only, encrypted disk, no key pair", async (t) => {
  const { inputs } = await webFarm();
  const template = inputs("aws:ec2/launchTemplate:LaunchTemplate", "gas-web");
  t.like(template, {
    name: "gas-web",
    instanceType: "t4g.small",
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    },
  });
  t.deepEqual(template.blockDeviceMappings, [
    {
      deviceName: "/dev/xvda",
      ebs: { volumeType: "gp3", volumeSize: 8, encrypted: "true", deleteOnTermination: "true" },
    },
  ]);
  t.regex(String(template.imageId), /^ami-/);
  t.false("keyName" in template);
});

test.serial("instances boot a service whose environment is complete, and hold no secret", async (t) => {
  const declared = await webFarm();
  const { services } = bootManifestOf(declared, "gas-web");
  t.is(services.length, 1);
  const [web] = services;
  t.like(web, { name: "web", entry: "main.mjs", port: 8080, healthPath: "/healthz" });
  const environment = readEnvironment("web", web?.environment ?? {});
  t.like(environment, {
    KEY_PREFIX: "gas",
    FREE_RETENTION_SECONDS: 1800,
    SESSION_SECRET_PARAMETER: "/gas/session-secret",
    FREE_INPUT_BYTES_MAX: 153_600,
  });
  t.regex(environment.PUBLIC_URL, /^https:\/\/gas-web-\d+\.us-east-1\.elb\.amazonaws\.com$/);
  // Whatever is secret is named, never told: by the path of its parameter.
  const secret = Object.entries(web?.environment ?? {}).filter(([name]) => /SECRET|PASSWORD|TOKEN|PRIVATE/.test(name));
  t.is(secret.length, 4);
  for (const [name, value] of secret) t.regex(`${name}=${value}`, /^\w+_PARAMETER=\/gas\/[a-z-]+$/);
});

test.serial("the role allows what the pages do, on this stack's own things", async (t) => {
  const { statements } = await webFarm();
  const allowed = statements("aws:iam/rolePolicy:RolePolicy", "gas-web-service");
  const table = "arn:aws:dynamodb:us-east-1:123456789012:table";
  t.deepEqual(
    Object.fromEntries(Object.entries(allowed).map(([sid, { Action, Resource }]) => [sid, [Action, Resource]])),
    {
      Jobs: [["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [`${table}/gas-annotations`]],
      JobsIndexes: [
        ["dynamodb:Query"],
        ["user_id_index", "awaits_index"].map((index) => `${table}/gas-annotations/index/${index}`),
      ],
      Users: [["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [`${table}/gas-users`]],
      Events: [["dynamodb:PutItem", "dynamodb:DeleteItem"], [`${table}/gas-events`]],
      Inputs: [
        ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        ["arn:aws:s3:::gas-inputs-123456789012-us-east-1/gas/*"],
      ],
      InputsMissing: [["s3:ListBucket"], ["arn:aws:s3:::gas-inputs-123456789012-us-east-1"]],
      Results: [["s3:GetObject"], ["arn:aws:s3:::gas-results-123456789012-us-east-1/gas/*"]],
      ResultsMissing: [["s3:ListBucket"], ["arn:aws:s3:::gas-results-123456789012-us-east-1"]],
      Announce: [
        ["sns:Publish"],
        ["requests", "restore"].map((topic) => `arn:aws:sns:us-east-1:123456789012:gas-job-${topic}`),
      ],
      ArchiveAgain: [["sqs:SendMessage"], ["arn:aws:sqs:us-east-1:123456789012:gas-job-archive"]],
      Secrets: [
        ["ssm:GetParameter"],
        ["oidc-client-secret", "session-secret", "stripe-secret-key", "stripe-webhook-secret"].map(
          (name) => `arn:aws:ssm:us-east-1:123456789012:parameter/gas/${name}`,
        ),
      ],
    },
  );
});

test.serial("mail may be sent from the one address given, and without one not at all", async (t) => {
  const { statements, ...declared } = await webFarm({ mailFrom: "gas@example.org" });
  const { Mail } = statements("aws:iam/rolePolicy:RolePolicy", "gas-web-service");
  t.like(Mail, {
    Action: ["ses:SendEmail"],
    Resource: ["arn:aws:ses:us-east-1:123456789012:identity/*"],
    Condition: { StringEquals: { "ses:FromAddress": "gas@example.org" } },
  });
  const [web] = bootManifestOf({ statements, ...declared }, "gas-web").services;
  t.is(readEnvironment("web", web?.environment ?? {}).MAIL_FROM, "gas@example.org");
});

test.serial("browsers may upload from the service's own pages only", async (t) => {
  const { inputs } = await webFarm({ publicUrl: "https://gas.example.org" });
  t.deepEqual(inputs("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "gas-web"), {
    bucket: "gas-inputs-123456789012-us-east-1",
    corsRules: [
      {
        allowedOrigins: ["https://gas.example.org"],
        allowedMethods: ["POST", "PUT"],
        allowedHeaders: ["content-type"],
        maxAgeSeconds: 3000,
      },
    ],
  });
});

test.serial("with a domain: proven certificate, record, and the name in the service's environment", async (t) => {
  const declared = await webFarm({ domain: { name: "gas.example.org", zone: "example.org" } });
  const { inputs, names } = declared;
  t.like(inputs("aws:acm/certificate:Certificate", "gas-web"), {
    domainName: "gas.example.org",
    validationMethod: "DNS",
  });
  t.deepEqual(names("tls:index/privateKey:PrivateKey"), []);
  t.deepEqual(names("aws:route53/record:Record"), ["gas-web", "gas-web-proof"]);
  t.like(inputs("aws:route53/record:Record", "gas-web"), { name: "gas.example.org", type: "A" });
  t.is(
    inputs("aws:lb/listener:Listener", "gas-web-https").certificateArn,
    inputs("aws:acm/certificateValidation:CertificateValidation", "gas-web").certificateArn,
  );
  t.is(bootManifestOf(declared, "gas-web").services[0]?.environment.PUBLIC_URL, "https://gas.example.org");
});

test.serial("options reach their resources, transforms have the last word", async (t) => {
  const declared = await webFarm({
    size: { min: 3, max: 5 },
    instanceType: "c7i.large",
    diskGiB: 20,
    logDays: 7,
    production: true,
    parameterPrefix: "/team/gas/",
    scaling: { by: "requests", requestsPerMinute: 1000, responseSeconds: 0.01, pause: minutes(2) },
    healthCheckGrace: seconds(90),
    freeInputBytesMax: 1000,
    transform: {
      balancer: { idleTimeout: 120 },
      group: (args) => {
        args.maxInstanceLifetime = 604_800;
      },
    },
  });
  const { inputs } = declared;
  t.like(inputs("aws:autoscaling/group:Group", "gas-web"), {
    minSize: 3,
    maxSize: 5,
    healthCheckGracePeriod: 90,
    maxInstanceLifetime: 604_800,
  });
  t.like(inputs("aws:lb/loadBalancer:LoadBalancer", "gas-web"), { enableDeletionProtection: true, idleTimeout: 120 });
  t.is(inputs("aws:cloudwatch/logGroup:LogGroup", "gas-web").retentionInDays, 7);
  t.is(inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "gas-web-scale-out").threshold, 1000);
  t.is(inputs("aws:autoscaling/policy:Policy", "gas-web-scale-in").cooldown, 120);
  t.like(bootManifestOf(declared, "gas-web").services[0]?.environment, {
    FREE_INPUT_BYTES_MAX: "1000",
    STRIPE_SECRET_KEY_PARAMETER: "/team/gas/stripe-secret-key",
  });
});

test.serial("all mistakes are told together, the group's among them, before the first resource", async (t) => {
  const { resources, components: error } = await declare(() => {
    const { network, jobs, archive } = ground();
    return t.throws(
      () =>
        new WebFarm("gas-web", {
          network,
          jobs,
          archive,
          payments,
          identity: { issuer: "auth.globus.org", clientId: "c" },
          size: { min: 6, max: 4 },
          instanceType: "small",
          logDays: 8,
          domain: { name: "gas.example.com", zone: "example.org" },
          parameterPrefix: "gas",
          publicUrl: "https://gas.example.org/",
          scaling: { by: "requests", requestsPerMinute: 0, responseSeconds: 0, pause: seconds(1) },
          schedules: [
            { name: "Morning", recurrence: "daily", min: 5, max: 4 },
            { name: "evening", recurrence: "0 21 * * *" },
          ],
          mailFrom: "gas",
          freeInputBytesMax: 0,
          spot: { onDemandPercent: 101, instanceTypes: ["m7g.large"] },
        }),
      { instanceOf: ArgumentsError },
    );
  });
  t.deepEqual(
    error?.mistakes.map(({ path }) => path),
    [
      "size.min",
      "instanceType",
      "logDays",
      "schedules[0].name",
      "schedules[0].recurrence",
      "schedules[0].min",
      "schedules[1]",
      "spot.onDemandPercent",
      "spot.instanceTypes[0]",
      "domain.name",
      "publicUrl",
      "scaling.requestsPerMinute",
      "scaling.responseSeconds",
      "scaling.pause",
      "parameterPrefix",
      "identity.issuer",
      "mailFrom",
      "freeInputBytesMax",
    ],
  );
  t.deepEqual(
    resources.filter(({ name }) => name.startsWith("gas-web") && name !== "gas-web"),
    [],
  );
});
