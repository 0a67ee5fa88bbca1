/**
 * The policies that stand in the emulator: of roles, buckets, queues, topics and keys. They are read there, not from the plan, so
 * that whatever changes them counts: the program, Pulumi's engine, an operator's AWS CLI. What was read is used for five
 * seconds, which is about what AWS itself takes to spread a change.
 */
import {
  GetAccountAuthorizationDetailsCommand,
  type GetAccountAuthorizationDetailsResponse,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  type RoleDetail,
} from "@aws-sdk/client-iam";
import { GetKeyPolicyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Context, contextOf } from "../../../plan/iam/context.ts";
import { parsePolicy, type Statement } from "../../../plan/iam/document.ts";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator } from "../../types.ts";
import { remembered } from "./remembered.ts";

/** The policy of a key that the emulator does not have, which is AWS's default: the account's own policies decide. */
export const leftToAccount = ({ accountId }: Pick<Emulator, "accountId">): Statement[] =>
  parsePolicy(
    JSON.stringify({
      Statement: {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    }),
    "default of a key",
  );

export interface RolePolicies {
  /** Inline and managed ones, together. */
  readonly identity: readonly Statement[];
  readonly trust: readonly Statement[];
  /** Its permissions boundary, where it has one. */
  readonly boundary: readonly Statement[] | undefined;
  /** Its tags as condition keys of its calls: `aws:PrincipalTag/owner`. */
  readonly tags: Context;
}

export interface Policies {
  /** By role ARN. @param since only what was read after this instant (`performance.now()`) */
  roles(since?: number): Promise<ReadonlyMap<string, RolePolicies>>;
  /** The policy of the bucket, queue, topic or key that a resource ARN belongs to; `undefined`: none, or none of that kind. */
  ofResource(arn: string, since?: number): Promise<readonly Statement[] | undefined>;
  destroy(): void;
}

/** How long what was read counts. */
export const freshMilliseconds = 5_000;

/** Errors that mean: there is no policy, or nothing that could have one. */
const absences = new Set(["NoSuchBucketPolicy", "NoSuchBucket", "QueueDoesNotExist", "NotFound", "NotFoundException"]);

async function unlessAbsent(reading: Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (absences.has((error as Error).name)) return undefined;
    throw error;
  }
}

type DocumentReader = (name: string, arn: string) => Promise<string | undefined>;
type Details = GetAccountAuthorizationDetailsResponse;

/** Readers of the policies that resources have, by service. */
function resourceReaders(
  {
    s3,
    sqs,
    sns,
    kms,
  }: { readonly s3: S3Client; readonly sqs: SQSClient; readonly sns: SNSClient; readonly kms: KMSClient },
  { endpoint, accountId }: Pick<Emulator, "endpoint" | "accountId">,
): Readonly<Record<string, DocumentReader>> {
  return {
    async s3(name) {
      const [Bucket = ""] = name.split("/");
      return (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy;
    },
    async sqs(name) {
      const asked = { QueueUrl: `${endpoint}/${accountId}/${name}`, AttributeNames: ["Policy" as const] };
      return (await sqs.send(new GetQueueAttributesCommand(asked))).Attributes?.Policy;
    },
    async kms(_name, KeyId) {
      return (await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }))).Policy;
    },
    async sns(_name, TopicArn) {
      return (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.Policy;
    },
  };
}

/** Reads documents of managed policies, those of AWS once: they never change. */
function managedPolicies(iam: IAMClient): (arn: string, details: Details) => Promise<string> {
  const awsPolicy = remembered(Number.POSITIVE_INFINITY, async (PolicyArn: string) => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy?.DefaultVersionId;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return PolicyVersion?.Document ?? "";
  });
  return async (arn, details) => {
    const own = details.Policies?.find((policy) => policy.Arn === arn);
    return own?.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document ?? (await awsPolicy(arn));
  };
}

/** Every policy of a role, and its tags. */
async function policiesOf(
  role: RoleDetail,
  details: Details,
  managed: ReturnType<typeof managedPolicies>,
): Promise<RolePolicies> {
  const inline = (role.RolePolicyList ?? []).map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument]);
  const attached = await Promise.all(
    (role.AttachedManagedPolicies ?? []).map(async ({ PolicyName, PolicyArn = "" }) => [
      PolicyName,
      await managed(PolicyArn, details),
    ]),
  );
  const parse = ([name = "", document = "{}"]: readonly (string | undefined)[]) =>
    parsePolicy(decodeURIComponent(document), name);
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn;
  return {
    identity: [...inline, ...attached].flatMap(parse),
    trust: parse(["trust", role.AssumeRolePolicyDocument]),
    boundary:
      boundary === undefined
        ? undefined
        : parse([boundary.slice(boundary.lastIndexOf("/") + 1), await managed(boundary, details)]),
    tags: contextOf(
      Object.fromEntries((role.Tags ?? []).map(({ Key = "", Value = "" }) => [`aws:PrincipalTag/${Key}`, Value])),
    ),
  };
}

export function createPolicies(emulator: Pick<Emulator, "endpoint" | "region" | "accountId">): Policies {
  const config = administrator(emulator);
  const iam = new IAMClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sqs = new SQSClient(config);
  const sns = new SNSClient(config);
  const kms = new KMSClient(config);
  const readers = resourceReaders({ s3, sqs, sns, kms }, emulator);
  const managed = managedPolicies(iam);

  const allRoles = remembered(freshMilliseconds, async () => {
    const details = await iam.send(
      new GetAccountAuthorizationDetailsCommand({ Filter: ["Role", "LocalManagedPolicy"] }),
    );
    const roles = await Promise.all(
      (details.RoleDetailList ?? []).map(
        async (role) => [role.Arn ?? "", await policiesOf(role, details, managed)] as const,
      ),
    );
    return new Map(roles);
  });

  const resourcePolicy = remembered(freshMilliseconds, async (owner: string) => {
    const [, , service = "", , , name = ""] = owner.split(":");
    const text = await unlessAbsent(readers[service]?.(name, owner) ?? Promise.resolve(undefined));
    return text === undefined || text === "" ? undefined : parsePolicy(text, `of ${owner}`);
  });

  return {
    roles: (since) => allRoles("", since),
    ofResource(arn, since) {
      const [, , service = "", , , name = ""] = arn.split(":");
      if (readers[service] === undefined || name === "" || name.includes("*")) return Promise.resolve(undefined);
      return resourcePolicy(service === "s3" ? `arn:aws:s3:::${name.split("/")[0]}` : arn, since);
    },
    destroy() {
      for (const client of [iam, s3, sqs, sns, kms]) client.destroy();
    },
  };
}
