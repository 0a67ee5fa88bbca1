/** Room in the account's quotas for all groups at their maximum and everything else that is counted. */
import type { AccountReader } from "../account.ts";
import { type CheckResult, ok, unlooked, wrong } from "../finding.ts";
import type { Needs } from "../needs.ts";

interface Quota {
  readonly check: string;
  readonly service: string;
  readonly code: string;
  readonly unit: string;
  /** What the stack adds, and what the account uses already. */
  readonly needed: number;
  readonly inUse: () => Promise<number>;
}

/** Judged alone, so that the rule can be tested without an account. */
export function judgeQuota(
  { check, service, code, unit }: Pick<Quota, "check" | "service" | "code" | "unit">,
  { needed, inUse, limit, region }: { needed: number; inUse: number; limit: number; region: string },
): CheckResult {
  const found = `${needed} ${unit} needed at most, ${inUse} of ${limit} in use`;
  if (inUse + needed <= limit) return ok(check, found);
  return wrong(
    check,
    found,
    `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} ` +
      `--quota-code ${code} --desired-value ${inUse + needed}   (or lower the groups' maximum)`,
  );
}

/** vCPUs of all groups at their maximum, by purchase. Spot groups keep one instance on demand unless told otherwise. */
function vcpusNeeded(groups: Needs["groups"], vcpus: ReadonlyMap<string, number>) {
  const sum = { onDemand: 0, spot: 0 };
  for (const { instanceType, max, spot } of groups) {
    sum[spot ? "spot" : "onDemand"] += max * (vcpus.get(instanceType) ?? 0);
  }
  return sum;
}

export async function checkQuotas(needs: Needs, account: AccountReader): Promise<CheckResult[]> {
  const { region } = needs;

  async function one(quota: Quota): Promise<CheckResult> {
    const { check, service, code, needed } = quota;
    try {
      const [inUse, limit] = await Promise.all([quota.inUse(), account.quota(service, code)]);
      return judgeQuota(quota, { needed, inUse, limit, region });
    } catch (error) {
      return unlooked(check, error, "servicequotas:GetServiceQuota and ec2:Describe*");
    }
  }

  const types = [...new Set(needs.groups.map(({ instanceType }) => instanceType))];
  let vcpus: ReadonlyMap<string, number>;
  try {
    vcpus = await account.vcpusOf(types);
  } catch (error) {
    return [unlooked("instance types", error, "ec2:DescribeInstanceTypes")];
  }
  const needed = vcpusNeeded(needs.groups, vcpus);
  // Asked once for both purchases.
  const using = account.vcpusInUse();
  using.catch(() => {});
  const all: readonly Quota[] = [
    {
      check: "quota: vCPUs on demand",
      service: "ec2",
      code: "L-1216C47A",
      unit: "vCPUs",
      needed: needed.onDemand,
      inUse: async () => (await using).onDemand,
    },
    {
      check: "quota: vCPUs on spot",
      service: "ec2",
      code: "L-34B43A08",
      unit: "vCPUs",
      needed: needed.spot,
      inUse: async () => (await using).spot,
    },
    {
      check: "quota: load balancers",
      service: "elasticloadbalancing",
      code: "L-53DA6B97",
      unit: "balancer",
      needed: needs.balancers,
      inUse: account.balancersInUse,
    },
    {
      check: "quota: VPCs",
      service: "vpc",
      code: "L-F678F1CE",
      unit: "VPC",
      needed: needs.vpcs,
      inUse: account.vpcsInUse,
    },
    {
      check: "quota: Elastic IPs",
      service: "ec2",
      code: "L-0263D0A3",
      unit: "addresses",
      needed: needs.addresses,
      inUse: account.addressesInUse,
    },
  ];
  return Promise.all(all.filter((quota) => quota.needed > 0).map(one));
}
