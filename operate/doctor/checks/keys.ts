/** A customer's KMS key: whether it can be used, and whether its policy lets in whom the stack has use it. */
import { contextOf } from "../../../plan/iam/context.ts";
import { grantCommand, missingForLaunch } from "../../../plan/iam/disk-key.ts";
import { parsePolicy, type Statement } from "../../../plan/iam/document.ts";
import { evaluate } from "../../../plan/iam/evaluate.ts";
import { scalingRoleName } from "../../../runtime/contract/disk-key.ts";
import type { AccountReader } from "../account.ts";
import { type CheckResult, ok, unlooked, wrong } from "../finding.ts";
import type { CustomerKey, KeyUser } from "../key-users.ts";
import type { Needs } from "../needs.ts";

const accountOf = (arn: string) => arn.split(":")[4] ?? "";

/** What the key's policy does not let a service do. */
function refusedTo({ principal, actions, context }: KeyUser, key: string, policy: readonly Statement[]): string[] {
  const account = accountOf(key);
  const asked = contextOf({ "aws:SourceAccount": account, "aws:SourceOwner": account, ...context });
  return actions.filter(
    (action) =>
      !evaluate(
        { caller: { service: principal }, action, resource: key, context: asked },
        { identity: [], resource: policy },
      ).allowed,
  );
}

const statementFor = ({ principal }: KeyUser, actions: readonly string[]) =>
  JSON.stringify({ Effect: "Allow", Principal: { Service: principal }, Action: actions, Resource: "*" });

/** Whether the policy leaves it to the account's own policies, by which roles use the key. */
function leavesToAccount(key: string, policy: readonly Statement[], actions: readonly string[]): boolean {
  const account = accountOf(key);
  const caller = { role: `arn:aws:iam::${account}:role/of-the-stack` };
  const identity = parsePolicy(
    JSON.stringify({ Statement: { Effect: "Allow", Action: "kms:*", Resource: "*" } }),
    "of a role",
  );
  // Asked through a service, as all of the stack's roles do.
  const context = contextOf({
    "kms:CallerAccount": account,
    "kms:ViaService": `s3.${key.split(":")[3]}.amazonaws.com`,
  });
  return actions.every(
    (action) =>
      evaluate({ caller, action, resource: key, context }, { identity, resource: policy, resourceDecides: true })
        .allowed,
  );
}

async function checkKey({ arn, users }: CustomerKey, account: AccountReader): Promise<CheckResult[]> {
  const check = `key ${arn.slice(arn.lastIndexOf("/") + 1)}`;
  try {
    const found = await account.key(arn);
    if (found === undefined)
      return [wrong(check, "does not exist", `set annofarm:kmsKeyArn to a key of ${arn.split(":")[3]}`)];
    if (!found.usable) {
      return [wrong(check, "is disabled or no symmetric key for encryption", "enable it, or name another")];
    }
    const policy = parsePolicy(found.policy, `of ${arn}`);
    const roles = leavesToAccount(arn, policy, ["kms:Decrypt", "kms:GenerateDataKey"])
      ? []
      : [
          wrong(
            check,
            "its policy leaves nothing to the account, so no role of the stack may use it",
            `add ${JSON.stringify({ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${accountOf(arn)}:root` }, Action: "kms:*", Resource: "*" })}`,
          ),
        ];
    const services = users.map((user) => {
      const refused = refusedTo(user, arn, policy);
      const name = `${check}, ${user.principal}`;
      return refused.length === 0
        ? ok(name, `may use it: it ${user.why}`)
        : wrong(
            name,
            `${user.why}, and the key's policy does not allow it`,
            `add to the policy: ${statementFor(user, refused)}`,
          );
    });
    return [ok(check, "exists and is enabled"), ...roles, ...services];
  } catch (error) {
    return [unlooked(check, error, "kms:DescribeKey and kms:GetKeyPolicy")];
  }
}

async function checkScalingRole(account: AccountReader): Promise<CheckResult> {
  const check = "role of Auto Scaling";
  const command = "aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com";
  try {
    return (await account.hasRole(scalingRoleName))
      ? ok(check, "exists, so it can be granted the key for disks")
      : wrong(
          check,
          "does not exist before the account's first group, and the key for disks is granted to it",
          command,
        );
  } catch (error) {
    return unlooked(check, error, "iam:GetRole");
  }
}

/** A key that the account has chosen for disks is nobody's argument: the stack does not know of it, and makes no grant. */
async function checkDefaultDiskKey(account: AccountReader): Promise<CheckResult[]> {
  const check = "key of disks";
  try {
    const arn = await account.defaultDiskKey();
    if (arn === undefined) return [ok(check, "AWS's own, which Auto Scaling may use")];
    const [found, grants, { accountId }] = await Promise.all([
      account.key(arn),
      account.grantsOf(arn),
      account.caller(),
    ]);
    if (found === undefined || !found.usable) {
      return [
        wrong(
          check,
          `the account's default, ${arn}, is disabled or gone: no instance starts`,
          "enable it, or choose another",
        ),
      ];
    }
    const missing = missingForLaunch({ arn, policy: found.policy, grants }, accountId);
    const role = await checkScalingRole(account);
    if (missing.length === 0) return [ok(check, `the account's default, ${arn}; Auto Scaling may use it`), role];
    return [
      wrong(
        check,
        `the account's default is ${arn}, which Auto Scaling may not use (${missing.join(", ")}): instances end with ` +
          "Client.InternalError before they run",
        `${grantCommand(arn, accountId)}   (or set annofarm:kmsKeyArn to a key; the stack then grants it)`,
      ),
      role,
    ];
  } catch (error) {
    return [unlooked(check, error, "ec2:GetEbsDefaultKmsKeyId, kms:DescribeKey, kms:GetKeyPolicy and kms:ListGrants")];
  }
}

export async function checkKeys({ keys, defaultDiskKey }: Needs, account: AccountReader): Promise<CheckResult[]> {
  const ofDisks = defaultDiskKey ? await checkDefaultDiskKey(account) : [];
  if (keys.length === 0) return [ok("encryption", "by AWS's own keys, which need no preparation"), ...ofDisks];
  const found = await Promise.all(keys.map((key) => checkKey(key, account)));
  return [...found.flat(), await checkScalingRole(account), ...ofDisks];
}
