import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetInstanceProfileCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  type InstanceProfile,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  type Role,
  TagInstanceProfileCommand,
  TagRoleCommand,
  UntagInstanceProfileCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { type Context, type Handlers, handler, ifThere, type State, sent, setting } from "../../resources/handler.ts";
import { defined, putTagChanges, type Tags, tagList, tagMap } from "../../resources/shape.ts";

interface RoleInputs {
  readonly name?: string;
  readonly path?: string;
  readonly description?: string;
  readonly assumeRolePolicy: string;
  readonly maxSessionDuration?: number;
  /** ARN of the policy that bounds it. */
  readonly permissionsBoundary?: string;
  readonly tags?: Tags;
}

function roleState(role: Role | undefined): State {
  const {
    RoleName,
    Arn,
    RoleId,
    Description,
    MaxSessionDuration,
    AssumeRolePolicyDocument,
    PermissionsBoundary,
    Tags,
  } = sent(role, "Role");
  const outputs = {
    name: RoleName,
    arn: Arn,
    uniqueId: RoleId,
    description: Description,
    maxSessionDuration: MaxSessionDuration,
    assumeRolePolicy: AssumeRolePolicyDocument && decodeURIComponent(AssumeRolePolicyDocument),
    permissionsBoundary: PermissionsBoundary?.PermissionsBoundaryArn,
    tags: tagMap(Tags),
  };
  return { id: sent(RoleName, "RoleName"), outputs: defined(outputs) };
}

function profileState(profile: InstanceProfile | undefined): State {
  const { InstanceProfileName, Arn, InstanceProfileId, Roles, Tags } = sent(profile, "InstanceProfile");
  const name = sent(InstanceProfileName, "InstanceProfileName");
  return {
    id: name,
    outputs: defined({ name, arn: Arn, uniqueId: InstanceProfileId, role: Roles?.[0]?.RoleName, tags: tagMap(Tags) }),
  };
}

async function readProfile(name: string, { client }: Context): Promise<State | undefined> {
  const command = new GetInstanceProfileCommand({ InstanceProfileName: name });
  const found = await ifThere(client(IAMClient).send(command));
  return found && profileState(found.InstanceProfile);
}

/** `role:policy`, as Pulumi calls an inline policy. */
const inlinePolicy = (id: string) => {
  const colon = id.lastIndexOf(":");
  return { RoleName: id.slice(0, colon), PolicyName: id.slice(colon + 1) };
};

/** `role/policy ARN`; an ARN holds slashes, a role's name does not. */
const attachment = (id: string) => {
  const slash = id.indexOf("/");
  return { RoleName: id.slice(0, slash), PolicyArn: id.slice(slash + 1) };
};

