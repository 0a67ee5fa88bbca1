// Our evaluator against the most complete public one, on policies and requests drawn at random: the same verdict each time.
// (It is a peer of the tests only: its licence, AGPL, would become that of everybody who runs the service.)
import { runSimulation } from "@cloud-copilot/iam-simulate";
import test from "ava";
import fc from "fast-check";
import { contextOf } from "../../../plan/iam/context.ts";
import { parsePolicy } from "../../../plan/iam/document.ts";
import { evaluate } from "../../../plan/iam/evaluate.ts";

const account = "123456789012";
const role = `arn:aws:iam::${account}:role/worker`;
const queue = (name: string) => `arn:aws:sqs:us-east-1:${account}:${name}`;

const actions = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"];
const resources = [queue("jobs"), queue("jobs-dead-letters"), queue("other")];
const actionPatterns = [...actions, "sqs:*", "*", "sqs:*Message", "SQS:sendmessage", "sqs:?endMessage", "s3:GetObject"];
const resourcePatterns = [
  ...resources,
  "*",
  queue("jobs*"),
  queue("*"),
  "arn:aws:sqs:*:*:jobs",
  `arn:aws:sqs:us-east-1:${account}:???s`,
  "arn:aws:s3:::bucket/*",
];
const some = <T>(values: readonly T[], max = 2) => fc.subarray([...values], { minLength: 1, maxLength: max });
const oneOrList = (values: readonly string[]) => fc.oneof(fc.constantFrom(...values), some(values));

const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.oneof(
          fc.tuple(
            fc.constantFrom("Bool", "BoolIfExists", "Null"),
            fc.constant("aws:SecureTransport"),
            fc.constantFrom("true", "false"),
          ),
          fc.tuple(
            fc.constantFrom("ArnEquals", "ArnLike", "ArnNotLike", "ArnLikeIfExists", "Null"),
            fc.constant("aws:SourceArn"),
            fc.constantFrom("arn:aws:sns:us-east-1:123456789012:topic", "arn:aws:sns:*:*:t*", "arn:aws:sns:*:*:other"),
          ),
          fc.tuple(
            fc.constantFrom(
              "StringEquals",
              "StringNotEquals",
              "StringLike",
              "StringNotLike",
              "StringEqualsIgnoreCase",
              "StringNotEqualsIgnoreCase",
              "StringEqualsIfExists",
              "StringNotEqualsIfExists",
              "StringNotLikeIfExists",
            ),
            fc.constantFrom("aws:UserAgent", "AWS:userid"),
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
            oneOrList(["jobs", "JOBS", "other", "j*", "?obs", "*", "${aws:userid}"]),
          ),
          fc.tuple(
            fc.constantFrom("IpAddress", "NotIpAddress", "NotIpAddressIfExists"),
            fc.constant("aws:SourceIp"),
            oneOrList(["127.0.0.0/8", "10.0.0.0/8", "127.0.0.1"]),
          ),
          fc.tuple(
            fc.constantFrom(
              "NumericEquals",
              "NumericNotEquals",
              "NumericLessThan",
              "NumericLessThanEquals",
              "NumericGreaterThan",
              "NumericGreaterThanEqualsIfExists",
            ),
            fc.constant("aws:MultiFactorAuthAge"),
            fc.constantFrom("10", "11", "9"),
          ),
          fc.tuple(
            fc.constantFrom("DateLessThan", "DateGreaterThan", "DateGreaterThanEquals", "DateNotEquals"),
            fc.constant("aws:CurrentTime"),
            fc.constantFrom("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
          ),
          fc.tuple(
            fc.constantFrom(
              "ForAllValues:StringEquals",
              "ForAnyValue:StringEquals",
              "ForAllValues:StringLike",
              "ForAnyValue:StringNotEquals",
              "ForAllValues:StringNotLike",
            ),
            fc.constant("aws:TagKeys"),
            some(["a", "b", "c*"]),
          ),
        ),
      )
      .map(([[operator, key, value]]) => ({
        [operator]: { [key]: operator === "Null" && value !== "false" ? "true" : value },
      })),
  },
);

const common = {
  Effect: fc.constantFrom("Allow", "Allow", "Deny"),
  Condition: conditions,
};
const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ Action: oneOrList(actionPatterns) }) },
  { weight: 1, arbitrary: fc.record({ NotAction: oneOrList(actionPatterns.filter((each) => each !== "*")) }) },
);
const resource = fc.oneof(
  { weight: 5, arbitrary: fc.record({ Resource: oneOrList(resourcePatterns) }) },
  { weight: 1, arbitrary: fc.record({ NotResource: oneOrList(resourcePatterns.filter((each) => each !== "*")) }) },
);
const tidy = (...parts: object[]): object =>
  Object.fromEntries(Object.entries(Object.assign({}, ...parts)).filter(([, value]) => value !== undefined));
