/** The groups as they stand in the account: what each launches, what its instances run, the newest version there is. */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  type DesiredConfiguration,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { DescribeLaunchTemplatesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { sentName } from "../../runtime/contract/sent-names.ts";
import type { DeclaredGroup } from "./declared.ts";

export interface Clients {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ec2: EC2Client;
  close(): void;
}

/** Credentials and endpoint come from where every AWS tool takes them. */
export function openClients(region: string): Clients {
  const config = { region, maxAttempts: 5 };
  const clients = {
    autoScaling: new AutoScalingClient(config),
    cloudWatch: new CloudWatchClient(config),
    ec2: new EC2Client(config),
  };
  return {
    ...clients,
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

export interface DeployedGroup extends DeclaredGroup {
  readonly templateId: string;
  /** Newest version of its template. */
  readonly newest: string;
  /** Version that it launches: a number, `$Latest` or `$Default`. */
  readonly launches: string;
  /** Versions that its instances were launched from. */
  readonly runs: readonly string[];
  /** Whether it launches what is declared, but for the version. */
  readonly asDeclared: boolean;
}

/** Pulumi's names are AWS's, mostly but for the first letter. */
function asSent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value !== "object" || value === null) return value;
  const sent = Object.entries(value).map(([key, item]) => [sentName(key), asSent(item)]);
  return Object.fromEntries(sent);
}

/** What the group is to launch once the roll has been successful. */
export function configurationOf(
  { mixed, templateId: LaunchTemplateId }: DeployedGroup,
  Version: string,
): DesiredConfiguration {
  if (mixed === undefined) return { LaunchTemplate: { LaunchTemplateId, Version } };
  const LaunchTemplateSpecification = { LaunchTemplateId, Version };
  const Overrides = asSent(mixed.overrides) as object[];
  const InstancesDistribution = asSent(mixed.distribution) as object;
  return {
    MixedInstancesPolicy: { InstancesDistribution, LaunchTemplate: { LaunchTemplateSpecification, Overrides } },
  };
}

/** AWS tells more than was declared: what it fills in is no difference. */
function says(actual: unknown, declared: unknown): boolean {
  if (Array.isArray(declared)) {
    const found = Array.isArray(actual) ? actual : [];
    return found.length === declared.length && declared.every((each, i) => says(found[i], each));
  }
  if (typeof declared !== "object" || declared === null) return String(actual) === String(declared);
  const found = (actual ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(declared).every(([key, value]) => says(found[key], value));
}

function isAsDeclared({ MixedInstancesPolicy: policy }: AutoScalingGroup, { mixed }: DeclaredGroup): boolean {
  if (policy === undefined || mixed === undefined) return (policy === undefined) === (mixed === undefined);
  return (
    says(policy.InstancesDistribution, asSent(mixed.distribution)) &&
    says(policy.LaunchTemplate?.Overrides ?? [], asSent(mixed.overrides))
  );
}

/** @throws {Error} naming a group or a template that is not there: the stack is not up where these credentials lead. */
export async function lookAt({ autoScaling, ec2 }: Clients, declared: DeclaredGroup): Promise<DeployedGroup> {
  const { name, templateName } = declared;
  const groups = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }));
  const group = groups.AutoScalingGroups?.[0];
  if (group === undefined) throw new Error(`there is no group ${name} in this account and region: is the stack up?`);
  const request = new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [templateName] });
  const { LaunchTemplates: [template] = [] } = await ec2.send(request).catch((cause: unknown) => {
    if (!/NotFound/.test((cause as Error).name)) throw cause;
    return { LaunchTemplates: [] };
  });
  if (template?.LaunchTemplateId === undefined) {
    throw new Error(`there is no launch template ${templateName} in this account and region: is the stack up?`);
  }
  const standing = group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? group.LaunchTemplate;
  const { LaunchTemplateId: templateId, LatestVersionNumber: newest } = template;
  return {
    ...declared,
    templateId,
    newest: String(newest),
    launches: standing?.Version ?? "$Default",
    runs: (group.Instances ?? []).map(({ LaunchTemplate }) => LaunchTemplate?.Version ?? "unknown"),
    asDeclared: standing?.LaunchTemplateId === templateId && isAsDeclared(group, declared),
  };
}

/** State of each of these alarms that is there. */
export async function alarmStates(
  { cloudWatch }: Clients,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const states = new Map<string, string>();
  if (names.length === 0) return states;
  const request = { AlarmNames: [...names], AlarmTypes: ["MetricAlarm" as const, "CompositeAlarm" as const] };
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of paginateDescribeAlarms(
    { client: cloudWatch },
    request,
  )) {
    for (const { AlarmName = "", StateValue = "" } of [...MetricAlarms, ...CompositeAlarms])
      states.set(AlarmName, StateValue);
  }
  return states;
}
