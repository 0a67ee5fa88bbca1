/** Amazon SQS and Amazon SNS. */
import { control, each, type Fault, isTrue } from "../control.ts";
import type { Declaration, DeclaredResource } from "../declaration.ts";
import { isPublic, statementsOf } from "../documents.ts";

/** Statements by which anybody may use a queue or topic, in its own policy or in one declared apart. */
function publicStatements(
  resource: DeclaredResource,
  declared: Declaration,
  apart: { readonly type: string; readonly path: string },
): Fault[] {
  return [resource, ...declared.naming(resource, apart.type, apart.path)].flatMap((holder) =>
    statementsOf(holder.properties.policy).flatMap((statement, index) =>
      isPublic(statement)
        ? [
            {
              resource: holder,
              path: `policy.Statement[${index}].Principal`,
              found: statement.Principal ?? { NotPrincipal: statement.NotPrincipal },
              wanted: "somebody, or a condition that names somebody",
            },
          ]
        : [],
    ),
  );
}

export const messagingControls = [
  control({
    id: "SQS.1",
    title: "Amazon SQS queues should be encrypted at rest",
    severity: "Medium",
    checks:
      "queues declare sqsManagedSseEnabled or a KMS key; AWS's default for new queues is not taken for a declaration",
    otherwise: "no queue is declared",
    fix: "sqsManagedSseEnabled: true; WorkerQueue sets it, unless transform.queue or transform.deadLetters undoes it",
    examine: each("aws:sqs/queue:Queue", ({ properties }) =>
      isTrue(properties.sqsManagedSseEnabled) || properties.kmsMasterKeyId
        ? []
        : [{ path: "sqsManagedSseEnabled", found: properties.sqsManagedSseEnabled, wanted: "true, or kmsMasterKeyId" }],
    ),
  }),
  control({
    id: "SQS.3",
    title: "SQS queue access policies should not allow public access",
    severity: "Critical",
    checks:
      "no statement of a queue's policies allows everybody without a condition that names somebody by fixed values",
    otherwise: "no queue is declared",
    fix: "name a principal, or add a condition such as ArnEquals aws:SourceArn; WorkerQueue allows its topics alone",
    examine: each("aws:sqs/queue:Queue", (queue, declared) =>
      publicStatements(queue, declared, { type: "aws:sqs/queuePolicy:QueuePolicy", path: "queueUrl" }),
    ),
  }),
  control({
    id: "SNS.4",
    title: "SNS topic access policies should not allow public access",
    severity: "Critical",
    checks:
      "no statement of a topic's policies allows everybody without a condition that names somebody by fixed values",
    otherwise: "no topic is declared",
    fix: "name a principal, or add a condition such as StringEquals aws:SourceAccount; JobStore's topics allow nobody by policy",
    examine: each("aws:sns/topic:Topic", (topic, declared) =>
      publicStatements(topic, declared, { type: "aws:sns/topicPolicy:TopicPolicy", path: "arn" }),
    ),
  }),
];
