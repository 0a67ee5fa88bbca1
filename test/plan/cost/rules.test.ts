// Each rule against figures worked out by hand. A month has 730 h; every price is 1 USD unless said.
import test from "ava";
import { onDemandOf } from "../../../plan/cost/rules/compute.ts";
import { resourceTypes } from "../../../plan/resource-types/all.ts";
import { noRule } from "../../../plan/resource-types/cost.ts";
import { cost, farm, idle, lines, resource, tableOf, userData } from "./fixture.ts";

test("a group: instances, disks, public addresses, detailed metrics", (t) => {
  const template = {
    blockDeviceMappings: [{ ebs: { volumeType: "gp3", volumeSize: 8, iops: 3500, throughput: 225 } }],
    networkInterfaces: [{ associatePublicIpAddress: "true" }],
    monitoring: { enabled: true },
  };
  const found = cost(farm("web", { min: 2, max: 4 }, { template }));
  t.deepEqual(lines(found), {
    "t4g.small on demand": [1460, 29.2],
    "disks, 8 GiB gp3": [16, 16],
    "disks, IOPS beyond 3,000": [1000, 1000],
    "disks, throughput beyond 125 MiB/s": [200, 200],
    "public addresses of instances": [1460, 1460],
    "detailed metrics of instances": [14, 14],
  });
  t.is(found.monthlyUsd, 29.2 + 16 + 1000 + 200 + 1460 + 14);
  t.is(found.hourlyUsd, found.monthlyUsd / 730);
});

test("instances without public addresses pay for none, and a disk of unknown size is not priced as none", (t) => {
  const found = cost(farm("web", { min: 1, max: 1 }, { template: { networkInterfaces: [{}] } }));
  t.deepEqual(Object.keys(lines(found)), ["t4g.small on demand"]);
  t.deepEqual(
    found.notPriced.map(({ reason }) => reason),
    ["the root disk: only the image knows its size"],
  );
  const io2 = cost(
    farm(
      "web",
      { min: 1, max: 1 },
      { template: { blockDeviceMappings: [{ ebs: { volumeType: "io2", volumeSize: 8 } }] } },
    ),
  );
  t.deepEqual(
    io2.notPriced.map(({ reason }) => reason),
    ["a disk of type io2"],
  );
});

test("spot: base on demand, the rest at the share of the price that is assumed", (t) => {
  const [template, group] = farm("workers", { min: 4, max: 4 }, {});
  const mixed = {
    minSize: 4,
    maxSize: 4,
    mixedInstancesPolicy: {
      instancesDistribution: { onDemandBaseCapacity: 1, onDemandPercentageAboveBaseCapacity: 0 },
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: template?.id },
        overrides: [{ instanceType: "t4g.small" }, { instanceType: "t4g.medium" }],
      },
    },
  };
  t.not(group, undefined);
  const found = cost(
    [template, resource("aws:autoscaling/group:Group", "workers", mixed)].flatMap((r) => r ?? []),
    {
      ...idle,
      spotPercent: 50,
    },
  );
  t.deepEqual(lines(found), { "t4g.small on demand": [730, 14.6], "t4g.small spot": [2190, 21.9] });
  t.is(onDemandOf(5, { onDemandBaseCapacity: 1, onDemandPercentageAboveBaseCapacity: 50 }), 3);
  t.is(onDemandOf(2, {}), 2);
});

test("types that are chosen by requirements are priced as the template's, and that is said", (t) => {
  const [template] = farm("workers", { min: 2, max: 2 }, {});
  const group = resource("aws:autoscaling/group:Group", "workers", {
    minSize: 2,
    maxSize: 2,
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: template?.id },
        overrides: [{ instanceRequirements: { vcpuCount: { min: 2 }, memoryMib: { min: 2048 } } }],
      },
    },
  });
  const found = cost([...(template === undefined ? [] : [template]), group], idle);
  t.deepEqual(lines(found), { "t4g.small on demand": [1460, 29.2] });
  t.true(found.notPriced.some(({ reason }) => reason === "which types meet the requirements: all count as t4g.small"));
});

test("an instance type without a price is named with its key, and the rest is priced", (t) => {
  const template = { instanceType: "x9.huge", networkInterfaces: [{ associatePublicIpAddress: true }] };
  const found = cost(farm("web", { min: 1, max: 1 }, { template }));
  t.true(found.notPriced.some(({ reason }) => reason.includes("no price ec2.instance.x9.huge")));
  t.is(found.monthlyUsd, 730);
});

