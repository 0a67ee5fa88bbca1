// Where jobs, files and archives are: job store, secure bucket, archive store, network.
import test from "ava";
import { ArchiveStore, ArgumentsError, days, hours, JobStore, Network, SecureBucket } from "../../components/index.ts";
import { declare } from "./declare.ts";

test.serial("a bucket by default: private, TLS only, encrypted, versioned, tidied up", async (t) => {
  const { inputs, statements } = await declare(() => new SecureBucket("gas-inputs"));
  const bucket = "gas-inputs-123456789012-us-east-1";
  const arn = `arn:aws:s3:::${bucket}`;
  t.deepEqual(inputs("aws:s3/bucket:Bucket", "gas-inputs"), {
    bucket,
    forceDestroy: true,
    tags: { Name: "gas-inputs" },
  });
  t.deepEqual(inputs("aws:s3/bucketVersioning:BucketVersioning", "gas-inputs"), {
    bucket,
    versioningConfiguration: { status: "Enabled" },
  });
  t.deepEqual(
    inputs("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "gas-inputs"),
    { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
  );
  t.deepEqual(inputs("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "gas-inputs"), {
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  t.deepEqual(inputs("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "gas-inputs"), {
    bucket,
    rules: [
      {
        id: "replaced-versions",
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 1 },
        expiration: { expiredObjectDeleteMarker: true },
      },
      {
        id: "unfinished-uploads",
        status: "Enabled",
        filter: {},
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
    ],
  });
  t.deepEqual(statements("aws:s3/bucketPolicy:BucketPolicy", "gas-inputs"), {
    DenyPlainText: {
      Sid: "DenyPlainText",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arn, `${arn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  });
});

test.serial("a bucket's options, and a lifecycle that cannot be said in days", async (t) => {
  const { inputs } = await declare(
    () => new SecureBucket("logs", { expireAfter: days(90), keepReplacedFor: days(7), retainOnDestroy: true }),
  );
  t.false(inputs("aws:s3/bucket:Bucket", "logs").forceDestroy);
  const { rules } = inputs("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "logs") as {
    rules: Record<string, unknown>[];
  };
  t.like(rules[0], { noncurrentVersionExpiration: { noncurrentDays: 7 } });
  t.like(rules[2], { id: "expiry", expiration: { days: 90 } });
  await declare(() => {
    const error = t.throws(() => new SecureBucket("x", { expireAfter: hours(36) }), { instanceOf: ArgumentsError });
    t.regex(error?.message ?? "", /expireAfter: 36 hours/);
  });
});

test.serial("the job store: tables, indexes, buckets, topics", async (t) => {
  const { inputs, names, statements, components } = await declare(() => new JobStore("gas"));
  t.is(components.keyPrefix, "gas");
  const index = (name: string, hash: string, range: string, projection: object = { projectionType: "ALL" }) => ({
    name,
    ...projection,
    keySchemas: [
      { attributeName: hash, keyType: "HASH" },
      { attributeName: range, keyType: "RANGE" },
    ],
  });
  t.deepEqual(inputs("aws:dynamodb/table:Table", "gas-annotations"), {
    name: "gas-annotations",
    hashKey: "job_id",
    attributes: [
      { name: "job_id", type: "S" },
      { name: "user_id", type: "S" },
      { name: "submit_time", type: "N" },
      { name: "outbox", type: "S" },
      { name: "restoring", type: "S" },
      { name: "restore_requested_time", type: "N" },
      { name: "awaits", type: "S" },
      { name: "result_state", type: "S" },
      { name: "complete_time", type: "N" },
    ],
    globalSecondaryIndexes: [
      index("user_id_index", "user_id", "submit_time"),
      index("outbox_index", "outbox", "submit_time"),
      index("restoring_index", "restoring", "restore_requested_time"),
      index("awaits_index", "awaits", "submit_time", { projectionType: "KEYS_ONLY" }),
      index("result_state_index", "result_state", "complete_time", {
        projectionType: "INCLUDE",
        nonKeyAttributes: ["user_id", "archive_due_time", "result_missing"],
      }),
    ],
    pointInTimeRecovery: { enabled: true },
    billingMode: "PAY_PER_REQUEST",
    deletionProtectionEnabled: false,
  });
  t.like(inputs("aws:dynamodb/table:Table", "gas-users"), {
    hashKey: "user_id",
    pointInTimeRecovery: { enabled: true },
  });
  t.like(inputs("aws:dynamodb/table:Table", "gas-events"), {
    hashKey: "event_id",
    ttl: { attributeName: "expires_time", enabled: true },
    pointInTimeRecovery: { enabled: true },
  });
  t.deepEqual(names("aws:s3/bucket:Bucket"), ["gas-code", "gas-inputs", "gas-logs", "gas-results"]);
  t.deepEqual(names("aws:sns/topic:Topic"), ["gas-job-requests", "gas-job-restore", "gas-job-results"]);
  t.deepEqual(inputs("aws:sns/topic:Topic", "gas-job-requests"), {
    name: "gas-job-requests",
    kmsMasterKeyId: "alias/aws/sns",
  });
  // Nobody publishes but by a permission of the own role.
  t.deepEqual(Object.keys(statements("aws:sns/topicPolicy:TopicPolicy", "gas-job-requests")), ["DenyPlainText"]);
});

test.serial(
  "requests to every bucket are recorded in one that S3 alone may write to, for this account only",
  async (t) => {
    const { inputs, names, statements } = await declare(() => new JobStore("gas", { logsExpireAfter: days(7) }));
    const logs = "gas-logs-123456789012-us-east-1";
    const logging = "aws:s3/bucketLogging:BucketLogging";
    t.deepEqual(names(logging), ["gas-code", "gas-inputs", "gas-results"]);
    t.deepEqual(inputs(logging, "gas-results"), {
      bucket: "gas-results-123456789012-us-east-1",
      targetBucket: logs,
      targetPrefix: "gas-results/",
    });
    t.deepEqual(statements("aws:s3/bucketPolicy:BucketPolicy", "gas-logs").S3RecordsRequests, {
      Sid: "S3RecordsRequests",
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: [`arn:aws:s3:::${logs}/*`],
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      Principal: { Service: "logging.s3.amazonaws.com" },
    });
    const { rules } = inputs("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "gas-logs") as {
      rules: Record<string, unknown>[];
    };
    t.like(rules[2], { id: "expiry", expiration: { days: 7 } });
  },
);

test.serial("in production nothing is lost by destroying the stack", async (t) => {
  const { resources } = await declare(() => new JobStore("gas", { production: true, inputsExpireAfter: days(30) }));
  const tables = resources.filter(({ type }) => type === "aws:dynamodb/table:Table");
  const buckets = resources.filter(({ type }) => type === "aws:s3/bucket:Bucket");
  t.true(tables.length === 3 && tables.every(({ inputs }) => inputs.deletionProtectionEnabled === true));
  t.true(buckets.length === 4 && buckets.every(({ inputs }) => inputs.forceDestroy === false));
});

test.serial("a name that cannot begin an object key is refused", async (t) => {
  await declare(() => {
    const error = t.throws(() => new JobStore("Gas!", { inputsExpireAfter: hours(1) }), { instanceOf: ArgumentsError });
    t.deepEqual(
      error?.mistakes.map(({ path }) => path),
      ["name", "inputsExpireAfter"],
    );
  });
});

const args = { keyPrefix: "gas", retainOnDestroy: false };

test.serial("a vault tells its topic, to which Glacier alone may publish, and for this account only", async (t) => {
  const { inputs, statements, components } = await declare(() => new ArchiveStore("gas", { ...args, kind: "vault" }));
  const topic = "arn:aws:sns:us-east-1:123456789012:gas-notices";
  t.deepEqual(inputs("aws:glacier/vault:Vault", "gas"), {
    name: "gas",
    notification: { snsTopic: topic, events: ["ArchiveRetrievalCompleted"] },
    tags: { Name: "gas" },
  });
  // AWS services may not publish through the account's default key for SNS.
  t.is(inputs("aws:sns/topic:Topic", "gas-notices").kmsMasterKeyId, undefined);
  const policy = statements("aws:sns/topicPolicy:TopicPolicy", "gas-notices");
  t.deepEqual(Object.keys(policy), ["DenyPlainText", "VaultPublishes"]);
  t.like(policy.VaultPublishes, {
    Action: ["sns:Publish"],
    Principal: { Service: "glacier.amazonaws.com" },
    Condition: { StringEquals: { "AWS:SourceOwner": "123456789012" } },
  });
  t.is(components.notices.from, "topic");
});

test.serial("an archive bucket is reached under the results' prefix only", async (t) => {
  const { names, components } = await declare(() => new ArchiveStore("gas", { ...args, kind: "s3" }));
  t.deepEqual(names("aws:s3/bucket:Bucket"), ["gas"]);
  t.is(components.notices.from, "bucket");
  t.deepEqual(
    components.restorePermissions.map(({ Sid, Action }) => [Sid, Action]),
    [
      ["RestoreArchives", ["s3:RestoreObject", "s3:GetObject", "s3:DeleteObject"]],
      ["MissingArchives", ["s3:ListBucket"]],
    ],
  );
});

test.serial("the network: public instances that nobody can call, no NAT gateway", async (t) => {
  const { inputs, names, components } = await declare(() => new Network("gas"));
  t.deepEqual(inputs("awsx:ec2:Vpc", "gas"), {
    cidrBlock: "10.0.0.0/16",
    numberOfAvailabilityZones: 2,
    enableDnsHostnames: true,
    subnetStrategy: "Auto",
    subnetSpecs: [{ type: "Public", cidrBlocks: ["10.0.0.0/19", "10.0.64.0/19"] }],
    natGateways: { strategy: "None" },
    tags: { Name: "gas" },
  });
  t.true(components.publicAddresses);
  t.like(inputs("aws:ec2/vpcEndpoint:VpcEndpoint", "gas-s3"), {
    vpcEndpointType: "Gateway",
    serviceName: "com.amazonaws.us-east-1.s3",
  });
  const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
  t.deepEqual(names(ingress), ["gas-balancer-http", "gas-balancer-https", "gas-web"]);
  t.like(inputs(ingress, "gas-balancer-https"), {
    cidrIpv4: "0.0.0.0/0",
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
  });
  const web = inputs(ingress, "gas-web");
  t.like(web, { fromPort: 8080, toPort: 8080 });
  t.is(web.cidrIpv4, undefined);
  t.is(
    web.referencedSecurityGroupId,
    inputs("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "gas-balancer").securityGroupId,
  );
});

test.serial("the VPC's own security group allows nothing", async (t) => {
  const { inputs, components } = await declare(() => new Network("gas"));
  t.like(inputs("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "gas-default"), { ingress: [], egress: [] });
  t.is(components.nodes.flowLog, undefined);
});

test.serial(
  "refused connections are recorded on request, by a role that VPC flow logs of this account take on",
  async (t) => {
    const { inputs, statements } = await declare(() => new Network("gas", { flowLogs: "rejected" }));
    t.like(inputs("aws:ec2/flowLog:FlowLog", "gas-flow-log"), {
      trafficType: "REJECT",
      logDestination: "arn:aws:logs:us-east-1:123456789012:log-group:gas-flow-log",
      iamRoleArn: "arn:aws:iam::123456789012:role/gas-flow-log",
    });
    t.like(inputs("aws:cloudwatch/logGroup:LogGroup", "gas-flow-log"), { retentionInDays: 30 });
    t.deepEqual(JSON.parse(String(inputs("aws:iam/role:Role", "gas-flow-log").assumeRolePolicy)).Statement, [
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
    t.deepEqual(statements("aws:iam/rolePolicy:RolePolicy", "gas-flow-log-write").WriteFlowLog?.Resource, [
      "arn:aws:logs:us-east-1:123456789012:log-group:gas-flow-log",
      "arn:aws:logs:us-east-1:123456789012:log-group:gas-flow-log:*",
    ]);
  },
);

test.serial("private instances stand behind one NAT gateway", async (t) => {
  const { inputs, components } = await declare(() => new Network("gas", { instances: "private", zones: 3 }));
  t.like(inputs("awsx:ec2:Vpc", "gas"), {
    numberOfAvailabilityZones: 3,
    subnetSpecs: [
      { type: "Public", cidrBlocks: ["10.0.0.0/19", "10.0.64.0/19", "10.0.128.0/19"] },
      { type: "Private", cidrBlocks: ["10.0.32.0/19", "10.0.96.0/19", "10.0.160.0/19"] },
    ],
    natGateways: { strategy: "Single" },
  });
  t.false(components.publicAddresses);
});

test.serial("zones by name are given to awsx in their order, instead of a number", async (t) => {
  const zoneNames = ["us-east-1c", "us-east-1a", "us-east-1d"];
  const { inputs, components } = await declare(() => new Network("gas", { zoneNames }));
  const vpc = inputs("awsx:ec2:Vpc", "gas");
  t.deepEqual(vpc.availabilityZoneNames, zoneNames);
  t.false("numberOfAvailabilityZones" in vpc);
  t.deepEqual(vpc.subnetSpecs, [{ type: "Public", cidrBlocks: ["10.0.0.0/19", "10.0.64.0/19", "10.0.128.0/19"] }]);
  t.is((await new Promise<string[]>((resolve) => components.instanceSubnetIds.apply(resolve))).length, 3);
});

test.serial("names of zones that do not fit are refused, each with what would", async (t) => {
  const refused: readonly [names: string[], reason: RegExp][] = [
    [["us-east-1a"], /^1 is out of range \(a balancer needs two zones.*give 2 to 4 zones/],
    [["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"], /^5 is out of range/],
    [["us-east-1a", "us-east-1a"], /^us-east-1a is there twice/],
    [["us-east-1a", "us-east-1-bos-1a"], /^"us-east-1-bos-1a" does not fit; .*neither a Local Zone/],
    [["us-east-1a", "us-east-1-wl1-bos-wlz-1"], /^"us-east-1-wl1-bos-wlz-1" does not fit; .*Wavelength/],
    [["us-east-1a", "use1-az1"], /^"use1-az1" does not fit; .*nor a zone's id/],
    [["us-east-1a", "us-east-2a"], /^us-east-2a is not in us-east-1; give zones of us-east-1/],
  ];
  await declare(() => {
    for (const [zoneNames, reason] of refused) {
      const error = t.throws(
        () => new Network("gas", { zoneNames }),
        { instanceOf: ArgumentsError },
        String(zoneNames),
      );
      t.is(error?.mistakes.length, 1, String(zoneNames));
      t.regex(error?.mistakes[0]?.reason ?? "", reason);
    }
    const both = t.throws(() => new Network("gas", { zones: 2, zoneNames: ["us-east-1a", "us-east-1b"] }));
    t.regex(both?.message ?? "", /zoneNames: say it as well as zones; omit one of both/);
  });
});

test.serial("a network's mistakes are told together", async (t) => {
  await declare(() => {
    const error = t.throws(() => new Network("gas", { cidrBlock: "10.0.0.0/8", zones: 1, webPort: 80 }), {
      instanceOf: ArgumentsError,
    });
    t.deepEqual(
      error?.mistakes.map(({ path }) => path),
      ["cidrBlock", "zones", "webPort"],
    );
  });
});
