/** Queues, topics, mail. */
import type { PlannedResource } from "../../types.ts";
import type { Purpose } from "../declared.ts";
import type { Pricing, Rule, World } from "../types.ts";
import { callsPerJob, hoursPerMonth } from "../usage.ts";
import { dataKeys } from "./keys.ts";

/** Messages a month, by what a queue or a topic is for. */
function messages(purpose: Purpose | undefined, { usage }: World): number {
  switch (purpose) {
    case "JOB_REQUESTS_QUEUE_URL":
    // As many at most: when nobody has many jobs at a time.
    case "JOB_REQUESTS_EXPRESS_QUEUE_URL":
    case "JOB_ARCHIVE_QUEUE_URL":
    case "JOB_NOTIFY_QUEUE_URL":
    case "JOB_REQUESTS_TOPIC_ARN":
    case "JOB_RESULTS_TOPIC_ARN":
      return usage.jobs;
    // One message brings back all results of a user: at most as many as results.
    case "JOB_RESTORE_QUEUE_URL":
    case "JOB_RESTORE_TOPIC_ARN":
    case "ARCHIVE_EVENTS_QUEUE_URL":
    case "archive notices":
      return usage.restores;
    default:
      return 0;
  }
}

/** Empty receipts of consumers that wait: each instance asks anew when its long poll is over. */
function polls(queue: PlannedResource, { declared, capacities, usage }: World): number {
  // Without long polling nobody knows how often a consumer asks; ours wait, and SQS waits 20 s at most.
  const wait = Number(queue.inputs.receiveWaitTimeSeconds ?? 0) || 20;
  const instances = declared
    .pollers(String(queue.outputs.arn))
    .map((group) => capacities.find((each) => each.group === group)?.mean ?? 0)
    .reduce((sum, mean) => sum + mean, 0);
  return (instances * usage.upHours * 3600) / wait;
}

export const queue: Rule = (resource, world) => {
  const sent = messages(world.declared.purposeOf(resource), world) * callsPerJob.queueRequests;
  const asked = polls(resource, world);
  const key = String(resource.inputs.fifoQueue) === "true" ? "sqs.fifoRequest" : "sqs.request";
  if (sent + asked === 0) return [{ free: "nobody sends or receives in this profile; queues at rest have no price" }];
  return [
    { what: "queue requests by waiting consumers", key, quantity: asked, basis: "per instance-hour" },
    { what: "queue requests by messages", key, quantity: sent, basis: "usage" },
    // Two requests for who sends, one for who receives.
    ...(resource.inputs.kmsMasterKeyId === undefined || sent === 0
      ? []
      : [dataKeys("data keys of queues", sent, world, 3)]),
  ];
};

export const topic: Rule = (resource, world) => {
  const published = messages(world.declared.purposeOf(resource), world);
  if (published === 0) return [{ free: "nothing is published in this profile; topics at rest have no price" }];
  const encrypted: Pricing[] =
    resource.inputs.kmsMasterKeyId === undefined ? [] : [dataKeys("data keys of topics", published, world)];
  return [{ what: "messages published", key: "sns.publish", quantity: published, basis: "usage" }, ...encrypted];
};

export const subscription: Rule = ({ inputs }) => {
  const { protocol } = inputs;
  if (protocol === "sqs" || protocol === "lambda") return [{ free: `deliveries to ${protocol} have no price of SNS` }];
  if (protocol === "email" || protocol === "email-json")
    return [{ free: "mails on alarms only: none in this profile" }];
  return [{ notPriced: `deliveries by ${protocol}: the profile does not say how many` }];
};

export const mailIdentity: Rule = (_, { usage }) => [
  { what: "mails", key: "ses.mail", quantity: usage.jobs, basis: "usage" },
];

export const key: Rule = (_, { usage }) => [
  { what: "encryption keys", key: "kms.keyMonth", quantity: usage.upHours / hoursPerMonth, basis: "fixed" },
  { notPriced: "requests to a key of one's own: the profile does not say how many" },
];

export const parameter: Rule = ({ inputs }, { usage }) =>
  inputs.tier === "Advanced"
    ? [
        {
          what: "advanced parameters",
          key: "ssm.advancedParameterMonth",
          quantity: usage.upHours / hoursPerMonth,
          basis: "fixed",
        },
      ]
    : [{ free: "standard parameters have no price" }];
