/** What each role may do, from the policies written into it and attached to it. */
import { document, objects, text, texts } from "./read.ts";
import type { References } from "./references.ts";

export interface Permission {
  readonly sid: string | undefined;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Allowing statements that say what they allow; a denial or an exception draws no arrow. */
function allowed(policy: unknown): Permission[] {
  return objects(document(policy)?.Statement)
    .filter((statement) => statement.Effect === "Allow")
    .map((statement) => ({
      sid: text(statement.Sid),
      actions: texts(statement.Action),
      resources: texts(statement.Resource),
    }));
}

const role = "aws:iam/role:Role";
const policy = "aws:iam/policy:Policy";

/** Role's URN → its permissions. */
export function permissionsOf(references: References): ReadonlyMap<string, readonly Permission[]> {
  const found = new Map<string, Permission[]>();
  const grant = (name: unknown, permissions: Permission[]) => {
    const urn = references.find(role, name)?.urn;
    if (urn !== undefined) found.set(urn, [...(found.get(urn) ?? []), ...permissions]);
  };
  const ofPolicy = (arn: unknown) => allowed(references.find(policy, arn)?.inputs.policy);
  for (const { id, inputs } of references.ofType(role)) {
    for (const inline of objects(inputs.inlinePolicies)) grant(id, allowed(inline.policy));
    for (const arn of texts(inputs.managedPolicyArns)) grant(id, ofPolicy(arn));
  }
  for (const { inputs } of references.ofType("aws:iam/rolePolicy:RolePolicy")) {
    grant(inputs.role, allowed(inputs.policy));
  }
  for (const { inputs } of references.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
    grant(inputs.role, ofPolicy(inputs.policyArn));
  }
  for (const { inputs } of references.ofType("aws:iam/policyAttachment:PolicyAttachment")) {
    for (const name of texts(inputs.roles)) grant(name, ofPolicy(inputs.policyArn));
  }
  return found;
}
