/** What AWS would answer of a resource, made from its URN and inputs alone, so that a plan is the same on every machine. */
import type { ResourceRequest } from "../types.ts";

export interface SynthesizedAccount {
  readonly region: string;
  readonly accountId: string;
}

export interface Context extends SynthesizedAccount {
  readonly request: ResourceRequest;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Physical name: the declared one, else logical name and seven hexadecimal digits, as Pulumi's auto-naming does. */
  readonly name: string;
  /** Hexadecimal digits that only this resource has. */
  hex(length: number): string;
  arn(service: string, resource: string, scope?: "regional" | "global" | "partition"): string;
}

type Outputs = Record<string, unknown> & { readonly id: string };
export type OutputRule = (context: Context) => Outputs;

export const named =
  (service: string, prefix: string, scope?: "regional" | "global"): OutputRule =>
  ({ name, arn }) => ({ id: name, name, arn: arn(service, `${prefix}${name}`, scope) });

export const identified =
  (service: string, prefix: string): OutputRule =>
  ({ hex, arn }) => {
    const id = `${prefix}-0${hex(16)}`;
    return { id, arn: arn(service, `${service === "ec2" ? kindOf[prefix] : prefix}/${id}`) };
  };

const kindOf: Readonly<Record<string, string>> = {
  sg: "security-group",
  sgr: "security-group-rule",
  lt: "launch-template",
  fl: "vpc-flow-log",
};

/** Settings of a bucket stand under the bucket's own name. */
export const ofBucket: OutputRule = ({ inputs }) => ({ id: String(inputs.bucket) });

export const loadBalancing =
  (kind: string, prefix: string): OutputRule =>
  ({ name, hex, arn, region }) => {
    const suffix = `${prefix}${name}/${hex(16)}`;
    const full = arn("elasticloadbalancing", `${kind}/${suffix}`);
    const dnsName = `${name}-${Number.parseInt(hex(8), 16)}.${region}.elb.amazonaws.com`;
    const address = kind === "loadbalancer" ? { arnSuffix: suffix, dnsName, zoneId: "Z35SXDOTRQ7X7K" } : {};
    return { id: full, arn: full, name, arnSuffix: `${kind}/${suffix}`, ...address };
  };

/** `aws:ec2/vpcEndpoint:VpcEndpoint` → `ec2`, `vpc-endpoint`. */
export function generic({ request, name, arn }: Context): Outputs {
  const [, service, kind] = /^aws:(\w+)\/\w+:(\w+)$/.exec(request.type) ?? [];
  if (service === undefined || kind === undefined) return { id: name, name };
  const dashed = kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  return { id: name, name, arn: arn(service, `${dashed}/${name}`) };
}
