/**
 * What keeps EC2 from launching instances of a group, in the words of its activities: zones that do not offer the instance type, and a key
 * of disks that Auto Scaling's role may not use.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html
 */
import {
  DescribeInstanceTypeOfferingsCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  type ResponseLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { KMSClient, paginateListGrants } from "@aws-sdk/client-kms";
import { missingForLaunch } from "../../../plan/iam/disk-key.ts";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator } from "../../types.ts";
import type { TemplateVersion } from "../ec2/instances/template.ts";
import { remembered } from "../iam/remembered.ts";
import { usedKey } from "../kms/used-key.ts";
import type { GroupState } from "./emulated.ts";

interface Obstacles {
  /** Launches that fail before one succeeds in another zone: why, zone by zone. */
  readonly zones: readonly string[];
  /** Why the instance ends before it runs; `undefined`: it runs. */
  readonly disk: string | undefined;
}

const ended = (reason: string) =>
  `Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: ${reason}`;

/** Zones that offer a type, in the order of their names: they do not change. */
const createOfferings = (ec2: EC2Client) =>
  remembered(Number.POSITIVE_INFINITY, async (instanceType: string): Promise<readonly string[]> => {
    const Filters = [{ Name: "instance-type", Values: [instanceType] }];
    const asked = new DescribeInstanceTypeOfferingsCommand({ LocationType: "availability-zone", Filters });
    const { InstanceTypeOfferings = [] } = await ec2.send(asked);
    return InstanceTypeOfferings.map(({ Location = "" }) => Location).sort();
  });

/** Keys that encrypt the template's disks; `undefined` is the account's own choice. */
function keysOf({ BlockDeviceMappings = [] }: ResponseLaunchTemplateData, always: boolean): (string | undefined)[] {
  const disks = BlockDeviceMappings.filter(({ Ebs, NoDevice }) => Ebs !== undefined && NoDevice === undefined);
  const encrypted = disks.filter(({ Ebs }) => always || Ebs?.Encrypted === true).map(({ Ebs }) => Ebs?.KmsKeyId);
  // Without a word of the template the image's root disk is encrypted all the same.
  return [...new Set(disks.length === 0 && always ? [undefined] : encrypted)];
}

export function createObstacles(emulator: Pick<Emulator, "endpoint" | "region" | "accountId">) {
  const config = administrator(emulator);
  const ec2 = new EC2Client(config);
  const kms = new KMSClient(config);
  const offering = createOfferings(ec2);

  async function inZones([instanceType, ...others]: readonly string[], zones: readonly string[]): Promise<string[]> {
    if (instanceType === undefined) return [];
    const [there = [], ...elsewhere] = await Promise.all([instanceType, ...others].map((each) => offering(each)));
    // A type that the emulator does not know is launched everywhere; a zone that offers another type will do.
    if ([there, ...elsewhere].some(({ length }) => length === 0)) return [];
    return zones
      .filter((zone) => !elsewhere.some((known) => known.includes(zone)))
      .filter((zone) => !there.includes(zone))
      .map(
        (zone) =>
          `Your requested instance type (${instanceType}) is not supported in your requested Availability Zone (${zone}). ` +
          `Please retry your request by not specifying an Availability Zone or choosing ${there.join(", ")}. ` +
          "Launching EC2 instance failed.",
      );
  }

  async function byKey(named: string | undefined): Promise<string | undefined> {
    const key = named ?? (await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}))).KmsKeyId;
    const found = key === undefined ? "AWS's own" : await usedKey(kms, key);
    if (found === "AWS's own") return undefined;
    if (found === "unusable")
      return ended("Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state");
    const grants: { grantee: string; operations: readonly string[] }[] = [];
    for await (const page of paginateListGrants({ client: kms }, { KeyId: found.arn })) {
      for (const { GranteePrincipal = "", Operations = [] } of page.Grants ?? []) {
        grants.push({ grantee: GranteePrincipal, operations: Operations });
      }
    }
    const missing = missingForLaunch({ ...found, grants }, emulator.accountId);
    return missing.length === 0 ? undefined : ended("Client.InternalError: Client error on launch");
  }

  return {
    /** @param template what is launched, which a refresh may have chosen. */
    async of(
      { zones, instanceTypes }: Pick<GroupState, "instanceTypes" | "zones">,
      { id, version }: TemplateVersion,
    ): Promise<Obstacles> {
      const asked = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] });
      const [versions, byDefault] = await Promise.all([
        ec2.send(asked),
        ec2.send(new GetEbsEncryptionByDefaultCommand({})),
      ]);
      const data = versions.LaunchTemplateVersions?.[0]?.LaunchTemplateData ?? {};
      const own = data.InstanceType === undefined ? [] : [data.InstanceType];
      const types = instanceTypes.length > 0 ? instanceTypes : own;
      const keys = keysOf(data, byDefault.EbsEncryptionByDefault === true);
      const [refusals, ...reasons] = await Promise.all([inZones(types, zones), ...keys.map(byKey)]);
      return { zones: refusals, disk: reasons.find((reason) => reason !== undefined) };
    },
    destroy() {
      ec2.destroy();
      kms.destroy();
    },
  };
}
