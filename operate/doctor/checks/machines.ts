/** The region, and whether enough of its zones offer the instance types. */
import type { AccountReader } from "../account.ts";
import { type CheckResult, ok, unlooked, wrong } from "../finding.ts";
import type { Needs } from "../needs.ts";

export async function checkMachines({ region, groups, zones }: Needs, account: AccountReader): Promise<CheckResult[]> {
  async function checkRegion(): Promise<CheckResult> {
    try {
      const enabled = await account.regionEnabled();
      if (enabled === undefined) {
        return wrong("region", `AWS has no region ${JSON.stringify(region)}`, "set aws:region, for example us-east-1");
      }
      if (enabled) return ok("region", region);
      return wrong(
        "region",
        `${region} is not enabled for this account`,
        `aws account enable-region --region-name ${region}`,
      );
    } catch (error) {
      return unlooked("region", error, "ec2:DescribeRegions");
    }
  }

  async function checkType(instanceType: string): Promise<CheckResult> {
    const check = `instance type ${instanceType}`;
    try {
      const offering = await account.zonesOffering(instanceType);
      if (offering >= zones) return ok(check, `offered in ${offering} zones of ${region}`);
      return wrong(
        check,
        `${offering} zones of ${region} offer it, but ${zones} are needed`,
        "set annofarm:instanceType to a type that more zones offer, for example t4g.small or t3.small",
      );
    } catch (error) {
      return unlooked(check, error, "ec2:DescribeInstanceTypeOfferings");
    }
  }

  const types = [...new Set(groups.map(({ instanceType }) => instanceType))].sort();
  return Promise.all([checkRegion(), ...types.map(checkType)]);
}
