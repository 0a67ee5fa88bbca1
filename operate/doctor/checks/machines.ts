/** The region, its zones that the stack uses, and whether each of these offers each group's instance type. */
import type { AccountReader, AccountZone } from "../account.ts";
import { type CheckResult, ok, unlooked, wrong } from "../finding.ts";
import type { Needs } from "../needs.ts";

async function checkRegion(region: string, account: AccountReader): Promise<CheckResult> {
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

const isUsual = ({ type, state, optedIn }: AccountZone) =>
  type === "availability-zone" && state === "available" && optedIn;

/** Why subnets and instances cannot stand there; `undefined`: they can. */
function troubleWith(name: string, region: string, there: readonly AccountZone[]): string | undefined {
  const zone = there.find((each) => each.name === name);
  if (zone === undefined) return `${region} has no zone ${name} for this account`;
  if (zone.type !== "availability-zone")
    return `${name} is a ${zone.type.replace("-", " ")}, not one of the region itself`;
  if (!zone.optedIn) return `${name} is not opted into`;
  return zone.state === "available" ? undefined : `${name} is ${zone.state}`;
}

/** What `annofarm:zones` may be set to, from what the stack has and what would do. */
function zonesInstead(names: readonly string[], good: readonly string[], count: number): string {
  if (good.length < 2)
    return "set annofarm:instanceType to a type that more zones offer, for example t4g.small or t3.small";
  const kept = names.filter((name) => good.includes(name));
  const more = good.filter((name) => !kept.includes(name));
  const proposed = [...kept, ...more].slice(0, Math.min(Math.max(count, 2), good.length));
  return `set annofarm:zones to zones that do, such as ${proposed.join(", ")} (those that do: ${good.join(", ")})`;
}

/** The same of a VPC that is there already: its subnets are somebody else's, and the stack names others. */
function subnetsInstead(_names: readonly string[], good: readonly string[]): string {
  return `name subnets in ${good.length === 0 ? "other zones" : good.join(", ")} in annofarm:instanceSubnets, or set annofarm:instanceType`;
}

/** Where the stack will stand, and what may be set so that it stands elsewhere. */
interface Standing {
  readonly names: readonly string[];
  readonly instead: typeof zonesInstead;
  /** Subnets that the stack names and nobody has. */
  readonly missing: readonly string[];
}

async function standingOf({ zones, subnets }: Needs, there: readonly AccountZone[], account: AccountReader) {
  if (subnets.length === 0) {
    const names = zones.flatMap(({ names: given, count }) => given ?? takenByDefault(there, count));
    return { names: [...new Set(names)], instead: zonesInstead, missing: [] } satisfies Standing;
  }
  const found = await account.zonesOfSubnets(subnets);
  const missing = subnets.filter((id) => !found.has(id));
  return { names: [...new Set(found.values())].sort(), instead: subnetsInstead, missing } satisfies Standing;
}

function judgeSubnets({ names, missing }: Standing, region: string): CheckResult {
  if (missing.length === 0) return ok("subnets", `they are in ${names.join(", ")}`);
  return wrong(
    "subnets",
    `${region} has no ${missing.join(", ")} that these credentials see`,
    "aws ec2 describe-subnets lists those that there are; set annofarm:instanceSubnets and annofarm:publicSubnets to them",
  );
}

/** awsx takes the first by name, Local Zones that the account has opted into among them. */
const takenByDefault = (there: readonly AccountZone[], count: number): string[] =>
  there
    .filter(({ optedIn }) => optedIn)
    .slice(0, count)
    .map(({ name }) => name);

function judgeZones({ names, instead }: Standing, region: string, there: readonly AccountZone[]): CheckResult {
  const check = "zones";
  const troubles = names.flatMap((name) => troubleWith(name, region, there) ?? []);
  if (troubles.length === 0) return ok(check, names.join(", "));
  const usual = there.filter(isUsual).map(({ name }) => name);
  return wrong(check, troubles.join("; "), instead(names, usual, names.length));
}

/** Zones that are none for a stack are told by `judgeZones`; here are those that merely do not offer the type. */
function judgeType(
  instanceType: string,
  offering: readonly string[],
  { names, instead, region, there }: Standing & { region: string; there: readonly AccountZone[] },
): CheckResult {
  const check = `instance type ${instanceType}`;
  const usual = there.filter(isUsual).map(({ name }) => name);
  const without = names.filter((name) => usual.includes(name) && !offering.includes(name));
  if (without.length === 0)
    return ok(check, `offered in ${names.join(", ") || `${offering.length} zones of ${region}`}`);
  const good = usual.filter((name) => offering.includes(name));
  return wrong(
    check,
    `${without.join(", ")} ${without.length === 1 ? "does" : "do"} not offer it, so launches there fail with Unsupported`,
    instead(names, good, names.length),
  );
}

export async function checkMachines(needs: Needs, account: AccountReader): Promise<CheckResult[]> {
  const { region, groups } = needs;
  const regional = checkRegion(region, account);
  const types = [...new Set(groups.map(({ instanceType }) => instanceType))].sort();
  let there: readonly AccountZone[];
  try {
    there = await account.zones();
  } catch (error) {
    return [await regional, unlooked("zones", error, "ec2:DescribeAvailabilityZones")];
  }
  let standing: Standing;
  try {
    standing = await standingOf(needs, there, account);
  } catch (error) {
    return [await regional, unlooked("subnets", error, "ec2:DescribeSubnets")];
  }
  const { names } = standing;

  async function checkType(instanceType: string): Promise<CheckResult> {
    try {
      const offering = await account.zonesOffering(instanceType);
      if (offering.length > 0) return judgeType(instanceType, offering, { ...standing, region, there });
      return wrong(`instance type ${instanceType}`, `no zone of ${region} offers it`, zonesInstead([], [], 0));
    } catch (error) {
      return unlooked(`instance type ${instanceType}`, error, "ec2:DescribeInstanceTypeOfferings");
    }
  }

  const ofSubnets = needs.subnets.length === 0 ? [] : [judgeSubnets(standing, region)];
  const ofZones = names.length === 0 ? [] : [judgeZones(standing, region, there)];
  return [await regional, ...ofSubnets, ...ofZones, ...(await Promise.all(types.map(checkType)))];
}
