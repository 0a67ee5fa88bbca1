/** Queues, topics, and who listens to which topic. */
import {
  DeleteTopicCommand,
  ListTagsForResourceCommand,
  paginateListSubscriptions,
  paginateListTopics,
  SNSClient,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { DeleteQueueCommand, ListQueueTagsCommand, paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { askedAbout, cli, type Lister, onPages, tagsFrom } from "../lister.ts";

const lastOf = (arn: string) => arn.slice(arn.lastIndexOf(":") + 1);

export const queues: Lister = {
  kind: "SQS queue",
  service: "sqs",
  scope: "region",
  arns: ["sqs:"],
  async *list({ client, region, arn }) {
    const sqs = client(SQSClient);
    // Without a page size SQS answers the first thousand and not that there are more.
    const urls = onPages(paginateListQueues({ client: sqs, pageSize: 1000 }, {}), ({ QueueUrls }) => QueueUrls);
    const tagsOf = (QueueUrl: string) => sqs.send(new ListQueueTagsCommand({ QueueUrl }));
    for await (const [QueueUrl, { Tags = {} } = {}] of askedAbout(urls, tagsOf)) {
      const name = QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1);
      yield {
        id: QueueUrl,
        names: [name],
        arn: arn("sqs", name),
        tags: Tags,
        command: cli("sqs delete-queue", { "queue-url": QueueUrl }, region),
        async remove() {
          await sqs.send(new DeleteQueueCommand({ QueueUrl }));
        },
      };
    }
  },
};

/** AWS forgets by itself what nobody can unsubscribe. */
const unconfirmed = "waits for somebody to confirm it; AWS forgets it within three days, and its topic takes it along";

export const subscriptions: Lister = {
  kind: "SNS subscription",
  service: "sns",
  scope: "region",
  arns: [],
  async *list({ client, region }) {
    const sns = client(SNSClient);
    const all = onPages(paginateListSubscriptions({ client: sns }, {}), ({ Subscriptions }) => Subscriptions);
    for await (const { SubscriptionArn = "", TopicArn = "", Protocol = "", Endpoint = "" } of all) {
      const isConfirmed = SubscriptionArn.startsWith("arn:");
      yield {
        id: isConfirmed ? SubscriptionArn : `${TopicArn} ${Protocol}`,
        // An address is a person's: it is nobody's business here.
        names: [lastOf(TopicArn), ...(Endpoint.startsWith("arn:") ? [lastOf(Endpoint)] : [])],
        partOf: [TopicArn],
        ...(isConfirmed ? {} : { gone: unconfirmed }),
        command: cli("sns unsubscribe", { "subscription-arn": SubscriptionArn }, region),
        async remove() {
          await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
        },
      };
    }
  },
};

export const topics: Lister = {
  kind: "SNS topic",
  service: "sns",
  scope: "region",
  arns: ["sns:"],
  async *list({ client, region }) {
    const sns = client(SNSClient);
    const all = onPages(paginateListTopics({ client: sns }, {}), ({ Topics }) => Topics);
    const tagsOf = ({ TopicArn }: { TopicArn?: string | undefined }) =>
      sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));
    for await (const [{ TopicArn = "" }, { Tags } = {}] of askedAbout(all, tagsOf)) {
      yield {
        id: TopicArn,
        names: [lastOf(TopicArn)],
        arn: TopicArn,
        tags: tagsFrom(Tags),
        command: cli("sns delete-topic", { "topic-arn": TopicArn }, region),
        async remove() {
          await sns.send(new DeleteTopicCommand({ TopicArn }));
        },
      };
    }
  },
};
