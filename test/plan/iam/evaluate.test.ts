// What the comparison with a peer (peer.test.ts) cannot ask, and what must never change.
import test from "ava";
import { contextOf } from "../../../plan/iam/context.ts";
import { PolicyError, parsePolicy } from "../../../plan/iam/document.ts";
import { type AccessDecision, type Caller, evaluate } from "../../../plan/iam/evaluate.ts";

const role = "arn:aws:iam::123456789012:role/worker";
const bucket = "arn:aws:s3:::results";

interface Asked {
  readonly action?: string;
  readonly resource?: string;
  readonly caller?: Caller;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  readonly knows?: (key: string) => boolean;
  readonly resourcePolicy?: readonly object[];
  readonly resourceDecides?: boolean;
  readonly boundary?: readonly object[];
}

function decide(identity: readonly object[], asked: Asked = {}): AccessDecision {
  const { action = "s3:GetObject", resource = `${bucket}/gas/1`, caller = { role }, context = {}, knows } = asked;
  const parse = (statements: readonly object[], name: string) =>
    parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), name);
  return evaluate(
    { caller, action, resource, context: contextOf(context), ...(knows === undefined ? {} : { knows }) },
    {
      identity: parse(identity, "own"),
      ...(asked.boundary === undefined ? {} : { boundary: parse(asked.boundary, "boundary") }),
      ...(asked.resourcePolicy === undefined ? {} : { resource: parse(asked.resourcePolicy, "bucket") }),
      resourceDecides: asked.resourceDecides ?? false,
    },
  );
}
const verdict = (decision: AccessDecision) => (decision.allowed ? "allowed" : decision.why);

const read = { Effect: "Allow", Action: "s3:GetObject", Resource: `${bucket}/gas/*` };
const plainText = {
  Sid: "DenyPlainText",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [bucket, `${bucket}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

test("a permission reaches as far as its pattern, and not into the ARN's other parts", (t) => {
  t.is(verdict(decide([read])), "allowed");
  t.is(verdict(decide([read], { resource: `${bucket}/gases/1` })), "not allowed");
  t.is(verdict(decide([read], { resource: `${bucket}-of-others/gas/1` })), "not allowed");
  t.is(verdict(decide([read], { action: "s3:GetObjectVersion" })), "not allowed");
  const anyQueue = { Effect: "Allow", Action: "sqs:*", Resource: "arn:aws:sqs:us-east-1:123456789012:*" };
  const queue = (region: string, account: string) => `arn:aws:sqs:${region}:${account}:jobs`;
  const sent = (resource: string) => verdict(decide([anyQueue], { action: "sqs:SendMessage", resource }));
  t.is(sent(queue("us-east-1", "123456789012")), "allowed");
  t.is(sent(queue("eu-west-1", "123456789012")), "not allowed");
  const narrow = { ...anyQueue, Resource: "arn:aws:sqs:us-*:*:jobs" };
  const far = { action: "sqs:SendMessage", resource: "arn:aws:sqs:us-east-1:1:2:jobs" };
  t.is(verdict(decide([narrow], far)), "not allowed", "no wildcard reaches over a colon of the first parts");
});

test("an explicit deny of the resource's policy beats every allow", (t) => {
  const ask = (secure: string) =>
    decide([read], { resourcePolicy: [plainText], context: { "aws:SecureTransport": secure } });
  t.is(verdict(ask("true")), "allowed");
  const denied = ask("false");
  t.is(verdict(denied), "explicit deny");
  t.is(denied.by[0]?.statement.id, "DenyPlainText");
});

test("the decision names the statements and patterns it rests on", (t) => {
  const wide = {
    Sid: "Wide",
    Effect: "Allow",
    Action: ["s3:Get*", "s3:PutObject"],
    Resource: ["*", `${bucket}/gas/*`],
  };
  t.deepEqual(
    decide([{ ...read, Sid: "Read" }, wide]).by.map(({ statement, action, resource }) => [
      statement.id,
      action,
      resource,
    ]),
    [
      ["Read", "s3:GetObject", `${bucket}/gas/*`],
      ["Wide", "s3:Get*", "*"],
      ["Wide", "s3:Get*", `${bucket}/gas/*`],
    ],
  );
});

test("variables take the request's values, whose stars are no wildcards", (t) => {
  const own = { ...read, Resource: `${bucket}/\${aws:userid}/*` };
  const ask = (userid: string, key: string) =>
    verdict(decide([own], { resource: `${bucket}/${key}`, context: { "aws:userid": userid } }));
  t.is(ask("ada", "ada/1"), "allowed");
  t.is(ask("ada", "max/1"), "not allowed");
  t.is(ask("*", "ada/1"), "not allowed");
  t.is(ask("*", "*/1"), "allowed");
  t.is(verdict(decide([own], { resource: `${bucket}//1` })), "not allowed", "without a value nothing matches");
  const fallback = { ...read, Resource: `${bucket}/\${aws:userid, 'nobody'}/*` };
  t.is(verdict(decide([fallback], { resource: `${bucket}/nobody/1` })), "allowed");
});