test("a balancer: hours, an address in each zone, capacity by the larger of connections and bytes, answers", (t) => {
  const balancer = resource("aws:lb/loadBalancer:LoadBalancer", "web", { subnets: ["a", "b"] });
  t.deepEqual(lines(cost([balancer], { ...idle, requests: 90_000, responseBytes: 1000 })), {
    "balancer hours": [730, 730],
    "balancer capacity": [1, 1],
    "balancer's addresses, 2 zones": [1460, 1460],
    "answers, out of AWS": [0.09, 0.09],
  });
  const heavy = lines(cost([balancer], { ...idle, requests: 90_000, responseBytes: 1e6 }));
  t.deepEqual(heavy["balancer capacity"], [90, 90]);
  const inner = cost([resource("aws:lb/loadBalancer:LoadBalancer", "web", { subnets: ["a"], internal: true })]);
  t.deepEqual(Object.keys(lines(inner)), ["balancer hours", "balancer capacity"]);
  const network = cost([resource("aws:lb/loadBalancer:LoadBalancer", "web", { loadBalancerType: "network" })]);
  t.is(network.notPriced.length, 1);
});

test("NAT gateways follow awsx's strategy; without private subnets there are none", (t) => {
  const vpc = (inputs: object) =>
    lines(cost([resource("awsx:ec2:Vpc", "net", { numberOfAvailabilityZones: 2, ...inputs })]));
  const subnetSpecs = [{ type: "Public" }, { type: "Private" }];
  t.deepEqual(vpc({ natGateways: { strategy: "Single" }, subnetSpecs }), {
    "NAT gateway hours, 1": [730, 730],
    "NAT gateway traffic": [0, 0],
    "addresses of NAT gateways": [730, 730],
  });
  t.deepEqual(vpc({ subnetSpecs })["NAT gateway hours, 2"], [1460, 1460]);
  t.deepEqual(vpc({ natGateways: { strategy: "None" }, subnetSpecs }), {});
  t.deepEqual(vpc({ subnetSpecs: [{ type: "Public" }] }), {});
  const single = lines(cost([resource("aws:ec2/natGateway:NatGateway", "nat"), resource("aws:ec2/eip:Eip", "ip")]));
  t.deepEqual(single["NAT gateway hours, 1"], [730, 730]);
  t.deepEqual(single["a public address"], [730, 730]);
});

test("endpoints: gateways are free, interfaces cost hours in each zone", (t) => {
  const endpoint = (inputs: object) => cost([resource("aws:ec2/vpcEndpoint:VpcEndpoint", "e", { ...inputs })]);
  t.deepEqual(lines(endpoint({ vpcEndpointType: "Gateway" })), {});
  t.deepEqual(lines(endpoint({ vpcEndpointType: "Interface", subnetIds: ["a", "b"] })), {
    "endpoint hours, 2 zones": [1460, 1460],
  });
});

test("alarms cost by metric: one, those of an expression, an anomaly's band, high resolution", (t) => {
  const alarm = (inputs: object) => cost([resource("aws:cloudwatch/metricAlarm:MetricAlarm", "a", { ...inputs })]);
  t.deepEqual(lines(alarm({ metricName: "m", period: 60 })), { alarms: [1, 1] });
  const metricQueries = [
    { id: "e", expression: "a+b" },
    { id: "a", metric: {} },
    { id: "b", metric: {} },
  ];
  t.deepEqual(lines(alarm({ metricQueries })), { alarms: [2, 2] });
  t.deepEqual(lines(alarm({ metricQueries: [{ metric: {} }], thresholdMetricId: "band" })), { alarms: [3, 3] });
  t.is(alarm({ metricName: "m", period: 10 }).lines[0]?.key, "cloudwatch.alarmHighResolution");
  t.deepEqual(lines(cost([resource("aws:cloudwatch/compositeAlarm:CompositeAlarm", "c")])), {
    "composite alarms": [1, 1],
  });
  const boards = [
    resource("aws:cloudwatch/dashboard:Dashboard", "board"),
    resource("aws:cloudwatch/logMetricFilter:LogMetricFilter", "filter"),
  ];
  t.deepEqual(lines(cost(boards)), { dashboards: [1, 1], "metrics made of logs": [1, 1] });
});

