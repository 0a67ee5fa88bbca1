/** Roles, instance profiles and policies: of the account, not of a region. */
import {
  DeleteInstanceProfileCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetInstanceProfileCommand,
  IAMClient,
  ListPolicyTagsCommand,
  ListRoleTagsCommand,
  paginateListAttachedRolePolicies,
  paginateListEntitiesForPolicy,
  paginateListInstanceProfiles,
  paginateListInstanceProfilesForRole,
  paginateListPolicies,
  paginateListPolicyVersions,
  paginateListRolePolicies,
  paginateListRoles,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { askedAbout, type Lister, onPages, tagsFrom, unlessGone } from "../lister.ts";

/** A role goes only when nothing hangs on it: policies of its own, attached ones, instance profiles. */
async function removeRole(iam: IAMClient, RoleName: string): Promise<void> {
  const of = { RoleName };
  for await (const { InstanceProfileName } of onPages(
    paginateListInstanceProfilesForRole({ client: iam }, of),
    ({ InstanceProfiles }) => InstanceProfiles,
  )) {
    await unlessGone(iam.send(new RemoveRoleFromInstanceProfileCommand({ RoleName, InstanceProfileName })));
  }
  for await (const { PolicyArn } of onPages(
    paginateListAttachedRolePolicies({ client: iam }, of),
    ({ AttachedPolicies }) => AttachedPolicies,
  )) {
    await unlessGone(iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
  }
  for await (const PolicyName of onPages(
    paginateListRolePolicies({ client: iam }, of),
    ({ PolicyNames }) => PolicyNames,
  )) {
    await unlessGone(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  }
  await iam.send(new DeleteRoleCommand({ RoleName }));
}

/** A policy goes only when nobody has it and only its default version is left. */
async function removePolicy(iam: IAMClient, PolicyArn: string): Promise<void> {
  for await (const page of paginateListEntitiesForPolicy({ client: iam }, { PolicyArn })) {
    for (const { RoleName } of page.PolicyRoles ?? [])
      await unlessGone(iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
    for (const { UserName } of page.PolicyUsers ?? [])
      await unlessGone(iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn })));
    for (const { GroupName } of page.PolicyGroups ?? []) {
      await unlessGone(iam.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn })));
    }
  }
  const versions = onPages(paginateListPolicyVersions({ client: iam }, { PolicyArn }), ({ Versions }) => Versions);
  for await (const { VersionId, IsDefaultVersion } of versions) {
    if (!IsDefaultVersion) await unlessGone(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId })));
  }
  await iam.send(new DeletePolicyCommand({ PolicyArn }));
}

export const instanceProfiles: Lister = {
  kind: "instance profile",
  service: "iam",
  scope: "global",
  arns: ["iam:instance-profile/"],
  async *list({ client }) {
    const iam = client(IAMClient);
    const all = onPages(paginateListInstanceProfiles({ client: iam }, {}), ({ InstanceProfiles }) => InstanceProfiles);
    // Its list leaves tags out.
    const tagsOf = ({ InstanceProfileName }: { InstanceProfileName: string | undefined }) =>
      iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
    for await (const [{ InstanceProfileName = "", Arn = "", Roles = [] }, { InstanceProfile } = {}] of askedAbout(
      all,
      tagsOf,
    )) {
      yield {
        id: InstanceProfileName,
        names: [InstanceProfileName],
        arn: Arn,
        tags: tagsFrom(InstanceProfile?.Tags),
        async remove() {
          for (const { RoleName } of Roles) {
            await unlessGone(iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName })));
          }
          await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
        },
      };
    }
  },
};

export const roles: Lister = {
  kind: "IAM role",
  service: "iam",
  scope: "global",
  arns: ["iam:role/"],
  async *list({ client }) {
    const iam = client(IAMClient);
    const all = onPages(paginateListRoles({ client: iam }, {}), ({ Roles }) => Roles);
    const tagsOf = ({ RoleName }: { RoleName: string | undefined }) => iam.send(new ListRoleTagsCommand({ RoleName }));
    for await (const [{ RoleName = "", Arn = "" }, { Tags } = {}] of askedAbout(all, tagsOf)) {
      yield {
        id: RoleName,
        names: [RoleName],
        arn: Arn,
        tags: tagsFrom(Tags),
        remove: () => removeRole(iam, RoleName),
      };
    }
  },
};

export const policies: Lister = {
  kind: "IAM policy",
  service: "iam",
  scope: "global",
  arns: ["iam:policy/"],
  async *list({ client }) {
    const iam = client(IAMClient);
    const all = onPages(paginateListPolicies({ client: iam }, { Scope: "Local" }), ({ Policies }) => Policies);
    const tagsOf = ({ Arn }: { Arn?: string | undefined }) => iam.send(new ListPolicyTagsCommand({ PolicyArn: Arn }));
    for await (const [{ PolicyName = "", Arn = "" }, { Tags } = {}] of askedAbout(all, tagsOf)) {
      yield {
        id: Arn,
        names: [PolicyName],
        arn: Arn,
        tags: tagsFrom(Tags),
        remove: () => removePolicy(iam, Arn),
      };
    }
  },
};
