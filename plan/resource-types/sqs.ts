/** SQS. */
import { queue } from "../cost/rules/messages.ts";
import { byDesign, free, known, priced } from "./cost.ts";
import { generic } from "./outputs.ts";
import { byName } from "./replacement.ts";
import { box, detail, goesWith, listedAs, type ResourceTypes } from "./resource-type.ts";

export const sqs: ResourceTypes = {
  "aws:sqs/queue:Queue": {
    outputs: ({ name, arn, region, accountId }) => {
      const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
      return { id: url, url, arn: arn("sqs", name), name };
    },
    replacement: byName("sqs/queue.go", "fifoQueue"),
    cost: priced(
      queue,
      known(
        "contentBasedDeduplication deduplicationScope delaySeconds fifoQueue fifoThroughputLimit " +
          "kmsDataKeyReusePeriodSeconds kmsMasterKeyId maxMessageSize messageRetentionSeconds policy receiveWaitTimeSeconds redriveAllowPolicy " +
          "redrivePolicy sqsManagedSseEnabled visibilityTimeoutSeconds",
      ),
    ),
    picture: box("queue", "SQS queue"),
    inAccount: listedAs("SQS queue"),
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    outputs: generic,
    replacement: { replace: ["queueUrl"], source: "sqs/queue_policy.go" },
    cost: free(byDesign.queueSetting),
    picture: detail,
    inAccount: goesWith("SQS queue"),
  },
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": {
    outputs: generic,
    replacement: { replace: ["queueUrl"], source: "sqs/queue_redrive_allow_policy.go" },
    cost: free(byDesign.queueSetting),
    picture: detail,
    inAccount: goesWith("SQS queue"),
  },
};
