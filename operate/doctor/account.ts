/** The account, as its APIs tell of it: one function per question, each a plain answer. Nothing here changes anything. */
import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import {
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeRegionsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  GetEbsDefaultKmsKeyIdCommand,
  type _InstanceType as InstanceType,
  paginateDescribeInstances,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client, paginateDescribeLoadBalancers } from "@aws-sdk/client-elastic-load-balancing-v2";
import { GlacierClient, paginateListVaults } from "@aws-sdk/client-glacier";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient, paginateListGrants } from "@aws-sdk/client-kms";
import { paginateListHostedZones, Route53Client } from "@aws-sdk/client-route-53";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { GetAccountCommand, GetEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { KeyGrant } from "../../plan/iam/disk-key.ts";

export interface AccountZone {
  readonly name: string;
  /** `availability-zone`, `local-zone` or `wavelength-zone`. */
  readonly type: string;
  /** `available`, else a word of what is wrong. */
  readonly state: string;
  /** A zone of the region itself always is. */
  readonly optedIn: boolean;
}

interface AccountKey {
  /** Enabled, symmetric, for encryption. */
  readonly usable: boolean;
  /** As JSON. */
  readonly policy: string;
}

export interface AccountReader {
  /** ARN and account id of the caller. */
  caller(): Promise<{ readonly arn: string; readonly accountId: string }>;
  /** Whether the account may use its region; `undefined`: there is no such region. */
  regionEnabled(): Promise<boolean | undefined>;
  /** Zones of the region that the account may use or opt into, in the order of their names. */
  zones(): Promise<readonly AccountZone[]>;
  /** Names of the zones that offer the type. */
  zonesOffering(instanceType: string): Promise<readonly string[]>;
  /** Zones of those subnets that are there, by id. */
  zonesOfSubnets(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  vcpusOf(instanceTypes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** vCPUs of instances that run or start, by purchase; standard families (A, C, D, H, I, M, R, T, Z) only. */
  vcpusInUse(): Promise<{ readonly onDemand: number; readonly spot: number }>;
  balancersInUse(): Promise<number>;
  vpcsInUse(): Promise<number>;
  addressesInUse(): Promise<number>;
  quota(serviceCode: string, quotaCode: string): Promise<number>;
  vaults(): Promise<readonly string[]>;
  mail(): Promise<{ readonly sandbox: boolean; readonly sending: boolean }>;
  /** `undefined`: SES does not know the identity. */
  mailIdentityVerified(identity: string): Promise<boolean | undefined>;
  /** Public hosted zones' names, without the last dot. */
  hostedZones(): Promise<readonly string[]>;
  /** `undefined`: there is no such parameter. Its value is decrypted only when asked for. */
  parameter(name: string, decrypt?: boolean): Promise<{ readonly type: string; readonly value: string } | undefined>;
  /** `undefined`: there is no such key. */
  key(arn: string): Promise<AccountKey | undefined>;
  /** ARN of the customer's key that encrypts disks which name no key; `undefined`: AWS's own does. */
  defaultDiskKey(): Promise<string | undefined>;
  grantsOf(keyArn: string): Promise<readonly KeyGrant[]>;
  hasRole(name: string): Promise<boolean>;
  /** States of those alarms that are there, by name. */
  alarmStates(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  close(): void;
}

const standardFamily = /^(?:a|c|d|h|i|m|r|t|z)\d/;
const isAbsent = (error: unknown) => error instanceof Error && /NotFound|NoSuchEntity/.test(error.name);

async function count<Page>(pages: AsyncIterable<Page>, of: (page: Page) => number): Promise<number> {
  let sum = 0;
  for await (const page of pages) sum += of(page);
  return sum;
}

/** Credentials and endpoint come from where every AWS tool takes them. */
export function openAccount(region: string): AccountReader {
  const config = { region, maxAttempts: 3 };
  const cloudwatch = new CloudWatchClient(config);
  const ec2 = new EC2Client(config);
  const balancing = new ElasticLoadBalancingV2Client(config);
  const glacier = new GlacierClient(config);
  const route53 = new Route53Client(config);
  const iam = new IAMClient(config);
  const kms = new KMSClient(config);
  const quotas = new ServiceQuotasClient(config);
  const ses = new SESv2Client(config);
  const ssm = new SSMClient(config);
  const sts = new STSClient(config);

  return {
    async caller() {
      const { Arn = "", Account: accountId = "" } = await sts.send(new GetCallerIdentityCommand({}));
      return { arn: Arn, accountId };
    },
    ...machines(ec2, region),
    balancersInUse: () =>
      count(
        paginateDescribeLoadBalancers({ client: balancing }, {}),
        ({ LoadBalancers = [] }) => LoadBalancers.filter(({ Type }) => Type === "application").length,
      ),
    ...mail(ses),
    async quota(ServiceCode, QuotaCode) {
      const { Quota } = await quotas.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }));
      if (Quota?.Value === undefined) throw new Error(`AWS tells no value of quota ${QuotaCode}`);
      return Quota.Value;
    },
    async vaults() {
      const names: string[] = [];
      for await (const page of paginateListVaults({ client: glacier }, { accountId: "-" })) {
        names.push(...(page.VaultList ?? []).map(({ VaultName = "" }) => VaultName));
      }
      return names;
    },
    async hostedZones() {
      const names: string[] = [];
      for await (const page of paginateListHostedZones({ client: route53 }, {})) {
        const isPublic = (page.HostedZones ?? []).filter(({ Config }) => Config?.PrivateZone !== true);
        names.push(...isPublic.map(({ Name = "" }) => Name.replace(/\.$/, "")));
      }
      return names;
    },
    async parameter(Name, decrypt = false) {
      try {
        const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: decrypt }));
        return Parameter && { type: Parameter.Type ?? "", value: decrypt ? (Parameter.Value ?? "") : "" };
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    ...keys(kms, iam, ec2),
    async alarmStates(names) {
      const wanted = new Set(names);
      const states = new Map<string, string>();
      for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: cloudwatch }, {})) {
        for (const { AlarmName = "", StateValue = "" } of MetricAlarms) {
          if (wanted.has(AlarmName)) states.set(AlarmName, StateValue);
        }
      }
      return states;
    },
    close() {
      for (const client of [cloudwatch, ec2, balancing, glacier, iam, kms, route53, quotas, ses, ssm, sts])
        client.destroy();
    },
  };
}

