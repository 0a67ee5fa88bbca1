import * as sns from "@pulumi/aws/sns/index.js";
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from "@pulumi/pulumi";
import { accountOf, type DeploymentPlace } from "../base/account.ts";
import { type CustomerKeyArgs, kmsKeyRule } from "../base/customer-key.ts";
import { keepsName } from "../base/keep.ts";
import { allow, denyPlainText, policyDocument, type Statement } from "../base/policy-document.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, form } from "../base/validate.ts";
import { given } from "../bundle/service.ts";

/** Whom alarms are told. */
export interface AlarmTopicArgs extends CustomerKeyArgs {
  /** Address told of alarms, once its owner has confirmed the mail that AWS sends. */
  readonly email: string;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: {
    readonly topic?: Transform<sns.TopicArgs>;
    readonly policy?: Transform<sns.TopicPolicyArgs>;
    readonly subscription?: Transform<sns.TopicSubscriptionArgs>;
  };
}

/** Alarms and event rules of this account and region, over TLS; roles and people bring permissions of their own. */
function publishers(topicArn: Output<string>, { partition, region, accountId }: DeploymentPlace): Statement[] {
  const from = (service: string, kind: string) => ({
    ArnLike: { "aws:SourceArn": interpolate`arn:${partition}:${service}:${region}:${accountId}:${kind}` },
  });
  return [
    denyPlainText("sns:Publish", [topicArn]),
    {
      ...allow("AlarmsMayPublish", ["sns:Publish"], [topicArn], from("cloudwatch", "alarm:*")),
      Principal: { Service: "cloudwatch.amazonaws.com" },
    },
    {
      ...allow("EventsMayPublish", ["sns:Publish"], [topicArn], from("events", "rule/*")),
      Principal: { Service: "events.amazonaws.com" },
    },
  ];
}

/**
 * Where alarms that want a person go. Without a key of the customer's it is unencrypted: CloudWatch may not publish through AWS's
 * own key for SNS, and a customer's lets it in by its policy.
 */
export class AlarmTopic extends ComponentResource {
  /** Of the topic: what `alarmActions` take. */
  readonly arn: Output<string>;
  /** The raw resources. */
  readonly nodes: {
    readonly topic: sns.Topic;
    readonly policy: sns.TopicPolicy;
    readonly subscription: sns.TopicSubscription;
  };

  constructor(name: string, args: AlarmTopicArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:AlarmTopic", name, {}, opts);
    const parent = { parent: this };
    check(`AlarmTopic ${name}`, [
      form("email", args.email, /^[^\s@]+@[^\s@]+\.[^\s@]+$/, "a mail address"),
      kmsKeyRule(args.kmsKeyArn),
    ]);
    const topic = new sns.Topic(
      ...transformed<sns.TopicArgs>(
        args.transform?.topic,
        name,
        { name: regionalName("topic", name), ...given({ kmsMasterKeyId: args.kmsKeyArn }) },
        { ...parent, ...keepsName() },
      ),
    );
    const policy = new sns.TopicPolicy(
      ...transformed<sns.TopicPolicyArgs>(
        args.transform?.policy,
        name,
        { arn: topic.arn, policy: policyDocument(publishers(topic.arn, accountOf(this))) },
        parent,
      ),
    );
    const subscription = new sns.TopicSubscription(
      ...transformed(
        args.transform?.subscription,
        name,
        { topic: topic.arn, protocol: "email", endpoint: args.email },
        parent,
      ),
    );
    this.arn = topic.arn;
    this.nodes = { topic, policy, subscription };
    this.registerOutputs({ arn: this.arn });
  }
}