test("a role is taken on by whom its trust policy names; its account only passes the question on", (t) => {
  const mayAsk = { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" };
  const trust = (AWS: string) => [{ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" }];
  const ask = (identity: object[], resourcePolicy: object[]) =>
    verdict(
      decide(identity, {
        action: "sts:AssumeRole",
        resource: "arn:aws:iam::123456789012:role/archiver",
        resourcePolicy,
        resourceDecides: true,
      }),
    );
  t.is(ask([mayAsk], trust(role)), "allowed");
  t.is(ask([], trust(role)), "allowed", "named itself, it needs no permission of its own");
  t.is(ask([mayAsk], trust("arn:aws:iam::123456789012:role/other")), "not allowed");
  t.is(ask([mayAsk], trust("arn:aws:iam::123456789012:root")), "allowed");
  t.is(ask([], trust("arn:aws:iam::123456789012:root")), "not allowed");
});

test("a service of AWS is allowed by the resource's policy alone, for the source it names", (t) => {
  const topic = "arn:aws:sns:us-east-1:123456789012:results";
  const queue = "arn:aws:sqs:us-east-1:123456789012:jobs";
  const policy = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queue,
    Condition: { ArnEquals: { "aws:SourceArn": topic } },
  };
  const ask = (service: string, source: string) =>
    verdict(
      decide([], {
        caller: { service },
        action: "sqs:SendMessage",
        resource: queue,
        resourcePolicy: [policy],
        context: { "aws:SourceArn": source },
      }),
    );
  t.is(ask("sns.amazonaws.com", topic), "allowed");
  t.is(ask("sns.amazonaws.com", `${topic}-of-others`), "not allowed");
  t.is(ask("s3.amazonaws.com", topic), "not allowed");
});

test("an address of the other kind is outside of every range", (t) => {
  const from = (operator: string) => ({ ...read, Condition: { [operator]: { "aws:SourceIp": "127.0.0.0/8" } } });
  const context = { "aws:SourceIp": "::1" };
  t.is(verdict(decide([from("IpAddress")], { context })), "not allowed");
  t.is(verdict(decide([from("NotIpAddress")], { context })), "allowed");
});

test("what cannot be judged is an error that names it, never a silent yes or no", (t) => {
  const when = (Condition: object) => [{ ...read, Sid: "Read", Condition }];
  const knows = (key: string) => key === "aws:userid";
  t.throws(() => decide(when({ StringEquals: { "s3:DataAccessPointArn": "x" } }), { knows }), {
    instanceOf: PolicyError,
    message: /condition key s3:DataAccessPointArn is not known/,
  });
  t.notThrows(() => decide(when({ StringEquals: { "aws:userid": "x" } }), { knows }));
  t.throws(() => decide(when({ StringResembles: { "aws:userid": "x" } })), {
    message: /StringResembles is no condition/,
  });
  t.notThrows(() => decide(when({ StringResembles: { a: "x" } }), { action: "s3:PutObject" }), "it does not apply");
  for (const [statement, message] of [
    [{ ...read, Effect: "allow" }, /#1 of policy p has the Effect "allow"; it must be Allow or Deny/],
    [{ Effect: "Allow", Resource: "*" }, /has neither Action nor NotAction/],
    [{ ...read, Resources: "*" }, /unknown element Resources/],
    [{ ...read, Action: [1, {}] }, /Action must be text or a list of texts, not \{\}/],
    [{ ...read, NotAction: "s3:*" }, /both Action and NotAction/],
  ] as const) {
    t.throws(() => parsePolicy(JSON.stringify({ Statement: statement }), "p"), { instanceOf: PolicyError, message });
  }
  t.throws(() => parsePolicy("{", "p"), { message: /policy p is not JSON/ });
});

const own = "arn:aws:s3:::$" + "{aws:PrincipalTag/owner}-*";
const everything = { Effect: "Allow", Action: "*", Resource: "*" };

test("a boundary allows nothing by itself, and nothing is allowed beyond it", (t) => {
  const boundary = [{ Effect: "Allow", Action: "s3:GetObject", Resource: own }];
  const ask = (resource: string, tag?: string) =>
    decide([everything], {
      boundary,
      resource,
      context: tag === undefined ? {} : { "aws:PrincipalTag/owner": tag },
    });
  t.is(verdict(ask("arn:aws:s3:::ada-inputs/1", "ada")), "allowed");
  t.is(verdict(ask("arn:aws:s3:::ben-inputs/1", "ada")), "beyond the boundary");
  t.is(verdict(ask("arn:aws:s3:::ada-inputs/1")), "beyond the boundary", "a role without the tag reaches nothing");
  t.is(verdict(ask("arn:aws:s3:::x-inputs/1", "*")), "beyond the boundary", "a tag is no wildcard");
  t.is(verdict(decide([], { boundary: [everything] })), "not allowed");
  t.is(verdict(decide([everything], { boundary: [] })), "beyond the boundary");
  const beyond = decide([read], { boundary: [] });
  t.is(beyond.by[0]?.statement.id, "#1", "it names what would have allowed it");
});

test("a resource's policy gets past a boundary only when it allows everybody", (t) => {
  const policy = (Principal: unknown) => [
    { Effect: "Allow", Principal, Action: "s3:GetObject", Resource: `${bucket}/*` },
  ];
  t.is(verdict(decide([], { boundary: [], resourcePolicy: policy({ AWS: role }) })), "beyond the boundary");
  t.is(verdict(decide([], { boundary: [], resourcePolicy: policy("*") })), "allowed");
  t.is(verdict(decide([], { boundary: [everything], resourcePolicy: policy({ AWS: role }) })), "allowed");
  const denied = decide([read], { boundary: [everything, { Effect: "Deny", Action: "s3:*", Resource: "*" }] });
  t.is(verdict(denied), "explicit deny");
});