type OfMachines =
  | "regionEnabled"
  | "zones"
  | "zonesOffering"
  | "zonesOfSubnets"
  | "vcpusOf"
  | "vcpusInUse"
  | "vpcsInUse"
  | "addressesInUse";

/** What EC2 tells. */
const machines = (ec2: EC2Client, region: string): Pick<AccountReader, OfMachines> => ({
  async regionEnabled() {
    const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
    const found = Regions.find(({ RegionName }) => RegionName === region);
    return found && found.OptInStatus !== "not-opted-in";
  },
  async zones() {
    const { AvailabilityZones = [] } = await ec2.send(
      new DescribeAvailabilityZonesCommand({ AllAvailabilityZones: true }),
    );
    return AvailabilityZones.map(({ ZoneName: name = "", ZoneType: type = "", State: state = "", OptInStatus }) => ({
      name,
      type,
      state,
      optedIn: OptInStatus !== "not-opted-in",
    })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  },
  async zonesOffering(instanceType) {
    const { InstanceTypeOfferings = [] } = await ec2.send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: "availability-zone",
        Filters: [{ Name: "instance-type", Values: [instanceType] }],
      }),
    );
    return InstanceTypeOfferings.map(({ Location = "" }) => Location).sort();
  },
  async zonesOfSubnets(ids) {
    const Filters = [{ Name: "subnet-id", Values: [...ids] }];
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
    return new Map(Subnets.map(({ SubnetId = "", AvailabilityZone = "" }) => [SubnetId, AvailabilityZone]));
  },
  async vcpusOf(instanceTypes) {
    if (instanceTypes.length === 0) return new Map();
    const { InstanceTypes = [] } = await ec2.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: instanceTypes as InstanceType[] }),
    );
    return new Map(
      InstanceTypes.map(({ InstanceType: type = "", VCpuInfo }) => [type as string, VCpuInfo?.DefaultVCpus ?? 0]),
    );
  },
  async vcpusInUse() {
    const inUse = { onDemand: 0, spot: 0 };
    const Filters = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
    for await (const page of paginateDescribeInstances({ client: ec2 }, { Filters })) {
      for (const instance of (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)) {
        if (!standardFamily.test(instance.InstanceType ?? "")) continue;
        const { CoreCount = 1, ThreadsPerCore = 1 } = instance.CpuOptions ?? {};
        inUse[instance.InstanceLifecycle === "spot" ? "spot" : "onDemand"] += CoreCount * ThreadsPerCore;
      }
    }
    return inUse;
  },
  vpcsInUse: () => count(paginateDescribeVpcs({ client: ec2 }, {}), ({ Vpcs = [] }) => Vpcs.length),
  async addressesInUse() {
    const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
    return Addresses.length;
  },
});

/** What there is for `read`; `undefined` where AWS knows no such thing. */
async function unlessAbsent<Found>(read: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

type OfKeys = "key" | "defaultDiskKey" | "grantsOf" | "hasRole";

const keys = (kms: KMSClient, iam: IAMClient, ec2: EC2Client): Pick<AccountReader, OfKeys> => ({
  key: (KeyId) =>
    unlessAbsent(async () => {
      const { KeyMetadata: found } = await kms.send(new DescribeKeyCommand({ KeyId }));
      const { Policy: policy = "{}" } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
      return { usable: found?.KeyState === "Enabled" && found.KeySpec === "SYMMETRIC_DEFAULT", policy };
    }),
  async defaultDiskKey() {
    const { KmsKeyId: key } = await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}));
    if (key === undefined || key.includes("alias/aws/")) return undefined;
    const { KeyMetadata: found } = await kms.send(new DescribeKeyCommand({ KeyId: key }));
    return found?.KeyManager === "AWS" ? undefined : (found?.Arn ?? key);
  },
  async grantsOf(KeyId) {
    const grants: KeyGrant[] = [];
    for await (const { Grants = [] } of paginateListGrants({ client: kms }, { KeyId })) {
      grants.push(
        ...Grants.map(({ GranteePrincipal = "", Operations = [] }) => ({
          grantee: GranteePrincipal,
          operations: Operations,
        })),
      );
    }
    return grants;
  },
  hasRole: async (RoleName) => (await unlessAbsent(() => iam.send(new GetRoleCommand({ RoleName })))) !== undefined,
});

const mail = (ses: SESv2Client): Pick<AccountReader, "mail" | "mailIdentityVerified"> => ({
  async mail() {
    const { ProductionAccessEnabled, SendingEnabled } = await ses.send(new GetAccountCommand({}));
    return { sandbox: ProductionAccessEnabled !== true, sending: SendingEnabled === true };
  },
  async mailIdentityVerified(EmailIdentity) {
    try {
      return (await ses.send(new GetEmailIdentityCommand({ EmailIdentity }))).VerifiedForSendingStatus === true;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  },
});