test("filters that feed one metric pay for it once; other names, namespaces and dimensions are other metrics", (t) => {
  const filter = (name: string, metric: object, logGroupName = "logs") =>
    resource("aws:cloudwatch/logMetricFilter:LogMetricFilter", name, { logGroupName, metricTransformation: metric });
  const shared = { namespace: "own", name: "disks", value: "1" };
  const same = [filter("a", shared, "web"), filter("b", { ...shared, value: "2" }, "annotator"), filter("c", shared)];
  t.deepEqual(lines(cost(same)), { "metrics made of logs": [1, 1] });
  t.true(cost(same).lines[0]?.urn.endsWith("::a"));
  const others = [filter("d", { ...shared, name: "inodes" }), filter("e", { ...shared, namespace: "other" })];
  t.is(cost([...same, ...others]).monthlyUsd, 3);
  const byHost = filter("f", { ...shared, dimensions: { host: "$.host" } });
  const open = cost([...same, byHost]);
  t.is(open.monthlyUsd, 1);
  t.true(open.notPriced.some(({ urn, reason }) => urn.endsWith("::f") && reason.includes("one for each value")));
});

test("target tracking makes two alarms, each over all its metrics; other policies are free", (t) => {
  const policy = (inputs: object) => lines(cost([resource("aws:autoscaling/policy:Policy", "p", { ...inputs })]));
  const metrics = [{ metricStat: {} }, { metricStat: {} }, { metricStat: {} }, { expression: "x" }];
  const customizedMetricSpecification = { metrics };
  t.deepEqual(policy({ targetTrackingConfiguration: { targetValue: 5, customizedMetricSpecification } }), {
    "alarms of target tracking": [6, 6],
  });
  const predefinedMetricSpecification = { predefinedMetricType: "ALBRequestCountPerTarget" };
  t.deepEqual(policy({ targetTrackingConfiguration: { predefinedMetricSpecification } }), {
    "alarms of target tracking": [2, 2],
  });
  t.deepEqual(policy({ policyType: "SimpleScaling" }), {});
});

const annotator = (environment: object) =>
  farm("workers", { min: 2, max: 2 }, { template: { userData: userData({ annotator: { ...environment } }) } });

test("a queue: what its role's instances ask for while they wait, and what messages cause", (t) => {
  const profile = resource("aws:iam/instanceProfile:InstanceProfile", "profile", { role: "role" });
  const [, group] = farm("workers", { min: 2, max: 2 });
  const template = resource("aws:ec2/launchTemplate:LaunchTemplate", "workers-template", {
    instanceType: "t4g.small",
    iamInstanceProfile: { arn: "arn:profile" },
    userData: userData({ annotator: { JOB_REQUESTS_QUEUE_URL: "https://jobs" } }),
  });
  const policy = resource("aws:iam/rolePolicy:RolePolicy", "policy", {
    role: "role",
    policy: JSON.stringify({
      Statement: [{ Effect: "Allow", Action: ["sqs:ReceiveMessage"], Resource: ["arn:jobs"] }],
    }),
  });
  const queue = resource("aws:sqs/queue:Queue", "jobs", { receiveWaitTimeSeconds: 20 });
  const others = resource("aws:sqs/queue:Queue", "others");
  const found = cost(
    [profile, template, group, policy, queue, others].flatMap((r) => r ?? []),
    { ...idle, jobs: 100 },
  );
  const all = lines(found);
  // Two instances, each every 20 s of 730 h; four requests a message.
  t.deepEqual(all["queue requests by waiting consumers"], [262_800, 262_800]);
  t.deepEqual(all["queue requests by messages"], [400, 400]);
  t.true(found.free.some(({ urn, reason }) => urn === others.urn && /nobody/.test(reason)));
});

test("topics cost what is published, and data keys when encrypted; deliveries to queues nothing", (t) => {
  const topic = resource("aws:sns/topic:Topic", "results", { kmsMasterKeyId: "alias/aws/sns" });
  const hosts = annotator({ JOB_RESULTS_TOPIC_ARN: "arn:results" });
  const found = cost([...hosts, topic], { ...idle, jobs: 1000, activeHours: 10 });
  t.deepEqual(lines(found)["messages published"], [1000, 1000]);
  // A key lasts five minutes: twelve an hour, and never more than messages.
  t.deepEqual(lines(found)["data keys of topics"], [120, 120]);
  const subscription = (protocol: string) =>
    cost([resource("aws:sns/topicSubscription:TopicSubscription", "s", { protocol })]);
  t.is(subscription("sqs").free.length, 1);
  t.is(subscription("sms").notPriced.length, 1);
});

