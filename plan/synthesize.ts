/**
 * Drivers that answer as AWS would, without any AWS: each resource gets an id, an ARN and the other outputs of its type, made
 * from its URN and inputs alone, so a plan is the same on every machine.
 */
import { createHash } from "node:crypto";
import { resourceTypes } from "./resource-types/all.ts";
import { type Context, generic, ofBucket, type SynthesizedAccount } from "./resource-types/outputs.ts";
import type { FunctionDriver, ResourceDriver } from "./types.ts";

function ruleFor(type: string) {
  const known = resourceTypes[type];
  if (known !== undefined) return known.outputs;
  return type.startsWith("aws:s3/bucket") ? ofBucket : generic;
}

/** A driver that answers every resource as AWS would have. */
export function synthesizeResources(account: SynthesizedAccount): ResourceDriver {
  return (request) => {
    const digest = createHash("sha512").update(request.urn).digest("hex");
    const hex = (length: number) => digest.slice(0, length);
    const { inputs } = request;
    const declared = inputs.bucket ?? inputs.name;
    const made = typeof inputs.namePrefix === "string" ? `${inputs.namePrefix}${hex(26)}` : `${request.name}-${hex(7)}`;
    const name = typeof declared === "string" ? declared : made;
    const arn: Context["arn"] = (service, resource, scope = "regional") => {
      const region = scope === "regional" ? account.region : "";
      const accountId = scope === "partition" ? "" : account.accountId;
      return `arn:aws:${service}:${region}:${accountId}:${resource}`;
    };
    const { id, ...outputs } = ruleFor(request.type)({ ...account, request, inputs, name, hex, arn });
    return { id: request.existing ?? id, outputs: { ...inputs, ...outputs } };
  };
}

/** Of the partitions that anybody may have an account in. */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/**
 * A driver for the provider functions that a program may call.
 *
 * @throws {Error} for a function that it does not know, naming it.
 */
export function synthesizeFunctions({ region, accountId }: SynthesizedAccount): FunctionDriver {
  const functions: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => Record<string, unknown>>> = {
    "aws:index/getRegion:getRegion": () => ({ id: region, name: region, region, description: region }),
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
      id: accountId,
      accountId,
      userId: accountId,
      arn: `arn:aws:iam::${accountId}:root`,
    }),
    "aws:index/getPartition:getPartition": () => {
      const partition = partitionOf(region);
      return { id: partition, partition, dnsSuffix: partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com" };
    },
    "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
      id: region,
      names: ["a", "b", "c"].map((zone) => region + zone),
      zoneIds: ["az1", "az2", "az3"],
    }),
    // A public parameter names the current machine image of a family.
    "aws:ssm/getParameter:getParameter": ({ name }) => ({
      id: name,
      name,
      type: "String",
      version: 1,
      value: `ami-0${createHash("sha256").update(String(name)).digest("hex").slice(0, 16)}`,
    }),
    "aws:route53/getZone:getZone": ({ name }) => {
      const zoneId = `Z${createHash("sha256").update(String(name)).digest("hex").slice(0, 13).toUpperCase()}`;
      return { id: zoneId, zoneId, name };
    },
  };
  return async (token, args) => {
    const answer = functions[token];
    if (answer === undefined) {
      throw new Error(
        `the program calls ${token}, which cannot be answered without AWS; known: ${Object.keys(functions).join(", ")}`,
      );
    }
    return answer(args);
  };
}
