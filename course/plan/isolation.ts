/**
 * Whether one stack's credentials reach anything of another's: every role of one is asked for every action on everything that the
 * other declares, and for every action that would give it more rights. Then again as if its own policies allowed everything, as
 * after a student's change: then the permissions boundary alone holds it.
 */
import { needsOf } from "../../operate/doctor/needs.ts";
import { parsePolicy, type Statement } from "../../plan/iam/document.ts";
import { evaluate } from "../../plan/iam/evaluate.ts";
import { type DeclaredPolicies, type DeclaredRole, declaredPolicies } from "../../plan/iam/roles.ts";
import type { Plan } from "../../plan/types.ts";
import { graveActionNames } from "../../plan/views/permissions/grave.ts";
import { callContext } from "../../plan/views/permissions/reach.ts";
import { storesOf } from "../../plan/views/permissions/stores.ts";

/** A role of one stack that may do something to the other. */
interface Reach {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
}

interface Asked {
  /** Pairs of role, action and resource. */
  readonly asked: number;
  readonly reached: readonly Reach[];
}

export interface IsolationProof {
  /** The two stacks that were compared. */
  readonly stacks: readonly [string, string];
  readonly roles: number;
  /** Roles that are under no boundary. */
  readonly unbounded: readonly string[];
  /** By the policies that are declared. */
  readonly declared: Asked;
  /** As if each role's own policies allowed everything. */
  readonly widened: Asked;
  /** ARNs that both stacks declare: the second to come would fail, or take the first one's. */
  readonly collisions: readonly string[];
}

interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
  /** Policy of the resource. */
  readonly policy?: readonly Statement[];
  readonly resourceDecides?: boolean;
}

/** By which a role would get more rights than it has. */
const escalations = [
  "iam:AddRoleToInstanceProfile",
  "iam:AttachRolePolicy",
  "iam:CreateAccessKey",
  "iam:CreatePolicyVersion",
  "iam:CreateRole",
  "iam:CreateUser",
  "iam:DeletePolicy",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:PassRole",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "sts:TagSession",
] as const;

/** Beside what a store's verbs ask for: what changes, empties or removes something of a service. */
const actionsOf: Readonly<Record<string, readonly string[]>> = {
  acm: ["DeleteCertificate", "ExportCertificate", "ImportCertificate"],
  autoscaling: [
    "DeleteAutoScalingGroup",
    "PutScalingPolicy",
    "ResumeProcesses",
    "SuspendProcesses",
    "StartInstanceRefresh",
  ],
  cloudwatch: ["DeleteAlarms", "DeleteDashboards", "PutDashboard", "PutMetricAlarm", "SetAlarmState"],
  dynamodb: [
    "BatchGetItem",
    "BatchWriteItem",
    "DescribeTable",
    "ExportTableToPointInTime",
    "PartiQLSelect",
    "UpdateTable",
  ],
  ec2: [
    "AuthorizeSecurityGroupIngress",
    "CreateLaunchTemplateVersion",
    "DeleteLaunchTemplate",
    "DeleteSecurityGroup",
    "TerminateInstances",
  ],
  elasticloadbalancing: [
    "DeleteLoadBalancer",
    "DeleteRule",
    "DeregisterTargets",
    "ModifyListener",
    "ModifyRule",
    "RegisterTargets",
  ],
  glacier: ["CompleteMultipartUpload", "DescribeVault", "SetVaultNotifications"],
  iam: ["DeleteInstanceProfile", "DeleteRole", "GetRole", "RemoveRoleFromInstanceProfile"],
  logs: ["DeleteLogGroup", "FilterLogEvents", "PutSubscriptionFilter"],
  s3: [
    "AbortMultipartUpload",
    "DeleteBucketPolicy",
    "GetObjectTagging",
    "ListBucketVersions",
    "PutObjectAcl",
    "PutObjectTagging",
  ],
  ses: ["DeleteEmailIdentity", "SendEmail", "SendRawEmail"],
  sns: ["DeleteTopic", "SetTopicAttributes"],
  sqs: ["GetQueueAttributes", "GetQueueUrl", "SetQueueAttributes"],
  ssm: ["DeleteParameter", "GetParameterHistory", "GetParameters", "GetParametersByPath"],
};
const extraActions = [
  ...graveActionNames,
  ...Object.entries(actionsOf).flatMap(([service, names]) => names.map((name) => `${service}:${name}`)),
];
const serviceOf = (text: string) => text.slice(0, text.indexOf(":"));
const serviceOfArn = (arn: string) => arn.split(":")[2] ?? "";

/** Parts of what an ARN stands for that an action may be asked for. */
function partsOf(arn: string, owner: string): string[] {
  const parts: Readonly<Record<string, readonly string[]>> = {
    s3: ["", `/${owner}/somebody/1~a.vcf`, "/bundles/a.tgz"],
    dynamodb: ["", "/index/user_id_index"],
    logs: ["", ":log-stream:a"],
  };
  return (parts[serviceOfArn(arn)] ?? [""]).map((part) => `${arn}${part}`);
}

const patternsOf = ({ resources }: Statement) => resources?.patterns.map(({ text }) => text) ?? [];