test("a table on demand: writes in every index that holds the item, reads, storage, recovery", (t) => {
  const table = resource("aws:dynamodb/table:Table", "jobs", {
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
    globalSecondaryIndexes: [
      { name: "by-user", keySchemas: [{ attributeName: "user_id", keyType: "HASH" }] },
      { name: "outbox", keySchemas: [{ attributeName: "outbox", keyType: "HASH" }] },
    ],
  });
  const found = cost([...annotator({ ANNOTATIONS_TABLE: "jobs" }), table], {
    jobs: 1000,
    requests: 0,
    restores: 0,
    premiumPercent: 100,
    keptMonths: 2,
  });
  const all = lines(found);
  // 7 writes in table and one index, 4 in and out of the sparse one; nothing is archived.
  t.deepEqual(all["table writes"], [18_000, 18_000]);
  t.deepEqual(all["table reads"], [12_000, 12_000]);
  // 2,000 items of 1,000 bytes, twice.
  t.deepEqual(all["table storage"], [0.004, 0.004]);
  t.deepEqual(all["point-in-time recovery"], [0.004, 0.004]);
  t.is(cost([resource("aws:dynamodb/table:Table", "p")]).notPriced[0]?.reason, "provisioned capacity");
});

test("buckets by what they are for: inputs, results, an archive of their own", (t) => {
  const environment = {
    INPUTS_BUCKET: "in",
    RESULTS_BUCKET: "out",
    ARCHIVE_NAME: "cold",
    FREE_RETENTION_SECONDS: "0",
    RETRIEVAL_TIER: "Standard",
  };
  const bucket = (name: string) => resource("aws:s3/bucket:Bucket", name);
  const given = {
    jobs: 1000,
    requests: 0,
    restores: 10,
    inputBytes: 1_000_000,
    resultRatio: 2,
    premiumPercent: 10,
    downloads: 1,
    keptMonths: 1,
  };
  const table = tableOf();
  const inputs = lines(cost([...annotator(environment), bucket("in")], given, "min", table));
  t.deepEqual(inputs["object storage"], [1, 1]);
  t.deepEqual(inputs["object writes"], [1000, 1000]);
  const results = lines(cost([...annotator(environment), bucket("out")], given, "min", table));
  // 100 premium and 10 restored results of 2 MB, with companions of 0.5 MB; 1,000 logs of 2,300 bytes.
  t.deepEqual(results["object storage"], [0.2773, 0.2773]);
  t.deepEqual(results["downloads, out of AWS"], [2, 2]);
  // Result, bgzip file, index, summary, of each job and each restored result; the log.
  t.deepEqual(results["object writes"], [5040, 5040]);
  // Two of each job, one download, six for each of the 900 that are archived.
  t.deepEqual(results["object reads"], [8400, 8400]);
  // 20 MB go up in three parts, between a call that begins and one that ends it; log and companions in one each.
  const large = { ...given, restores: 0, resultRatio: 20 };
  const parts = lines(cost([...annotator(environment), bucket("out")], large, "min", table));
  t.deepEqual(parts["object writes"], [9000, 9000]);
  const archive = lines(cost([...annotator(environment), bucket("cold")], given, "min", table));
  // 900 results of 2 MB and 32 KiB, billed for three months.
  t.deepEqual(archive["archive storage"], [
    Number((0.9 * 3 * (2 + 0.032768)).toPrecision(9)),
    Number((0.9 * 3 * (2 + 0.032768)).toPrecision(9)),
  ]);
  t.deepEqual(archive["archives stored"], [900, 900]);
  t.deepEqual(archive["Standard retrievals, requests"], [10, 10]);
  t.deepEqual(archive["Standard retrievals, bytes"], [0.02, 0.02]);
  t.is(cost([bucket("strange")]).notPriced.length, 1);
});

test("versions of a versioned bucket, and expiry, count", (t) => {
  const bucket = resource("aws:s3/bucket:Bucket", "in");
  const settings = [
    resource("aws:s3/bucketVersioning:BucketVersioning", "v", {
      bucket: "in",
      versioningConfiguration: { status: "Enabled" },
    }),
    resource("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "l", {
      bucket: "in",
      rules: [{ expiration: { expiredObjectDeleteMarker: true } }, { expiration: { days: 15.2 } }],
    }),
  ];
  const given = { jobs: 1000, requests: 0, restores: 0, inputBytes: 1_000_000, keptMonths: 5 };
  const found = lines(cost([...annotator({ INPUTS_BUCKET: "in" }), bucket, ...settings], given));
  // Half a month of 1 GB, and 5 % of old versions.
  t.deepEqual(found["object storage"], [0.525, 0.525]);
});

