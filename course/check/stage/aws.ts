/**
 * What AWS's APIs tell of a service: items, objects, groups. Read-only but for `publish` and `terminate`, which only checks call whose
 * needs say so.
 */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  paginateDescribeAutoScalingGroups,
} from "@aws-sdk/client-auto-scaling";
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
import * as z from "zod";
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

type Configuration = Omit<AwsAccess, "owner"> & { readonly maxAttempts: number };

function openItems(configuration: Configuration, owner: string, evidence: Evidence) {
  const dynamo = new DynamoDBClient(configuration);
  const documents = DynamoDBDocumentClient.from(dynamo);
  const tables = new Map<string, Promise<string>>();

  async function itemOf(key: string, value: string): Promise<Record<string, unknown> | undefined> {
    const table = tables.get(key) ?? findTable(dynamo, owner, key);
    tables.set(key, table);
    const asked = new GetCommand({ TableName: await table, Key: { [key]: value }, ConsistentRead: true });
    return (await documents.send(asked)).Item;
  }

  return {
    async job(jobId: string): Promise<JobItem | undefined> {
      const found = await itemOf("job_id", jobId);
      const item = found === undefined ? undefined : itemSchema.parse(found);
      evidence.note(`item ${jobId}: ${itemWords(item)}`);
      return item;
    },
    async user(userId: string) {
      const item = await itemOf("user_id", userId);
      evidence.note(`user ${userId}: ${item === undefined ? "not in the table" : String(item.role)}`);
      return item;
    },
    close: () => dynamo.destroy(),
  };
}

function openObjects(configuration: Configuration, evidence: Evidence) {
  const client = new S3Client({ ...configuration, forcePathStyle: configuration.endpoint !== undefined });
  return {
    async storageClass(Bucket: string, Key: string): Promise<string | undefined> {
      try {
        const { StorageClass = "STANDARD" } = await client.send(new HeadObjectCommand({ Bucket, Key }));
        evidence.note(`object ${Bucket}/${Key}: ${StorageClass}`);
        return StorageClass;
      } catch (error) {
        if ((error as Error).name !== "NotFound") throw error;
        evidence.note(`object ${Bucket}/${Key}: not there`);
        return undefined;
      }
    },
    async keys(Bucket: string, Prefix: string): Promise<string[]> {
      const found: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        found.push(...Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
      }
      evidence.note(`${found.length} objects below ${Bucket}/${Prefix}`);
      return found;
    },
    close: () => client.destroy(),
  };
}

function groupState(group: AutoScalingGroup): GroupState {
  const instances = (group.Instances ?? []).map(({ InstanceId = "", LifecycleState, HealthStatus }) => ({
    id: InstanceId,
    inService: LifecycleState === "InService" && HealthStatus?.toLowerCase() === "healthy",
  }));
  const { AutoScalingGroupName: name = "", MinSize: min = 0, MaxSize: max = 0, DesiredCapacity: desired = 0 } = group;
  return { name, min, max, desired, instances };
}

function openFarm(configuration: Configuration, owner: string, evidence: Evidence) {
  const client = new AutoScalingClient(configuration);
  const ec2 = new EC2Client(configuration);
  return {
    async groups(): Promise<GroupState[]> {
      const found: GroupState[] = [];
      for await (const { AutoScalingGroups = [] } of paginateDescribeAutoScalingGroups({ client }, {})) {
        found.push(...AutoScalingGroups.map(groupState).filter(({ name }) => name.startsWith(owner)));
      }
      return found;
    },
    async terminate(InstanceIds: readonly string[]): Promise<void> {
      evidence.note(`terminated: ${InstanceIds.join(", ")}`);
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [...InstanceIds] }));
    },
    close() {
      client.destroy();
      ec2.destroy();
    },
  };
}

export function openAws({ owner, ...access }: AwsAccess, evidence: Evidence): Aws {
  const configuration = { ...access, maxAttempts: 5 };
  const items = openItems(configuration, owner, evidence);
  const objects = openObjects(configuration, evidence);
  const farm = openFarm(configuration, owner, evidence);
  const sns = new SNSClient(configuration);
  return {
    ...items,
    ...objects,
    ...farm,
    async publish(topic, Message) {
      await sns.send(new PublishCommand({ TopicArn: await findTopic(sns, owner, topic), Message }));
      evidence.note(`published to ${topic}: ${Message}`);
    },
    close() {
      for (const each of [items, objects, farm]) each.close();
      sns.destroy();
    },
  };
}
