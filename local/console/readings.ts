/** What the console asks the emulator for, by AWS's own APIs; each answer is kept for a while (see fresh.ts). */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  paginateDescribeAutoScalingGroups,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocument, paginateScan } from "@aws-sdk/lib-dynamodb";
import { userSchema } from "../../runtime/contract/user.ts";
import { administrator } from "../emulator/administrator.ts";
import type { Emulator } from "../types.ts";
import { keptFresh } from "./fresh.ts";
import type { AlarmView, JobView, QueueView } from "./view.ts";
import { alarmView, jobView, queueViews } from "./view-parts.ts";

/** Names of the service's tables. */
export interface TableNames {
  readonly annotations: string;
  readonly users: string;
}

const jobsShown = 25;
const itemsRead = 2_000;

/** @param tables omitted: the program keeps no jobs. */
export function createReadings(emulator: Pick<Emulator, "endpoint" | "region">, tables: TableNames | undefined) {
  const config = { ...administrator(emulator), maxAttempts: 1 };
  const sqs = new SQSClient(config);
  const cloudwatch = new CloudWatchClient(config);
  const autoscaling = new AutoScalingClient(config);
  const dynamo = new DynamoDBClient(config);
  return {
    groups: keptFresh(1_000, () => readGroups(autoscaling)),
    queues: queueReading(sqs),
    alarms: keptFresh(2_000, () => readAlarms(cloudwatch)),
    jobs: tables === undefined ? async () => [] : jobReading(DynamoDBDocument.from(dynamo), tables),
    destroy() {
      for (const client of [sqs, cloudwatch, autoscaling, dynamo]) client.destroy();
    },
  };
}

async function readGroups(client: AutoScalingClient): Promise<AutoScalingGroup[]> {
  const found: AutoScalingGroup[] = [];
  for await (const page of paginateDescribeAutoScalingGroups({ client }, {})) {
    found.push(...(page.AutoScalingGroups ?? []));
  }
  return found;
}

async function readAlarms(client: CloudWatchClient): Promise<AlarmView[]> {
  const found: AlarmView[] = [];
  for await (const page of paginateDescribeAlarms({ client }, {})) {
    found.push(...(page.MetricAlarms ?? []).map(alarmView));
  }
  return found;
}

/** Queues seldom come and go, so their list is asked for less often than what is in them. */
function queueReading(client: SQSClient): () => Promise<QueueView[]> {
  const queueUrls = keptFresh(10_000, async () => {
    const urls: string[] = [];
    for await (const page of paginateListQueues({ client }, {})) urls.push(...(page.QueueUrls ?? []));
    return urls;
  });
  return keptFresh(1_000, async () => {
    const answers = (await queueUrls()).map((QueueUrl) =>
      client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] })),
    );
    return queueViews((await Promise.all(answers)).map(({ Attributes }) => Attributes ?? {}));
  });
}

/** The newest jobs, with their users' addresses or names. */
function jobReading(client: DynamoDBDocument, tables: TableNames): () => Promise<JobView[]> {
  const users = keptFresh(10_000, async () => {
    const found = (await scan(client, tables.users)).map((item) => userSchema.safeParse(item).data);
    return new Map(found.map((user) => [user?.user_id, user?.email || user?.name]));
  });
  return keptFresh(1_000, async () => {
    const [items, names] = await Promise.all([scan(client, tables.annotations), users()]);
    return items
      .map((item) => jobView(item, (userId) => names.get(userId) ?? userId))
      .filter((job) => job !== undefined)
      .sort((a, b) => b.submitTime - a.submitTime)
      .slice(0, jobsShown);
  });
}

/** The first items of a table, which are enough for a console. */
async function scan(client: DynamoDBDocument, TableName: string): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const page of paginateScan({ client, pageSize: 500 }, { TableName })) {
    items.push(...(page.Items ?? []));
    if (items.length >= itemsRead) break;
  }
  return items;
}
