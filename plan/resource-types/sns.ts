/** SNS. */
import { subscription, topic } from "../cost/rules/messages.ts";
import { byDesign, free, known, off, priced } from "./cost.ts";
import { generic } from "./outputs.ts";
import { byName } from "./replacement.ts";
import { box, detail, goesWith, listedAs, type ResourceTypes } from "./resource-type.ts";

export const sns: ResourceTypes = {
  "aws:sns/topic:Topic": {
    outputs: ({ name, arn }) => {
      const id = arn("sns", name);
      return { id, arn: id, name };
    },
    replacement: byName("sns/topic.go", "fifoTopic"),
    cost: priced(
      topic,
      known("contentBasedDeduplication deliveryPolicy displayName kmsMasterKeyId policy signatureVersion", {
        fifoTopic: off,
        tracingConfig: ["PassThrough"],
      }),
    ),
    picture: box("topic", "SNS topic"),
    inAccount: listedAs("SNS topic"),
  },
  "aws:sns/topicPolicy:TopicPolicy": {
    outputs: generic,
    replacement: { replace: ["arn"], source: "sns/topic_policy.go" },
    cost: free(byDesign.topicSetting),
    picture: detail,
    inAccount: goesWith("SNS topic"),
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    outputs: ({ inputs, hex }) => {
      const arn = `${inputs.topic}:${[8, 4, 4, 4, 12].map((length) => hex(length)).join("-")}`;
      return { id: arn, arn };
    },
    replacement: {
      replace: ["endpoint", "protocol", "topic"],
      source: "sns/topic_subscription.go",
    },
    cost: priced(
      subscription,
      known(
        "confirmationTimeoutInMinutes deliveryPolicy endpoint endpointAutoConfirms filterPolicy protocol rawMessageDelivery " +
          "redrivePolicy subscriptionRoleArn topic",
        { filterPolicyScope: ["MessageAttributes"] },
      ),
    ),
    picture: detail,
    inAccount: listedAs("SNS subscription"),
  },
};
