/** What a stack's configuration says of things that are there already, such as those that a class shares. */

import { form, type MaybeMistake, rule } from "../base/validate.ts";
import { given } from "../bundle/service.ts";
import { type ExistingNetworkArgs, existingNetworkRules } from "../network/existing-network.ts";
import { type ExistingListenerArgs, existingBalancerRules } from "../web/existing-balancer.ts";

/** How the settings are read: each answers nothing for what is not set. */
export interface SettingsReader {
  readonly optional: (key: string) => string | undefined;
  readonly list: (key: string) => string[] | undefined;
  readonly whole: (key: string, otherwise: number, bounds: { min: number; max: number; unit: string }) => number;
  /** As the configuration knows a key: `annofarm:vpcId`. */
  readonly path: (key: string) => string;
  readonly note: (found: MaybeMistake) => void;
}

export interface ExistingSettings {
  /** A VPC that is there already. */
  readonly network: ExistingNetworkArgs | undefined;
  /** A listener that is there already. */
  readonly listener: ExistingListenerArgs | undefined;
  /** ARN of the policy that bounds every role. */
  readonly permissionsBoundary: string | undefined;
}

/** How the components call what the settings call otherwise. */
const keyOf: Readonly<Record<string, string>> = {
  vpcId: "vpcId",
  instanceSubnetIds: "instanceSubnets",
  publicSubnetIds: "publicSubnets",
  balancerSecurityGroupId: "balancerSecurityGroup",
  listenerArn: "listenerArn",
  priority: "listenerPriority",
  hostNames: "hostName",
};

const policyArn = /^arn:[a-z-]+:iam::(\d{12}|aws):policy\/.+/;

/** What components found wrong, under the settings' own keys. */
function noteRenamed({ note, path }: SettingsReader, findings: readonly MaybeMistake[]): void {
  for (const each of findings) {
    if (!each) continue;
    const [, name = ""] = /^(?:existing|balancer)\.(\w+)/.exec(each.path) ?? [];
    note({ ...each, path: path(keyOf[name] ?? name) });
  }
}

/** Ids of a VPC's parts, as they are written. */
interface NetworkParts {
  readonly vpcId: string | undefined;
  readonly instanceSubnetIds: string[] | undefined;
  readonly publicSubnetIds: string[] | undefined;
  readonly balancerSecurityGroupId: string | undefined;
  readonly listenerArn: string | undefined;
}

function notePartsWithoutVpc({ note, path }: SettingsReader, { vpcId: _, ...parts }: NetworkParts): void {
  const reason = `belongs to a VPC that is there already; give ${path("vpcId")} too`;
  for (const [name, value] of Object.entries(parts)) note(rule(path(keyOf[name] ?? name), value !== undefined, reason));
}

function readNetwork(read: SettingsReader, parts: NetworkParts): ExistingNetworkArgs | undefined {
  const { vpcId, instanceSubnetIds, publicSubnetIds, balancerSecurityGroupId, listenerArn } = parts;
  if (vpcId === undefined) {
    notePartsWithoutVpc(read, parts);
    return undefined;
  }
  const { note, path } = read;
  note(
    rule(path("instanceSubnets"), instanceSubnetIds === undefined, "is not set; name the VPC's subnets for instances"),
  );
  note(
    rule(
      path("publicSubnets"),
      publicSubnetIds === undefined && listenerArn === undefined,
      `is not set; name two public subnets for a balancer, or give ${path("listenerArn")}`,
    ),
  );
  const network = {
    vpcId,
    instanceSubnetIds: instanceSubnetIds ?? [],
    ...given({ publicSubnetIds, balancerSecurityGroupId }),
  };
  if (instanceSubnetIds !== undefined) noteRenamed(read, existingNetworkRules({ existing: network }));
  return network;
}

function noteHostWithoutListener(
  { optional, note, path }: SettingsReader,
  priority: number,
  hostName: string | undefined,
): void {
  const alone = `belongs to a listener that is there already; give ${path("listenerArn")} too`;
  note(rule(path("hostName"), optional("hostName") !== undefined && hostName === undefined, alone));
  note(rule(path("listenerPriority"), priority !== 0, alone));
}

function readListener(
  read: SettingsReader,
  { vpcId, balancerSecurityGroupId, listenerArn }: NetworkParts,
  hostName: string | undefined,
): ExistingListenerArgs | undefined {
  const { optional, whole, note, path } = read;
  const priority = whole("listenerPriority", 0, { min: 1, max: 50_000, unit: "places" });
  if (listenerArn === undefined) {
    noteHostWithoutListener(read, priority, hostName);
    return undefined;
  }
  const host = optional("hostName") ?? hostName;
  note(
    rule(
      path("balancerSecurityGroup"),
      vpcId !== undefined && balancerSecurityGroupId === undefined,
      "is not set; name the security group of the listener's balancer",
    ),
  );
  note(rule(path("hostName"), host === undefined, `is not set; give the host name, or ${path("domain")}`));
  const missing = optional("listenerPriority") === undefined;
  note(rule(path("listenerPriority"), missing, "is not set; give a place among the listener's rules that is free"));
  const found = { listenerArn, priority, hostNames: host === undefined ? [] : [host] };
  if (host !== undefined && !missing) {
    const findings = existingBalancerRules(found, undefined).filter((each) => each && !/priority/.test(each.path));
    noteRenamed(read, findings);
  }
  return found;
}

/** @param hostName where the service is by its owner and domain, or by what is set. */
export function existingSettings(read: SettingsReader, hostName: string | undefined): ExistingSettings {
  const { optional, list, path, note } = read;
  const parts: NetworkParts = {
    vpcId: optional("vpcId"),
    instanceSubnetIds: list("instanceSubnets"),
    publicSubnetIds: list("publicSubnets"),
    balancerSecurityGroupId: optional("balancerSecurityGroup"),
    listenerArn: optional("listenerArn"),
  };
  const network = readNetwork(read, parts);
  const listener = readListener(read, parts, hostName);
  const permissionsBoundary = optional("permissionsBoundary");
  note(
    form(path("permissionsBoundary"), permissionsBoundary, policyArn, "the ARN of a policy: arn:aws:iam::…:policy/…"),
  );
  return { network, listener, permissionsBoundary };
}
