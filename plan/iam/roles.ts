/** The roles that a plan declares, with everything that decides what they may do. */
import type { Plan, PlannedResource } from "../types.ts";
import { parsePolicy, type Statement } from "./document.ts";

export interface DeclaredRole {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly trust: readonly Statement[];
  /** Inline and attached policies, together. */
  readonly identity: readonly Statement[];
  /** AWS's own policies that are attached; what they say is not part of a plan. */
  readonly awsPolicies: readonly string[];
  /** ARN of the policy that is its permissions boundary. */
  readonly boundary: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DeclaredPolicies {
  readonly roles: readonly DeclaredRole[];
  /** Policies of buckets, queues and topics, by ARN. */
  readonly ofResources: ReadonlyMap<string, readonly Statement[]>;
  /** Policies that the plan declares as things of their own, by ARN: what is attached to roles, or bounds them. */
  readonly managed: ReadonlyMap<string, readonly Statement[]>;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function ofType(plan: Plan, type: string): PlannedResource[] {
  return plan.resources.filter((resource) => resource.type === type);
}

function managedPolicies(plan: Plan): Map<string, Statement[]> {
  const policies = ofType(plan, "aws:iam/policy:Policy");
  return new Map(
    policies.map(({ inputs, outputs, name }) => [text(outputs.arn), parsePolicy(text(inputs.policy), name)] as const),
  );
}

function attachedTo(plan: Plan, role: string, managed: ReadonlyMap<string, Statement[]>) {
  const attachments = ofType(plan, "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
  const arns = attachments.filter(({ inputs }) => inputs.role === role).map(({ inputs }) => text(inputs.policyArn));
  return { own: arns.flatMap((arn) => managed.get(arn) ?? []), aws: arns.filter((arn) => !managed.has(arn)) };
}

function inlineOf(plan: Plan, role: string): Statement[] {
  return ofType(plan, "aws:iam/rolePolicy:RolePolicy")
    .filter(({ inputs }) => inputs.role === role)
    .flatMap(({ inputs, name }) => parsePolicy(text(inputs.policy), text(inputs.name) || name));
}

/** Types of resource policies: the input that names the owner, and how its ARN is found. */
function resourcePolicies(plan: Plan): Map<string, Statement[]> {
  const byId = (type: string, output: string) =>
    new Map(ofType(plan, type).map((each) => [text(each.outputs[output]) || each.id, text(each.outputs.arn)]));
  const buckets = byId("aws:s3/bucket:Bucket", "bucket");
  const queues = byId("aws:sqs/queue:Queue", "url");
  const found: [string | undefined, PlannedResource][] = [
    ...ofType(plan, "aws:s3/bucketPolicy:BucketPolicy").map(
      (each) => [buckets.get(text(each.inputs.bucket)), each] as [string | undefined, PlannedResource],
    ),
    ...ofType(plan, "aws:sqs/queuePolicy:QueuePolicy").map(
      (each) => [queues.get(text(each.inputs.queueUrl)), each] as [string | undefined, PlannedResource],
    ),
    ...ofType(plan, "aws:sns/topicPolicy:TopicPolicy").map(
      (each) => [text(each.inputs.arn), each] as [string | undefined, PlannedResource],
    ),
  ];
  return new Map(
    found.map(([arn, { inputs, urn }]) => {
      if (arn === undefined) throw new Error(`${urn} is the policy of something that the plan does not declare`);
      return [arn, parsePolicy(text(inputs.policy), `of ${arn}`)] as const;
    }),
  );
}

/** @throws {PolicyError} when a policy is not one */
export function declaredPolicies(plan: Plan): DeclaredPolicies {
  const managed = managedPolicies(plan);
  const roles = ofType(plan, "aws:iam/role:Role").map((role) => {
    const name = text(role.outputs.name) || text(role.inputs.name);
    const { own, aws } = attachedTo(plan, name, managed);
    return {
      name,
      arn: text(role.outputs.arn),
      description: text(role.inputs.description),
      trust: parsePolicy(text(role.inputs.assumeRolePolicy), "trust"),
      identity: [...inlineOf(plan, name), ...own],
      awsPolicies: aws,
      boundary: text(role.inputs.permissionsBoundary) || undefined,
      tags: (role.inputs.tags as Record<string, string> | undefined) ?? {},
    };
  });
  return { roles, ofResources: resourcePolicies(plan), managed };
}
