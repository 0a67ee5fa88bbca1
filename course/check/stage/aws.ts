/** What AWS's APIs tell of a service: items, objects, groups. Read-only but for `publish` and `terminate`, which only the checks call that say so. */
import { AutoScalingClient, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import {
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  paginateListTables,
} from "@aws-sdk/client-dynamodb";
import { EC2Client, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { HeadObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { Evidence } from "../evidence/recorder.ts";

export interface AwsAccess {
  readonly region: string;
  /** Omitted: AWS's own. */
  readonly endpoint?: string;
  readonly credentials: NonNullable<DynamoDBClientConfig["credentials"]>;
  /** Begins the names of the stack's tables, topics and groups: one account may hold many stacks. */
  readonly owner: string;
}

/** The course's attributes of a job's item, and those of ours that tell where its result is. */
const itemSchema = z.looseObject({
  job_id: z.string(),
  user_id: z.string().optional(),
  input_file_name: z.string().optional(),
  s3_inputs_bucket: z.string().optional(),
  s3_key_input_file: z.string().optional(),
  submit_time: z.number().optional(),
  job_status: z.string().optional(),
  s3_results_bucket: z.string().optional(),
  s3_key_result_file: z.string().optional(),
  s3_key_log_file: z.string().optional(),
  complete_time: z.number().optional(),
  results_file_archive_id: z.string().optional(),
  result_state: z.string().optional(),
  attempts: z.number().optional(),
  worker: z.string().optional(),
  failure_reason: z.string().optional(),
});
export type JobItem = z.output<typeof itemSchema>;

export interface GroupState {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly instances: readonly { readonly id: string; readonly inService: boolean }[];
}

export interface Aws {
  /** Undefined: there is no such item. */
  job(jobId: string): Promise<JobItem | undefined>;
  /** What the users table has of a person. */
  user(userId: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Storage class; undefined: there is no such object. */
  storageClass(bucket: string, key: string): Promise<string | undefined>;
  /** Keys of a bucket below a prefix. */
  keys(bucket: string, prefix: string): Promise<string[]>;
  groups(): Promise<GroupState[]>;
  /** Sends a message to the topic whose name has this in it. */
  publish(topic: string, message: string): Promise<void>;
  terminate(instanceIds: readonly string[]): Promise<void>;
  close(): void;
}

/** @throws {Error} when no table of the stack has this key, or several have. */
async function findTable(client: DynamoDBClient, owner: string, key: string): Promise<string> {
  const found: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    for (const TableName of TableNames.filter((name) => name.startsWith(owner))) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      const [hash, range] = Table?.KeySchema ?? [];
      if (hash?.AttributeName === key && range === undefined) found.push(TableName);
    }
  }
  const [table, other] = found;
  if (table === undefined) throw new Error(`no table of ${owner} has the key ${key}`);
  if (other !== undefined)
    throw new Error(`${found.join(" and ")} both have the key ${key}: name the stack's owner whole`);
  return table;
}

/** @throws {Error} when there is none. */
async function findTopic(client: SNSClient, owner: string, part: string): Promise<string> {
  for await (const { Topics = [] } of paginateListTopics({ client }, {})) {
    const found = Topics.map(({ TopicArn = "" }) => TopicArn).find((arn) => {
      const name = arn.split(":").at(-1) ?? "";
      return name.startsWith(owner) && name.replaceAll("_", "-").includes(part);
    });
    if (found !== undefined) return found;
  }
  throw new Error(`no topic of ${owner} has ${part} in its name`);
}

/** Words for evidence: what of an item matters. */
function itemWords(item: JobItem | undefined): string {
  if (item === undefined) return "there is none";
  const { job_status, result_state, attempts, complete_time, results_file_archive_id } = item;
  return [
    job_status,
    result_state,
    attempts === undefined ? undefined : `attempt ${attempts}`,
    complete_time === undefined ? undefined : `completed ${complete_time}`,
    results_file_archive_id === undefined ? undefined : "with an archive id",
  ]
    .filter((word) => word !== undefined)
    .join(", ");
}

export function openAws({ owner, ...access }: AwsAccess, evidence: Evidence): Aws {
  const configuration = { ...access, maxAttempts: 5 };
  const dynamo = new DynamoDBClient(configuration);
  const documents = DynamoDBDocumentClient.from(dynamo);
  const s3 = new S3Client({ ...configuration, forcePathStyle: access.endpoint !== undefined });
  const scaling = new AutoScalingClient(configuration);
  const sns = new SNSClient(configuration);
  const ec2 = new EC2Client(configuration);
  const tables = new Map<string, Promise<string>>();
  const tableOf = (key: string): Promise<string> => {
    const found = tables.get(key) ?? findTable(dynamo, owner, key);
    tables.set(key, found);
    return found;
  };

  return {
    async job(jobId) {
      const TableName = await tableOf("job_id");
      const { Item } = await documents.send(
        new GetCommand({ TableName, Key: { job_id: jobId }, ConsistentRead: true }),
      );
      const item = Item === undefined ? undefined : itemSchema.parse(Item);
      evidence.note(`item ${jobId}: ${itemWords(item)}`);
      return item;
    },
    async user(userId) {
      const TableName = await tableOf("user_id");
      const { Item } = await documents.send(
        new GetCommand({ TableName, Key: { user_id: userId }, ConsistentRead: true }),
      );
      evidence.note(`user ${userId}: ${Item === undefined ? "not in the table" : String(Item.role)}`);
      return Item;
    },
    async storageClass(Bucket, Key) {
      try {
        const { StorageClass = "STANDARD" } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
        evidence.note(`object ${Bucket}/${Key}: ${StorageClass}`);
        return StorageClass;
      } catch (error) {
        if ((error as Error).name !== "NotFound") throw error;
        evidence.note(`object ${Bucket}/${Key}: not there`);
        return undefined;
      }
    },
    async keys(Bucket, Prefix) {
      const found: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
        found.push(...Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
      }
      evidence.note(`${found.length} objects below ${Bucket}/${Prefix}`);
      return found;
    },
    async groups() {
      const found: GroupState[] = [];
      for await (const { AutoScalingGroups = [] } of paginateDescribeAutoScalingGroups({ client: scaling }, {})) {
        for (const group of AutoScalingGroups) {
          const name = group.AutoScalingGroupName ?? "";
          if (!name.startsWith(owner)) continue;
          const instances = (group.Instances ?? []).map(({ InstanceId = "", LifecycleState, HealthStatus }) => ({
            id: InstanceId,
            inService: LifecycleState === "InService" && HealthStatus?.toLowerCase() === "healthy",
          }));
          const { MinSize: min = 0, MaxSize: max = 0, DesiredCapacity: desired = 0 } = group;
          found.push({ name, min, max, desired, instances });
        }
      }
      return found;
    },
    async publish(topic, Message) {
      await sns.send(new PublishCommand({ TopicArn: await findTopic(sns, owner, topic), Message }));
      evidence.note(`published to ${topic}: ${Message}`);
    },
    async terminate(InstanceIds) {
      evidence.note(`terminated: ${InstanceIds.join(", ")}`);
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [...InstanceIds] }));
    },
    close() {
      for (const client of [dynamo, s3, scaling, sns, ec2]) client.destroy();
    },
  };
}