test("a vault: storage, uploads, retrievals; Bulk is free", (t) => {
  const vault = resource("aws:glacier/vault:Vault", "cold");
  const given = { jobs: 100, requests: 0, restores: 5, inputBytes: 1_000_000, resultRatio: 1, premiumPercent: 0 };
  const expedited = lines(cost([...annotator({ ARCHIVE_NAME: "cold" }), vault], given));
  t.deepEqual(expedited["archives stored"], [100, 100]);
  t.deepEqual(expedited["Expedited retrievals, requests"], [5, 5]);
  const bulk = cost([...annotator({ ARCHIVE_NAME: "cold", RETRIEVAL_TIER: "Bulk" }), vault], given);
  t.true(bulk.free.some(({ reason }) => /Bulk/.test(reason)));
});

test("logs: what requests, jobs and hours write; stored compressed for their retention", (t) => {
  const group = resource("aws:cloudwatch/logGroup:LogGroup", "logs", { retentionInDays: 30.4 });
  const found = lines(cost([...annotator({}), group], { jobs: 1_000_000, requests: 5, restores: 0 }));
  // A million jobs of 8,000 bytes, two instances of 100,000 bytes an hour; web alone writes of requests.
  t.deepEqual(found["logs, taken in"], [8.146, 8.146]);
  t.deepEqual(found["logs, stored"], [1.6292, 1.6292]);
  t.is(cost([resource("aws:cloudwatch/logGroup:LogGroup", "silent")]).free.length, 1);
});

test("mails, zones, keys, parameters, certificates", (t) => {
  const found = cost(
    [
      resource("aws:sesv2/emailIdentity:EmailIdentity", "mail"),
      resource("aws:route53/zone:Zone", "zone"),
      resource("aws:route53/record:Record", "alias", { aliases: [{ name: "balancer" }] }),
      resource("aws:route53/record:Record", "dkim", { type: "CNAME" }),
      resource("aws:kms/key:Key", "key"),
      resource("aws:ssm/parameter:Parameter", "plain", { tier: "Standard" }),
      resource("aws:ssm/parameter:Parameter", "large", { tier: "Advanced" }),
      resource("aws:acm/certificate:Certificate", "cert"),
      resource("aws:acm/certificate:Certificate", "own", { certificateAuthorityArn: "arn:ca" }),
    ],
    { ...idle, jobs: 7 },
  );
  t.deepEqual(lines(found), {
    mails: [7, 7],
    "hosted zone": [1, 1],
    "DNS queries": [7, 7],
    "encryption keys": [1, 1],
    "advanced parameters": [1, 1],
  });
  t.deepEqual(
    found.free.map(({ urn }) => urn.split("::").at(-1)),
    ["alias", "plain", "cert"],
  );
  t.deepEqual(
    found.notPriced.map(({ urn }) => urn.split("::").at(-1)),
    ["key", "own"],
  );
});

test("a single instance", (t) => {
  const inputs = {
    instanceType: "t4g.small",
    rootBlockDevice: { volumeSize: 10, volumeType: "gp2" },
    associatePublicIpAddress: true,
  };
  t.deepEqual(lines(cost([resource("aws:ec2/instance:Instance", "one", inputs)])), {
    "t4g.small on demand": [730, 14.6],
    "disks, 10 GiB gp2": [10, 10],
    "public addresses of instances": [730, 730],
  });
});

test("a stack that stands half of the month pays half of what is fixed, and all of what is used", (t) => {
  const resources = [
    ...farm(
      "web",
      { min: 2, max: 2 },
      { template: { blockDeviceMappings: [{ ebs: { volumeType: "gp3", volumeSize: 8 } }] } },
    ),
    resource("aws:cloudwatch/metricAlarm:MetricAlarm", "a", { metricName: "m" }),
    resource("aws:sesv2/emailIdentity:EmailIdentity", "mail"),
  ];
  const found = cost(resources, { ...idle, jobs: 10, upHours: 365 });
  t.deepEqual(lines(found), {
    "t4g.small on demand": [730, 14.6],
    "disks, 8 GiB gp3": [8, 8],
    alarms: [0.5, 0.5],
    mails: [10, 10],
  });
  t.is(found.hourlyUsd, found.monthlyUsd / 365);
});

test("an unknown type is named, never silently nothing", (t) => {
  const found = cost([resource("aws:rds/cluster:Cluster", "db")]);
  t.is(found.monthlyUsd, 0);
  t.deepEqual(
    found.notPriced.map(({ reason }) => reason),
    ["no rule for aws:rds/cluster:Cluster"],
  );
});

test("no type is both priced and free", (t) => {
  t.deepEqual(
    Object.values(resourceTypes).filter(({ cost }) => cost !== noRule && "rule" in cost && "free" in cost),
    [],
  );
});
