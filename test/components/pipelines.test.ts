// Archive, restore and notify pipelines, and the host that runs their services.
import test from "ava";
import {
  type ArchivePipelineArgs,
  ArgumentsError,
  type Duration,
  days,
  hours,
  minutes,
  NotifyPipeline,
  type NotifyPipelineArgs,
  RestorePipeline,
  type RestorePipelineArgs,
  seconds,
  UtilityHost,
} from "../../components/index.ts";
import { archiveReceiptsMax } from "../../components/pipelines/archive-pipeline.ts";
import { readEnvironment, type ServiceName } from "../../runtime/contract/environment.ts";
import { declare } from "./declare.ts";
import { bootManifestOf, entry, ground } from "./farm.ts";

interface Options {
  archive?: Partial<ArchivePipelineArgs>;
  restore?: Partial<RestorePipelineArgs>;
  notify?: Partial<NotifyPipelineArgs>;
}

const pipelines = ({ archive, restore, notify }: Options = {}) =>
  declare(() => {
    const base = ground(archive);
    const { network, jobs } = base;
    const restoring = new RestorePipeline("gas-job-restore", { jobs, archive: base.archive, entry, ...restore });
    const notifying = new NotifyPipeline("gas-job-notify", {
      jobs,
      entry,
      mailFrom: "gas@example.org",
      publicUrl: "https://gas.example.org",
      ...notify,
    });
    const services = [base.archive.service, restoring.service, notifying.service];
    return new UtilityHost("gas-utility", { network, services });
  });

const queue = "aws:sqs/queue:Queue";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";

test("receipts of a waiting archive message are not failures", (t) => {
  t.is(archiveReceiptsMax(minutes(30)), 6);
  t.is(archiveReceiptsMax(hours(12)), 6);
  t.is(archiveReceiptsMax(days(12)), 29);
});

test.serial("archive queue: on job_results, keeps a message through the whole free period", async (t) => {
  const { inputs } = await pipelines({ archive: { retention: days(12) } });
  const { messageRetentionSeconds, redrivePolicy } = inputs(queue, "gas-job-archive");
  t.true(Number(messageRetentionSeconds) > days(12).toSeconds());
  t.is(JSON.parse(String(redrivePolicy)).maxReceiveCount, 29);
  t.like(inputs("aws:sns/topicSubscription:TopicSubscription", "gas-job-archive-from-job-results"), {
    topic: "arn:aws:sns:us-east-1:123456789012:gas-job-results",
    rawMessageDelivery: true,
  });
});

test.serial("a host of one runs three services, each with a complete environment and a role of its own", async (t) => {
  const declared = await pipelines();
  t.like(declared.inputs("aws:autoscaling/group:Group", "gas-utility"), {
    minSize: 1,
    maxSize: 1,
    healthCheckType: "EC2",
    protectFromScaleIn: false,
  });
  const { services } = bootManifestOf(declared, "gas-utility");
  t.deepEqual(
    services.map(({ name, port, roleArn }) => [name, port, roleArn]),
    [
      ["archiver", 8082, "arn:aws:iam::123456789012:role/gas-utility-archiver"],
      ["restorer", 8083, "arn:aws:iam::123456789012:role/gas-utility-restorer"],
      ["notifier", 8084, "arn:aws:iam::123456789012:role/gas-utility-notifier"],
    ],
  );
  for (const { name, environment } of services) t.notThrows(() => readEnvironment(name as ServiceName, environment));
});