/** Everything that may be asked for of a stack. */
function questionsOn(plan: Plan, policies: DeclaredPolicies, region: string): Question[] {
  const owner = policies.roles[0]?.tags.owner ?? "";
  const stores = storesOf(
    plan,
    policies.roles.flatMap(({ identity }) => identity.flatMap(patternsOf)),
  );
  const policyOf = (arn: string): Pick<Question, "policy" | "resourceDecides"> => {
    const trust = policies.roles.find((role) => role.arn === arn)?.trust;
    const policy = trust ?? policies.ofResources.get(arn);
    return policy === undefined ? {} : { policy };
  };
  const ask = (action: string, arn: string) =>
    partsOf(arn, owner).map((resource) => ({
      action,
      resource,
      ...policyOf(arn),
      resourceDecides: action === "sts:AssumeRole",
    }));
  const arns = new Set([
    ...stores.map(({ arn }) => arn),
    ...plan.resources.flatMap(({ outputs, type }) =>
      typeof outputs.arn === "string" && type !== "aws:autoscaling/group:Group" ? [outputs.arn] : [],
    ),
  ]);
  const { mailFrom } = needsOf(plan, region);
  const mail = mailFrom === undefined ? [] : mailQuestions(mailFrom, [...arns]);
  return [
    ...stores.flatMap(({ kind, arn }) => kind.verbs.flatMap(({ action }) => ask(action, arn))),
    ...[...arns].flatMap((arn) =>
      extraActions
        .filter((action) => serviceOf(action) === serviceOfArn(arn) && serviceOf(action) !== "ses")
        .flatMap((action) => ask(action, arn)),
    ),
    ...policies.roles.flatMap(({ arn }) => escalations.flatMap((action) => ask(action, arn))),
    ...mail,
  ];
}

/** To send in another's name, by whichever identity. */
function mailQuestions(from: string, arns: readonly string[]): Question[] {
  const identities = arns.filter((arn) => serviceOfArn(arn) === "ses");
  return identities.flatMap((resource) =>
    ["ses:SendEmail", "ses:SendRawEmail"].map((action) => ({ action, resource, context: { "ses:FromAddress": from } })),
  );
}

/** To get more rights oneself: on one's own roles, on the boundary, and on what takes no resource. */
function questionsOfEscalation(own: DeclaredPolicies, boundaries: readonly string[]): Question[] {
  const resources = [...own.roles.map(({ arn }) => arn), ...boundaries, "*"];
  return resources.flatMap((resource) => escalations.map((action) => ({ action, resource })));
}

const everything = parsePolicy('{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', "everything");

function judge(
  roles: readonly DeclaredRole[],
  questions: readonly Question[],
  boundaryOf: (role: DeclaredRole) => readonly Statement[] | undefined,
  identityOf: (role: DeclaredRole) => readonly Statement[],
): Asked {
  const reached = roles.flatMap((role) => {
    const boundary = boundaryOf(role);
    return questions.flatMap(({ action, resource, context, policy, resourceDecides = false }) => {
      const decision = evaluate(
        { caller: { role: role.arn }, action, resource, context: callContext(role, context) },
        {
          identity: identityOf(role),
          ...(boundary === undefined ? {} : { boundary }),
          ...(policy === undefined ? {} : { resource: policy }),
          resourceDecides,
        },
      );
      return decision.allowed ? [{ role: role.name, action, resource }] : [];
    });
  });
  return { asked: roles.length * questions.length, reached };
}

/**
 * @param one whose roles ask.
 * @param other what they ask for.
 * @param shared the plan of what both share, where the boundary is declared.
 * @throws {Error} when a role's boundary is declared nowhere.
 */
export function proveIsolation(one: Plan, other: Plan, shared: Plan | undefined, region: string): IsolationProof {
  const [own, others] = [declaredPolicies(one), declaredPolicies(other)];
  const managed = new Map([...own.managed, ...(shared === undefined ? [] : declaredPolicies(shared).managed)]);
  const boundaryOf = ({ name, boundary }: DeclaredRole) => {
    if (boundary === undefined) return undefined;
    const found = managed.get(boundary);
    if (found === undefined) throw new Error(`the boundary of role ${name}, ${boundary}, is declared nowhere`);
    return found;
  };
  const boundaries = [...new Set(own.roles.flatMap(({ boundary }) => boundary ?? []))];
  const questions = [...questionsOn(other, others, region), ...questionsOfEscalation(own, boundaries)];
  // An inline policy is named within its role, and has no ARN on AWS.
  const arnsOf = ({ resources }: Plan) =>
    resources.flatMap(({ type, outputs }) =>
      typeof outputs.arn === "string" && type !== "aws:iam/rolePolicy:RolePolicy" ? [outputs.arn] : [],
    );
  const theirs = new Set(arnsOf(other));
  const ownerOf = ({ roles }: DeclaredPolicies) => roles[0]?.tags.owner ?? "";
  return {
    stacks: [ownerOf(own), ownerOf(others)],
    roles: own.roles.length,
    unbounded: own.roles.filter(({ boundary }) => boundary === undefined).map(({ name }) => name),
    declared: judge(own.roles, questions, boundaryOf, ({ identity }) => identity),
    widened: judge(own.roles, questions, boundaryOf, () => everything),
    collisions: arnsOf(one).filter((arn) => theirs.has(arn)),
  };
}