const statement = fc.tuple(fc.record(common), action, resource).map((parts) => tidy(...parts));
const principal = fc.constantFrom(
  "*",
  { AWS: "*" },
  { AWS: role },
  { AWS: `arn:aws:iam::${account}:role/somebody` },
  { AWS: `arn:aws:iam::${account}:root` },
  { AWS: account },
  { AWS: "arn:aws:iam::999999999999:root" },
  { Service: "sns.amazonaws.com" },
);
const resourceStatement = fc
  .tuple(fc.record({ ...common, Principal: principal }), action, resource)
  .map((parts) => tidy(...parts));
const document = (statements: object[]) => ({ Version: "2012-10-17", Statement: statements });

const context = fc.record(
  {
    "aws:SecureTransport": fc.constantFrom("true", "false"),
    "aws:SourceArn": fc.constant("arn:aws:sns:us-east-1:123456789012:topic"),
    "aws:UserAgent": fc.constantFrom("jobs", "other", "Jobs"),
    "aws:userid": fc.constantFrom("jobs", "*", "other"),
    "aws:SourceIp": fc.constantFrom("127.0.0.1", "10.1.2.3"),
    "aws:MultiFactorAuthAge": fc.constantFrom("10", "12"),
    "aws:CurrentTime": fc.constantFrom("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"),
    "aws:TagKeys": fc.constantFrom<string[]>(["a"], ["a", "b"], ["cc", "d"]),
  },
  { requiredKeys: [] },
);

const drawn = fc.record({
  identity: fc.array(statement, { maxLength: 3 }),
  boundary: fc.option(fc.array(statement, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  resourcePolicy: fc.option(fc.array(resourceStatement, { minLength: 1, maxLength: 2 }), { nil: undefined }),
  action: fc.constantFrom(...actions),
  resource: fc.constantFrom(...resources),
  context,
});

const words = { Allowed: "allowed", ExplicitlyDenied: "explicit deny", ImplicitlyDenied: "not allowed" } as const;

test("the same verdict as iam-simulate, whatever policies and request", async (t) => {
  const verdicts = new Map<string, number>();
  let beyond = 0;
  await fc.assert(
    fc.asyncProperty(drawn, async (each) => {
      const decision = evaluate(
        { caller: { role }, action: each.action, resource: each.resource, context: contextOf(each.context) },
        {
          identity: parsePolicy(JSON.stringify(document(each.identity)), "identity"),
          ...(each.boundary === undefined
            ? {}
            : { boundary: parsePolicy(JSON.stringify(document(each.boundary)), "boundary") }),
          ...(each.resourcePolicy === undefined
            ? {}
            : { resource: parsePolicy(JSON.stringify(document(each.resourcePolicy)), "resource") }),
        },
      );
      const peer = await runSimulation(
        {
          request: {
            principal: role,
            action: each.action,
            resource: { resource: each.resource, accountId: account },
            contextVariables: each.context,
          },
          identityPolicies: each.identity.length === 0 ? [] : [{ name: "identity", policy: document(each.identity) }],
          ...(each.boundary === undefined
            ? {}
            : { permissionBoundaryPolicies: [{ name: "boundary", policy: document(each.boundary) }] }),
          serviceControlPolicies: [],
          resourceControlPolicies: [],
          ...(each.resourcePolicy === undefined ? {} : { resourcePolicy: document(each.resourcePolicy) }),
        },
        {},
      );
      if (peer.resultType !== "single") throw new Error(`the peer found fault: ${JSON.stringify(peer)}`);
      const ours = decision.allowed ? "allowed" : decision.why.replace("beyond the boundary", "not allowed");
      if (!decision.allowed && decision.why === "beyond the boundary") beyond++;
      verdicts.set(ours, (verdicts.get(ours) ?? 0) + 1);
      if (ours !== words[peer.overallResult]) throw new Error(`ours: ${ours}, the peer's: ${peer.overallResult}`);
    }),
    { numRuns: 600 },
  );
  t.true(beyond > 30, "boundaries were what decided");
  for (const verdict of Object.values(words)) t.true((verdicts.get(verdict) ?? 0) > 30, `${verdict} was drawn`);
});