test.serial("the host's own role may do nothing but boot and take on its services' roles", async (t) => {
  const { names, statements, inputs } = await pipelines();
  t.deepEqual(
    names(rolePolicy).filter((name) => /^gas-utility-(?!archiver|restorer|notifier)/.test(name)),
    ["gas-utility-assume", "gas-utility-host"],
  );
  t.deepEqual(statements(rolePolicy, "gas-utility-assume").BecomeService, {
    Sid: "BecomeService",
    Effect: "Allow",
    Action: ["sts:AssumeRole"],
    Resource: ["archiver", "restorer", "notifier"].map((name) => `arn:aws:iam::123456789012:role/gas-utility-${name}`),
  });
  t.deepEqual(JSON.parse(String(inputs("aws:iam/role:Role", "gas-utility-archiver").assumeRolePolicy)).Statement, [
    { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:role/gas-utility" }, Action: "sts:AssumeRole" },
  ]);
  t.deepEqual(JSON.parse(String(inputs("aws:iam/role:Role", "gas-utility").assumeRolePolicy)).Statement, [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ]);
  // AWS's ready-made policy for sessions reads every secret of the account beside.
  t.deepEqual(names("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), []);
  const host = statements(rolePolicy, "gas-utility-host");
  t.deepEqual(Object.keys(host), ["ReadOwnBundles", "WriteOwnLogs", "ReportHealth", "AcceptSessions"]);
  t.notRegex(String(host.AcceptSessions?.Action), /parameter|secret/i);
});

test.serial("archiver and restorer: what each may do with results and archives (s3)", async (t) => {
  const { statements } = await pipelines();
  const results = ["arn:aws:s3:::gas-results-123456789012-us-east-1/gas/*"];
  const archives = ["arn:aws:s3:::gas-job-archive-store-123456789012-us-east-1/gas/*"];
  const archiver = statements(rolePolicy, "gas-utility-archiver-service");
  t.like(archiver.Results, {
    Action: ["s3:GetObject", "s3:DeleteObjectVersion"],
    Resource: results,
  });
  t.deepEqual(archiver.StoreArchives?.Resource, archives);
  t.like(archiver.ListArchives, {
    Action: ["s3:ListBucket"],
    Resource: ["arn:aws:s3:::gas-job-archive-store-123456789012-us-east-1"],
  });
  const index = "arn:aws:dynamodb:us-east-1:123456789012:table/gas-annotations/index";
  t.deepEqual(archiver.JobsIndexes?.Resource, [
    `${index}/user_id_index`,
    `${index}/result_state_index`,
    `${index}/awaits_index`,
  ]);
  // A deleted job goes with all versions of its files, and its item.
  const inputs = "arn:aws:s3:::gas-inputs-123456789012-us-east-1/gas/*";
  t.deepEqual(archiver.Jobs?.Action, ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]);
  for (const [sid, resource] of [
    ["EraseInputs", [inputs]],
    ["EraseResults", results],
    ["EraseArchives", archives],
  ] as const) {
    t.like(archiver[sid], { Action: ["s3:DeleteObjectVersion"], Resource: resource });
    t.deepEqual(archiver[`${sid}Versions`]?.Action, ["s3:ListBucketVersions"]);
  }
  const restorer = statements(rolePolicy, "gas-utility-restorer-service");
  t.like(restorer.Results, { Action: ["s3:PutObject", "s3:AbortMultipartUpload"], Resource: results });
  t.like(restorer.RestoreArchives, {
    Action: ["s3:RestoreObject", "s3:GetObject", "s3:DeleteObject"],
    Resource: archives,
  });
  t.deepEqual(restorer.JobsIndexes?.Resource, [
    "arn:aws:dynamodb:us-east-1:123456789012:table/gas-annotations/index/user_id_index",
    "arn:aws:dynamodb:us-east-1:123456789012:table/gas-annotations/index/restoring_index",
  ]);
});

test.serial("store s3: the bucket tells the events queue, which lets it", async (t) => {
  const declared = await pipelines();
  const { inputs, statements, names } = declared;
  const bucket = "gas-job-archive-store-123456789012-us-east-1";
  const queueArn = "arn:aws:sqs:us-east-1:123456789012:gas-job-restore-events";
  t.deepEqual(inputs("aws:s3/bucketNotification:BucketNotification", "gas-job-restore"), {
    bucket,
    queues: [{ queueArn, events: ["s3:ObjectRestore:Completed"] }],
  });
  t.deepEqual(statements("aws:sqs/queuePolicy:QueuePolicy", "gas-job-restore-events").ArchiveBucketSends, {
    Sid: "ArchiveBucketSends",
    Effect: "Allow",
    Action: ["sqs:SendMessage"],
    Resource: [queueArn],
    Condition: {
      ArnEquals: { "aws:SourceArn": `arn:aws:s3:::${bucket}` },
      StringEquals: { "aws:SourceAccount": "123456789012" },
    },
    Principal: { Service: "s3.amazonaws.com" },
  });
  t.deepEqual(names("aws:glacier/vault:Vault"), []);
  t.like(bootManifestOf(declared, "gas-utility").services[0]?.environment, {
    ARCHIVE_STORE: "s3",
    ARCHIVE_NAME: bucket,
  });
});

test.serial("store vault: its topic feeds the events queue, and nobody has a bucket", async (t) => {
  const declared = await pipelines({
    archive: { store: "vault" },
    restore: { tier: "Standard", sweepEvery: seconds(9) },
  });
  const { inputs, names, statements } = declared;
  t.is(
    inputs("aws:sns/topicSubscription:TopicSubscription", "gas-job-restore-events-from-vault").topic,
    "arn:aws:sns:us-east-1:123456789012:gas-job-archive-store-notices",
  );
  t.deepEqual(names("aws:s3/bucketNotification:BucketNotification"), []);
  const vault = "arn:aws:glacier:us-east-1:123456789012:vaults/gas-job-archive-store";
  t.deepEqual(statements(rolePolicy, "gas-utility-archiver-service").StoreArchives?.Resource, [vault]);
  t.like(statements(rolePolicy, "gas-utility-archiver-service").ListArchives, {
    Action: ["glacier:InitiateJob", "glacier:ListJobs", "glacier:GetJobOutput"],
    Resource: [vault],
  });
  t.deepEqual(statements(rolePolicy, "gas-utility-restorer-service").RestoreArchives?.Resource, [vault]);
  t.like(bootManifestOf(declared, "gas-utility").services[1]?.environment, {
    ARCHIVE_STORE: "vault",
    RETRIEVAL_TIER: "Standard",
    SWEEP_SECONDS: "9",
  });
});

test.serial("mail: from one address only, proven by a link or by DNS", async (t) => {
  const byLink = await pipelines();
  t.is(byLink.inputs("aws:sesv2/emailIdentity:EmailIdentity", "gas-job-notify").emailIdentity, "gas@example.org");
  t.deepEqual(byLink.statements(rolePolicy, "gas-utility-notifier-service").Mail, {
    Sid: "Mail",
    Effect: "Allow",
    Action: ["ses:SendEmail"],
    Resource: ["arn:aws:ses:us-east-1:123456789012:identity/*"],
    Condition: { StringEquals: { "ses:FromAddress": "gas@example.org" } },
  });

  const byDns = await pipelines({ notify: { mailFrom: "noreply@gas.example.org", zone: "example.org" } });
  t.is(byDns.inputs("aws:sesv2/emailIdentity:EmailIdentity", "gas-job-notify").emailIdentity, "gas.example.org");
  const record = byDns.inputs("aws:route53/record:Record", "gas-job-notify-dkim-3");
  t.regex(String(record.name), /^c[0-9a-f]+\._domainkey\.gas\.example\.org$/);

  const error = await t.throwsAsync(pipelines({ notify: { mailFrom: "me@elsewhere.net", zone: "example.org" } }), {
    instanceOf: ArgumentsError,
  });
  t.regex(error?.message ?? "", /zone: me@elsewhere\.net is not in the zone example\.org/);

  const somebodyElses = await pipelines({ notify: { createIdentity: false } });
  t.deepEqual(somebodyElses.names("aws:sesv2/emailIdentity:EmailIdentity"), []);
});

test.serial(
  "mails name the free period of the archive that they are given, and a long one's end beforehand",
  async (t) => {
    const told = async (notify: Partial<NotifyPipelineArgs>) => {
      const { services } = bootManifestOf(await pipelines({ notify }), "gas-utility");
      const { FREE_RETENTION_SECONDS, ARCHIVE_NOTICE_SECONDS } = readEnvironment(
        "notifier",
        services[2]?.environment ?? {},
      );
      return [FREE_RETENTION_SECONDS, ARCHIVE_NOTICE_SECONDS];
    };
    const of = (retention: Duration) => ({ archive: { retention } });
    t.deepEqual(await told({}), [undefined, 0]);
    t.deepEqual(await told(of(minutes(30))), [1_800, 0], "the mail of the ending is still fresh");
    t.deepEqual(await told(of(hours(4))), [14_400, 3_600], "an hour at least");
    t.deepEqual(await told(of(days(10))), [864_000, 86_400], "a tenth");
    t.deepEqual(await told({ ...of(minutes(30)), archiveNotice: minutes(15) }), [1_800, 900]);
  },
);

test.serial("mistakes of each pipeline", async (t) => {
  const paths = async (options: Options) => {
    const error = await t.throwsAsync(pipelines(options), { instanceOf: ArgumentsError });
    return error?.mistakes.map(({ path }) => path);
  };
  t.deepEqual(await paths({ archive: { retention: days(13) } }), ["retention"]);
  t.deepEqual(await paths({ restore: { sweepEvery: seconds(0) } }), ["sweepEvery"]);
  t.deepEqual(await paths({ notify: { mailFrom: "gas", sweepEvery: days(2) } }), ["mailFrom", "sweepEvery"]);
  const archive = { retention: minutes(30) };
  t.deepEqual(await paths({ notify: { archive, archiveNotice: minutes(16) } }), ["archiveNotice"]);
  t.deepEqual(await paths({ notify: { archive, archiveNotice: seconds(0) } }), ["archiveNotice"]);
  t.deepEqual(await paths({ notify: { archiveNotice: minutes(5) } }), ["archiveNotice"]);
});
