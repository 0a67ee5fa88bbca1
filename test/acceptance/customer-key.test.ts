// The whole service with a customer's KMS key: a job goes through to its archive and its mail with every call judged; then one role
// loses its permission on the key, and its work waits.
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import test from "ava";
import { sampleVcf } from "../../local/demo/sample-vcf.ts";
import { Scientist } from "../../local/demo/scientist.ts";
import { until } from "../../local/demo/until.ts";
import { administrator } from "../../local/emulator/administrator.ts";
import { stateClients } from "../../local/run/state/clients.ts";
import { startTestService, type TestService } from "../support/local-service.ts";

const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const fred = new Scientist("");
let service: TestService;

test.before(async () => {
  service = await startTestService(18_900, { kmsKeyArn, retention: "1 second", webMax: "2", annotatorMax: "2" });
  fred.visits(service.url);
  await fred.signIn(service.person("free_user").sub);
  // A busy machine's instances get their first credentials late, and their first answer is then an error; that is not judged here.
  await until("an upload to be offered", async (seen) => {
    try {
      return await fred.askForUpload("first.vcf", 100);
    } catch (error) {
      seen(String(error));
      return undefined;
    }
  });
});
test.after.always(() => service?.stop());

/** By its logical name. */
const roleOf = (name: string) => `${name}--local--us-east-1`;
const submit = async () => (await fred.submit("sample.vcf", new Blob([sampleVcf()]))).jobId;

test.serial("a job goes from its upload to its archive and its mail", async (t) => {
  const jobId = await submit();
  const job = await until("the result to be archived", async (seen) => {
    const found = await service.backstage.job(jobId);
    seen(`${found.job_status} ${found.result_state}`);
    return found.result_state === "ARCHIVED" ? found : undefined;
  });
  await until("the mail", () => service.gateway.mails().length > 0 || undefined);
  const clients = stateClients(service.emulator);
  const { places } = service.backstage;
  const { inputsBucket, resultsBucket } = places;
  for (const [Bucket, Key = ""] of [
    [inputsBucket, job.s3_key_input_file],
    [resultsBucket, job.s3_key_log_file],
  ]) {
    const head = await clients.s3.send(new HeadObjectCommand({ Bucket, Key }));
    t.is(head.ServerSideEncryption, "aws:kms", Key);
    t.is(head.SSEKMSKeyId, kmsKeyArn, Key);
  }
  clients.destroy();

  const used = (await service.authorizer.exercised()).filter(
    ({ action, calls }) => action.startsWith("kms:") && calls > 0,
  );
  t.deepEqual(new Set(used.map(({ resource }) => resource)), new Set([kmsKeyArn]));
  for (const [role, action] of [
    ["gas-web", "kms:Decrypt"],
    ["gas-web", "kms:GenerateDataKey"],
    ["gas-annotator", "kms:Decrypt"],
    ["gas-annotator", "kms:GenerateDataKey"],
    ["gas-utility", "kms:Decrypt"],
    ["gas-utility-archiver", "kms:GenerateDataKey"],
    ["gas-utility-notifier", "kms:Decrypt"],
    ["gas-utility-restorer", "kms:Decrypt"],
  ] as const) {
    t.true(
      used.some((each) => each.role === roleOf(role) && each.action === action),
      `${role} used ${action}`,
    );
  }
  t.deepEqual(service.problems, []);
});

test.serial(
  "without the permission on the key the annotator's work waits, and is done once it is given back",
  async (t) => {
    const iam = new IAMClient(administrator(service.emulator));
    const policy = { RoleName: roleOf("gas-annotator"), PolicyName: "service" };
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand(policy));
    const document = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: { Sid: string }[] };
    const Statement = document.Statement.filter(({ Sid }) => Sid !== "DecryptByKey");
    t.is(Statement.length, document.Statement.length - 1);
    const put = (Document: object) =>
      iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: JSON.stringify(Document) }));
    await put({ ...document, Statement });

    const refused = await until("the refusal to be told", () =>
      service.problems.find((each) => each.includes("kms:Decrypt") && each.includes("gas-annotator")),
    );
    t.regex(refused, /kms:Decrypt/);
    const jobId = await submit();
    t.is((await service.backstage.job(jobId)).job_status, "PENDING");

    await put(document);
    await until("the job to be completed", async (seen) => {
      const { job_status } = await service.backstage.job(jobId);
      seen(job_status);
      return job_status === "COMPLETED" || undefined;
    });
    iam.destroy();
    t.pass();
  },
);
