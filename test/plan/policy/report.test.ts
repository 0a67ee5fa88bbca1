import test from "ava";
import { controlNamed } from "../../../plan/policy/controls.ts";
import { declarationOfPlan } from "../../../plan/policy/declaration.ts";
import { evaluate } from "../../../plan/policy/evaluate.ts";
import { jsonOfResults, reportOf } from "../../../plan/policy/report.ts";
import type { Plan, PlannedResource } from "../../../plan/types.ts";
import { fold } from "../../../plan/views/fold.ts";
import { planned } from "../../support/planned.ts";

const resource = (type: string, name: string, inputs: Record<string, unknown>): PlannedResource =>
  planned({ urn: `urn:pulumi:dev::farm::${type}::${name}`, type, name, inputs });

const plan: Plan = {
  project: "farm",
  stack: "dev",
  config: {},
  outputs: {},
  resources: [
    resource("aws:sqs/queue:Queue", "jobs", {}),
    resource("aws:sqs/queue:Queue", "results", {}),
    resource("aws:sqs/queue:Queue", "safe", { sqsManagedSseEnabled: true }),
    resource("aws:s3/bucket:Bucket", "throwaway", { forceDestroy: true }),
    resource("aws:dynamodb/table:Table", "items", { billingMode: "PAY_PER_REQUEST" }),
  ],
};
const controls = ["SQS.1", "DynamoDB.6", "DynamoDB.1", "ELB.4"].map(controlNamed);
const results = evaluate(declarationOfPlan(plan), { controls });

test("violations first with their fix, then exceptions with their argument, then the rest", (t) => {
  t.is(
    reportOf("farm dev", results),
    `farm dev
  1 violated, 1 excepted, 1 passed, 1 not applicable

Violated
  SQS.1 (Medium): Amazon SQS queues should be encrypted at rest
    jobs, results (sqs Queue)
      property  sqsManagedSseEnabled
      found     not declared
      wanted    true, or kmsMasterKeyId
      fix       sqsManagedSseEnabled: true; WorkerQueue sets it, unless
                transform.queue or transform.deadLetters undoes it
      source    https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-1

Excepted
  DynamoDB.6 (Medium): DynamoDB tables should have deletion protection enabled
    items: deletionProtectionEnabled
      why       A stack that is stood up for an afternoon must come down with
                one command; a protected table stops it half-way.
      saves     no money by itself; a stack that cannot be destroyed goes on
                costing about $3 a day
      premise   the stack is for practice (production: false): every bucket has
                forceDestroy, no table refuses deletion

Passed
  DynamoDB.1     1 examined: tables are on demand, or reads and writes are both
                 targets of Application Auto Scaling

Not applicable
  ELB.4          no application load balancer is declared
`,
  );
});

test("JSON names URNs, and says what is not declared", (t) => {
  const report = JSON.parse(jsonOfResults("farm", "dev", results)) as {
    counts: object;
    controls: { id: string; status: string; violations: object[]; exceptions: object[]; reason?: string }[];
  };
  t.deepEqual(report.counts, { violated: 1, excepted: 1, passed: 1, "not applicable": 1 });
  t.like(report.controls[0]?.violations[1], {
    urn: "urn:pulumi:dev::farm::aws:sqs/queue:Queue::results",
    path: "sqsManagedSseEnabled",
    found: null,
  });
  t.like(report.controls[1]?.exceptions[0], { urn: "urn:pulumi:dev::farm::aws:dynamodb/table:Table::items" });
  t.is(report.controls[3]?.reason, "no application load balancer is declared");
});

test("an unknown control is told with those of its service; case does not matter", (t) => {
  t.is(controlNamed("elb.1").id, "ELB.1");
  t.throws(() => controlNamed("SQS.2"), { message: /no control "SQS\.2" here; of that service are SQS\.1, SQS\.3$/ });
  t.throws(() => controlNamed("IAM.1"), { message: /there are AutoScaling\.1, .*SNS\.4$/ });
});

test("a text is folded at spaces, a long word stands alone", (t) => {
  t.is(fold("one two three", 2, 9), "  one two\n  three");
  t.is(fold("a longer-than-any-line b", 1, 8), " a\n longer-than-any-line\n b");
});
