/** Tables, queues and topics, as declared. */
import * as z from "zod";
import { check, type Part, part } from "../check.ts";
import { listed, number, ofType, record, text } from "./resources.ts";

export const tables = check({
  about: "The table of jobs has the key job_id and an index by user, so that nobody has to scan it.",
  needs: ["plan"],
  parameters: z.strictObject({
    index: z.string("the index's name").default("user_id_index"),
  }),
  async run(stage, { index }) {
    const all = ofType(await stage.get("plan")(), "aws:dynamodb/table:Table");
    const keyOf = (inputs: Readonly<Record<string, unknown>>) => {
      const schemas = listed(inputs.keySchemas).map(record);
      return text(inputs.hashKey) || text(schemas.find((each) => each.keyType === "HASH")?.attributeName);
    };
    const jobs = all.find(({ inputs }) => keyOf(inputs) === "job_id");
    const found = listed(jobs?.inputs.globalSecondaryIndexes)
      .map(record)
      .find((each) => each.name === index);
    return [
      part("a table has the key job_id", jobs !== undefined, all.map(({ name }) => name).join(", ")),
      part(`it has the index ${index}`, found !== undefined, "it has none of that name"),
      part(
        "the index's key is user_id",
        found !== undefined && keyOf(found) === "user_id",
        found === undefined ? "no index" : keyOf(found),
      ),
    ];
  },
});

export const deadLetters = check({
  about: "Each queue that something works on sets messages aside after a few attempts, and an alarm tells of them.",
  needs: ["plan"],
  parameters: z.strictObject({}),
  async run(stage) {
    const plan = await stage.get("plan")();
    const queues = ofType(plan, "aws:sqs/queue:Queue");
    const policies = queues.map(({ inputs }) => text(inputs.redrivePolicy));
    const isTarget = (arn: unknown) => policies.some((policy) => policy.includes(`"${String(arn)}"`));
    const alarmed = new Set(
      ofType(plan, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) =>
        text(record(inputs.dimensions).QueueName),
      ),
    );
    return queues.map((queue) => {
      const { name, inputs, outputs } = queue;
      if (isTarget(outputs.arn)) {
        return part(`an alarm watches ${name}`, alarmed.has(text(inputs.name)), "none does");
      }
      return part(`queue ${name} has dead letters`, text(inputs.redrivePolicy) !== "", "it has none");
    });
  },
});

export const subscriptions = check({
  about:
    "Topics reach the queues of those who work on them: requests the annotator's, results the archiver's and the notifier's.",
  needs: ["plan"],
  parameters: z.strictObject({
    topics: z
      .record(z.string(), z.number("how many queues").int().min(1).max(20))
      .default({ "job-requests": 1, "job-results": 2, "job-restore": 1 }),
  }),
  async run(stage, { topics }) {
    const all = ofType(await stage.get("plan")(), "aws:sns/topicSubscription:TopicSubscription");
    return Object.entries(topics).map(([topic, count]): Part => {
      const mine = all.filter(
        ({ inputs }) => text(inputs.topic).replaceAll("_", "-").includes(topic) && inputs.protocol === "sqs",
      );
      return part(`${topic} reaches ${count} queue${count === 1 ? "" : "s"}`, mine.length >= count, `${mine.length}`);
    });
  },
});

export const queueTimes = check({
  about: "Messages are kept for days, and receivers wait for them instead of asking again and again.",
  needs: ["plan"],
  parameters: z.strictObject({
    keptDays: z.number("days").min(1).max(14).default(4),
    waitSeconds: z.number("seconds").min(0).max(20).default(10),
  }),
  async run(stage, { keptDays, waitSeconds }) {
    const queues = ofType(await stage.get("plan")(), "aws:sqs/queue:Queue");
    const worked = queues.filter(({ inputs }) => text(inputs.redrivePolicy) !== "");
    const kept = queues.filter(({ inputs }) => (number(inputs.messageRetentionSeconds) ?? 345_600) < keptDays * 86_400);
    const busy = worked.filter(({ inputs }) => (number(inputs.receiveWaitTimeSeconds) ?? 0) < waitSeconds);
    return [
      part(
        `every queue keeps messages for ${keptDays} days or more`,
        kept.length === 0,
        kept.map(({ name }) => name).join(", "),
      ),
      part(
        `every worker's queue lets receivers wait ${waitSeconds} s or more`,
        busy.length === 0,
        busy.map(({ name }) => name).join(", "),
      ),
    ];
  },
});
