/** Flows that resources declare themselves: subscriptions, notifications, event sources, balancers' targets, uploads. */
import type { PlannedResource } from "../../types.ts";
import type { Flow, FlowKind } from "../picture.ts";
import { document, isObject, objects, text, texts, wordsOf } from "./read.ts";
import type { References } from "./references.ts";

/** People who use the service through its balancer, and by mail. */
export const people = "people";
/** Whoever a topic mails to. */
export const subscribers = "subscribers";

const flow = (from: string | undefined, to: string | undefined, kind: FlowKind, label = ""): Flow[] =>
  from === undefined || to === undefined ? [] : [{ from, to, kind, label, both: false, minor: false }];

/** `s3:ObjectRestore:Completed` → `restore completed`. */
const eventLabel = (events: unknown) =>
  wordsOf((texts(events)[0] ?? "").replace(/^s3:/, "")).replace(/^\w+ (?=\w+ completed$)/, "");

type Rule = (resource: PlannedResource, references: References) => Flow[];

const targetsOf = (inputs: PlannedResource["inputs"]) =>
  objects(inputs.defaultActions ?? inputs.actions).flatMap((action) => [
    ...texts(action.targetGroupArn),
    ...objects(objects(action.forward)[0]?.targetGroups).flatMap(({ arn }) => texts(arn)),
  ]);

/** Group or instances behind a target group. */
function membersOf(targetGroupArn: string, references: References): (string | undefined)[] {
  const groups = references
    .ofType("aws:autoscaling/group:Group")
    .filter(({ inputs }) => texts(inputs.targetGroupArns).includes(targetGroupArn));
  const attached = references.plan.resources
    .filter(({ type, inputs }) =>
      type === "aws:autoscaling/attachment:Attachment"
        ? inputs.lbTargetGroupArn === targetGroupArn
        : type === "aws:lb/targetGroupAttachment:TargetGroupAttachment" && inputs.targetGroupArn === targetGroupArn,
    )
    .map(
      ({ inputs }) =>
        references.find("aws:autoscaling/group:Group", inputs.autoscalingGroupName) ??
        references.find("aws:ec2/instance:Instance", inputs.targetId) ??
        references.at(inputs.targetId),
    );
  return [...groups, ...attached].map((member) => member?.urn);
}

const balancer = "aws:lb/loadBalancer:LoadBalancer";
const targetGroup = "aws:lb/targetGroup:TargetGroup";

const forwards: Rule = ({ type, inputs }, references) => {
  const listener = type.endsWith("ListenerRule")
    ? references.find("aws:lb/listener:Listener", inputs.listenerArn)
    : { inputs };
  const from = references.find(balancer, listener?.inputs.loadBalancerArn)?.urn;
  return targetsOf(inputs).flatMap((arn) => {
    const group = references.find(targetGroup, arn)?.inputs;
    const label = [group?.protocol, group?.port].filter((part) => part !== undefined).join(" ");
    return membersOf(arn, references).flatMap((to) => flow(from, to, "request", label));
  });
};

const rules: Readonly<Record<string, Rule>> = {
  [balancer]: ({ urn, inputs, outputs }, references) => {
    if (inputs.internal === true) return [];
    const protocols = references
      .ofType("aws:lb/listener:Listener")
      .filter((listener) => listener.inputs.loadBalancerArn === outputs.arn)
      .map((listener) => String(listener.inputs.protocol ?? ""));
    const label = protocols.includes("HTTPS") ? "HTTPS" : (protocols[0] ?? "");
    return flow(people, urn, "request", label);
  },
  "aws:lb/listener:Listener": forwards,
  "aws:lb/listenerRule:ListenerRule": forwards,
  "aws:sns/topicSubscription:TopicSubscription": ({ inputs }, references) => {
    const from = references.at(inputs.topic)?.urn;
    if (String(inputs.protocol).startsWith("email")) return flow(from, subscribers, "mail", "mail");
    return flow(from, references.at(inputs.endpoint)?.urn, "message");
  },
  "aws:s3/bucketNotification:BucketNotification": ({ inputs }, references) => {
    const from = references.find("aws:s3/bucket:Bucket", inputs.bucket)?.urn;
    const told = [...objects(inputs.queues), ...objects(inputs.topics), ...objects(inputs.lambdaFunctions)];
    return told.flatMap(({ events, queueArn, topicArn, lambdaFunctionArn }) =>
      flow(from, references.at(queueArn ?? topicArn ?? lambdaFunctionArn)?.urn, "event", eventLabel(events)),
    );
  },
  "aws:glacier/vault:Vault": ({ urn, inputs }, references) =>
    objects(inputs.notification).flatMap(({ snsTopic, events }) =>
      flow(urn, references.at(snsTopic)?.urn, "event", eventLabel(events)),
    ),
  "aws:lambda/eventSourceMapping:EventSourceMapping": ({ inputs }, references) =>
    flow(
      references.at(inputs.eventSourceArn)?.urn,
      (references.at(inputs.functionName) ?? references.find("aws:lambda/function:Function", inputs.functionName))?.urn,
      "message",
    ),
  "aws:cloudwatch/eventTarget:EventTarget": ({ inputs }, references) =>
    flow(
      references.find("aws:cloudwatch/eventRule:EventRule", inputs.rule)?.urn,
      references.at(inputs.arn)?.urn,
      "event",
    ),
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": ({ inputs }, references) => {
    const methods = objects(inputs.corsRules).flatMap((rule) => texts(rule.allowedMethods));
    const bucket = references.find("aws:s3/bucket:Bucket", inputs.bucket)?.urn;
    const uploads = methods.some((method) => method === "POST" || method === "PUT");
    return [
      ...(uploads ? flow(people, bucket, "data", "uploads") : []),
      ...(methods.includes("GET") ? flow(bucket, people, "data", "downloads") : []),
    ];
  },
};

export function declaredFlows(references: References): Flow[] {
  return references.plan.resources.flatMap((resource) => rules[resource.type]?.(resource, references) ?? []);
}

/** ARN of the queue that takes what a queue gives up on. */
export function deadLettersOf(queue: PlannedResource): string | undefined {
  const redrive = document(queue.inputs.redrivePolicy);
  return isObject(redrive) ? text(redrive.deadLetterTargetArn) : undefined;
}
