/** Secrets, permissions and doors, as declared. */
import * as z from "zod";
import { check, type Part, part } from "../check.ts";
import { listed, number, ofType, record, text, userDataOf } from "./resources.ts";

const templates = [
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
  "aws:ec2/instance:Instance",
];

/** What looks like a secret, wherever it stands; test keys count, since the habit is the mistake. */
const secretForms: readonly (readonly [string, RegExp])[] = [
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a Stripe secret key", /\b(?:sk|rk)_(?:test|live)_\w{4,}/],
  ["a webhook secret", /\bwhsec_\w{4,}/],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a value named as a secret", /"?\w*(?:SECRET|PASSWORD|PRIVATE_KEY)"?\s*[:=]\s*"?(?!\/)[^\s",$]{8,}/],
];

export const noSecrets = check({
  about: "No instance's user data holds a secret: whoever may describe instances would read it.",
  needs: ["plan"],
  parameters: z.strictObject({}),
  async run(stage) {
    const found = ofType(await stage.get("plan")(), ...templates);
    return found.map((template) => {
      const data = userDataOf(template);
      const seen = secretForms.filter(([, form]) => form.test(data)).map(([name]) => name);
      return part(`user data of ${template.name} holds no secret`, seen.length === 0, seen.join(", "));
    });
  },
});

interface Statement {
  readonly policy: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const parsed = (value: unknown): Readonly<Record<string, unknown>> => {
  try {
    return record(typeof value === "string" ? JSON.parse(value) : value);
  } catch {
    return {};
  }
};

const policyTypes = ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy", "aws:iam/userPolicy:UserPolicy"];

export const noGrants = check({
  about: "No role is granted an action of a list (by name or by a pattern that covers it).",
  needs: ["plan"],
  parameters: z.strictObject({
    actions: z
      .array(z.string().regex(/^[a-z0-9-]+:\w+$/, "actions such as dynamodb:Scan"))
      .min(1, "at least one action"),
    /** Part of the policies' names; omitted: every policy. */
    of: z.string("part of a policy's name").optional(),
  }),
  async run(stage, { actions, of }) {
    const policies = ofType(await stage.get("plan")(), ...policyTypes).filter(
      ({ name }) => of === undefined || name.includes(of),
    );
    const statements = policies.flatMap(({ name, inputs }): Statement[] =>
      listed(parsed(inputs.policy).Statement).map((each) => ({
        policy: name,
        effect: text(record(each).Effect),
        actions: listed(record(each).Action).map(text),
        resources: listed(record(each).Resource).map(text),
      })),
    );
    const covers = (pattern: string, action: string) =>
      new RegExp(
        `^${pattern
          .replace(/[.+^${}()|[\]\\]/g, "\\$&")
          .replaceAll("*", ".*")
          .replaceAll("?", ".")}$`,
        "i",
      ).test(action);
    const parts: Part[] = [part("there are policies to look at", policies.length > 0, "none")];
    for (const action of actions) {
      const granting = statements.filter(
        ({ effect, actions: given }) => effect === "Allow" && given.some((pattern) => covers(pattern, action)),
      );
      parts.push(part(`no role may ${action}`, granting.length === 0, granting.map(({ policy }) => policy).join(", ")));
    }
    return parts;
  },
});

export const buckets = check({
  about: "Every bucket refuses public access and encrypts what it keeps.",
  needs: ["plan"],
  parameters: z.strictObject({}),
  async run(stage) {
    const plan = await stage.get("plan")();
    const declared = ofType(plan, "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2");
    const blocks = ofType(plan, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    const encrypted = ofType(
      plan,
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
    );
    const all = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
    return declared.flatMap((bucket) => {
      const mine = ({ inputs }: { inputs: Readonly<Record<string, unknown>> }) =>
        [bucket.id, text(bucket.inputs.bucket)].includes(text(inputs.bucket));
      const block = blocks.find(mine);
      return [
        part(
          `bucket ${bucket.name} refuses public access`,
          all.every((key) => block?.inputs[key] === true),
          "it does not, or not in every way",
        ),
        part(`bucket ${bucket.name} is encrypted`, encrypted.some(mine), "it is not"),
      ];
    });
  },
});

const anywhere = new Set(["0.0.0.0/0", "::/0"]);

export const doors = check({
  about: "The world reaches the balancer's ports only; instances ask for session tokens of their metadata.",
  needs: ["plan"],
  parameters: z.strictObject({ ports: z.array(z.number("ports").int().min(1).max(65_535)).default([80, 443]) }),
  async run(stage, { ports }) {
    const plan = await stage.get("plan")();
    const single = ofType(plan, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(
      ({ name, inputs }) => ({
        name,
        from: number(inputs.fromPort) ?? -1,
        to: number(inputs.toPort) ?? 65_535,
        sources: [text(inputs.cidrIpv4), text(inputs.cidrIpv6)],
      }),
    );
    const inline = ofType(plan, "aws:ec2/securityGroup:SecurityGroup").flatMap(({ name, inputs }) =>
      listed(inputs.ingress).map((rule) => ({
        name,
        from: number(record(rule).fromPort) ?? -1,
        to: number(record(rule).toPort) ?? 65_535,
        sources: [...listed(record(rule).cidrBlocks), ...listed(record(rule).ipv6CidrBlocks)].map(text),
      })),
    );
    const open = [...single, ...inline].filter(({ sources }) => sources.some((source) => anywhere.has(source)));
    const wrong = open.filter(({ from, to }) => !(from === to && ports.includes(from)));
    const instances = ofType(plan, "aws:ec2/launchTemplate:LaunchTemplate");
    const lax = instances.filter(({ inputs }) => record(inputs.metadataOptions).httpTokens !== "required");
    return [
      part(
        `only ports ${ports.join(" and ")} are open to the world`,
        wrong.length === 0,
        wrong.map(({ name, from, to }) => `${name}: ${from} to ${to}`).join(", "),
      ),
      part("every launch template asks for IMDSv2", lax.length === 0, lax.map(({ name }) => name).join(", ")),
    ];
  },
});