export const handlers: Handlers = {
  "aws:iam/role:Role": handler<RoleInputs>({
    async create(inputs, { client, autoName }) {
      const { Role } = await client(IAMClient).send(
        new CreateRoleCommand(
          defined({
            RoleName: inputs.name ?? autoName,
            Path: inputs.path,
            Description: inputs.description,
            AssumeRolePolicyDocument: inputs.assumeRolePolicy,
            MaxSessionDuration: inputs.maxSessionDuration,
            PermissionsBoundary: inputs.permissionsBoundary,
            Tags: tagList(inputs.tags),
          }),
        ),
      );
      return roleState(Role);
    },
    async read({ id }, { client }) {
      const found = await ifThere(client(IAMClient).send(new GetRoleCommand({ RoleName: id })));
      return found && roleState(found.Role);
    },
    async update({ id, inputs: previous }, inputs, { client }) {
      const iam = client(IAMClient);
      await putTagChanges(previous.tags, inputs.tags, {
        put: (tags) => iam.send(new TagRoleCommand({ RoleName: id, Tags: tagList(tags) })),
        remove: (TagKeys) => iam.send(new UntagRoleCommand({ RoleName: id, TagKeys })),
      });
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument: inputs.assumeRolePolicy }));
      const { description, maxSessionDuration, permissionsBoundary } = inputs;
      if (permissionsBoundary !== previous.permissionsBoundary) {
        const named = { RoleName: id };
        await (permissionsBoundary === undefined
          ? iam.send(new DeleteRolePermissionsBoundaryCommand(named))
          : iam.send(new PutRolePermissionsBoundaryCommand({ ...named, PermissionsBoundary: permissionsBoundary })));
      }
      await iam.send(
        new UpdateRoleCommand(
          defined({ RoleName: id, Description: description, MaxSessionDuration: maxSessionDuration }),
        ),
      );
      return roleState((await iam.send(new GetRoleCommand({ RoleName: id }))).Role);
    },
    async delete({ id }, { client }) {
      await ifThere(client(IAMClient).send(new DeleteRoleCommand({ RoleName: id })));
    },
  }),
  "aws:iam/rolePolicy:RolePolicy": handler<{ readonly name?: string; readonly role: string; readonly policy: string }>({
    async create({ name, role, policy }, { client, autoName }) {
      const PolicyName = name ?? autoName;
      await client(IAMClient).send(new PutRolePolicyCommand({ RoleName: role, PolicyName, PolicyDocument: policy }));
      return { id: `${role}:${PolicyName}`, outputs: { name: PolicyName } };
    },
    async read({ id }, { client }) {
      const found = await ifThere(client(IAMClient).send(new GetRolePolicyCommand(inlinePolicy(id))));
      const policy = decodeURIComponent(found?.PolicyDocument ?? "");
      return found && { id, outputs: { name: found.PolicyName, role: found.RoleName, policy } };
    },
    async update({ id }, { policy }, { client }) {
      await client(IAMClient).send(new PutRolePolicyCommand({ ...inlinePolicy(id), PolicyDocument: policy }));
      return { id, outputs: { name: inlinePolicy(id).PolicyName } };
    },
    async delete({ id }, { client }) {
      await ifThere(client(IAMClient).send(new DeleteRolePolicyCommand(inlinePolicy(id))));
    },
  }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": setting<{ readonly role: string; readonly policyArn: string }>({
    id: ({ role, policyArn }) => `${role}/${policyArn}`,
    async put({ role, policyArn }, { client }) {
      await client(IAMClient).send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
    },
    async get({ id }, { client }) {
      const { RoleName, PolicyArn } = attachment(id);
      const found = await ifThere(client(IAMClient).send(new ListAttachedRolePoliciesCommand({ RoleName })));
      const attached = found?.AttachedPolicies?.some((policy) => policy.PolicyArn === PolicyArn);
      return attached ? { role: RoleName, policyArn: PolicyArn } : undefined;
    },
    async remove({ id }, { client }) {
      await ifThere(client(IAMClient).send(new DetachRolePolicyCommand(attachment(id))));
    },
  }),
  "aws:iam/policy:Policy": handler<{
    readonly name?: string;
    readonly path?: string;
    readonly description?: string;
    readonly policy: string;
    readonly tags?: Tags;
  }>({
    async create({ name, path, description, policy, tags }, { client, autoName }) {
      const { Policy } = await client(IAMClient).send(
        new CreatePolicyCommand(
          defined({
            PolicyName: name ?? autoName,
            Path: path,
            Description: description,
            PolicyDocument: policy,
            Tags: tagList(tags),
          }),
        ),
      );
      const arn = sent(Policy?.Arn, "Arn");
      return { id: arn, outputs: { arn, name: Policy?.PolicyName, policyId: Policy?.PolicyId } };
    },
    async read({ id }, { client }) {
      const found = await ifThere(client(IAMClient).send(new GetPolicyCommand({ PolicyArn: id })));
      return found && { id, outputs: { arn: id, name: found.Policy?.PolicyName, policyId: found.Policy?.PolicyId } };
    },
    async update({ id }, { policy }, { client }) {
      const iam = client(IAMClient);
      // A policy keeps five versions at most: the one that was valid so far goes, as the provider does it.
      const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: id }));
      await iam.send(new CreatePolicyVersionCommand({ PolicyArn: id, PolicyDocument: policy, SetAsDefault: true }));
      for (const { VersionId } of Versions) {
        await iam.send(new DeletePolicyVersionCommand({ PolicyArn: id, VersionId }));
      }
      return { id, outputs: { arn: id, name: id.split("/").at(-1) } };
    },
    async delete({ id }, { client }) {
      await ifThere(client(IAMClient).send(new DeletePolicyCommand({ PolicyArn: id })));
    },
  }),
  "aws:iam/instanceProfile:InstanceProfile": handler<{
    readonly name?: string;
    readonly path?: string;
    readonly role?: string;
    readonly tags?: Tags;
  }>({
    async create({ name, path, role, tags }, context) {
      const iam = context.client(IAMClient);
      const InstanceProfileName = name ?? context.autoName;
      await iam.send(
        new CreateInstanceProfileCommand(defined({ InstanceProfileName, Path: path, Tags: tagList(tags) })),
      );
      if (role) await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: role }));
      return sent(await readProfile(InstanceProfileName, context), "InstanceProfile");
    },
    read: ({ id }, context) => readProfile(id, context),
    async update({ id, inputs: previous }, { role, tags: after }, context) {
      const iam = context.client(IAMClient);
      await putTagChanges(previous.tags, after, {
        put: (tags) => iam.send(new TagInstanceProfileCommand({ InstanceProfileName: id, Tags: tagList(tags) })),
        remove: (TagKeys) => iam.send(new UntagInstanceProfileCommand({ InstanceProfileName: id, TagKeys })),
      });
      if (previous.role !== role) {
        const at = (RoleName: string) => ({ InstanceProfileName: id, RoleName });
        if (previous.role) await iam.send(new RemoveRoleFromInstanceProfileCommand(at(previous.role)));
        if (role) await iam.send(new AddRoleToInstanceProfileCommand(at(role)));
      }
      return sent(await readProfile(id, context), "InstanceProfile");
    },
    async delete({ id }, context) {
      const iam = context.client(IAMClient);
      const found = await readProfile(id, context);
      const role = found?.outputs.role;
      if (typeof role === "string") {
        await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: id, RoleName: role }));
      }
      await ifThere(iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName: id })));
    },
  }),
};
