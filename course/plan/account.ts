/** What an account has already, and may have: asked through AWS's APIs, which changes nothing. */
import { ACMClient, paginateListCertificates } from "@aws-sdk/client-acm";
import { AutoScalingClient, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import {
  EC2Client,
  paginateDescribeInternetGateways,
  paginateDescribeLaunchTemplates,
  paginateDescribeNatGateways,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeVpcEndpoints,
} from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client, paginateDescribeTargetGroups } from "@aws-sdk/client-elastic-load-balancing-v2";
import { GlacierClient, paginateListVaults } from "@aws-sdk/client-glacier";
import { IAMClient, paginateListInstanceProfiles, paginateListRoles } from "@aws-sdk/client-iam";
import { paginateListHostedZones, Route53Client } from "@aws-sdk/client-route-53";
import { paginateListBuckets, S3Client } from "@aws-sdk/client-s3";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { GetAccountCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { paginateDescribeParameters, SSMClient } from "@aws-sdk/client-ssm";
import { type AccountReader, openAccount } from "../../operate/doctor/account.ts";
import type { ClassAccount } from "./ask.ts";
import type { Counted } from "./counts.ts";

async function count<Page>(
  pages: AsyncIterable<Page>,
  of: (page: Page) => readonly unknown[] | undefined,
): Promise<number> {
  let sum = 0;
  for await (const page of pages) sum += of(page)?.length ?? 0;
  return sum;
}

/** Services that tell their quotas in one region. */
const globalServices = new Set(["iam", "s3", "route53"]);

/**
 * Credentials and endpoint come from where every AWS tool takes them.
 *
 * @param domain zone whose records are counted.
 */
export function openClassAccount(region: string, domain?: string): ClassAccount {
  const config = { region, maxAttempts: 3 };
  const account = openAccount(region);
  const clients = openClients(config);
  const { ses } = clients;
  const counters: Counters = { ...ofAccount(account), ...ofMachines(clients), ...ofRegion(clients, domain) };

  return {
    inUse: async (kind) => counters[kind]?.(),
    async limit({ kind, service, code }) {
      if (kind === "mails") return (await ses.send(new GetAccountCommand({}))).SendQuota?.Max24HourSend;
      if (code === undefined) return undefined;
      const client = globalServices.has(service) ? clients.globalQuotas : clients.quotas;
      const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code }));
      return Quota?.Value;
    },
    vcpusOf: account.vcpusOf,
    close() {
      account.close();
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

type Counters = Readonly<Partial<Record<Counted, () => Promise<number | undefined>>>>;
type Clients = ReturnType<typeof openClients>;

function openClients(config: { readonly region: string; readonly maxAttempts: number }) {
  return {
    acm: new ACMClient(config),
    scaling: new AutoScalingClient(config),
    watch: new CloudWatchClient(config),
    tables: new DynamoDBClient(config),
    ec2: new EC2Client(config),
    balancing: new ElasticLoadBalancingV2Client(config),
    glacier: new GlacierClient(config),
    iam: new IAMClient(config),
    route53: new Route53Client(config),
    s3: new S3Client(config),
    quotas: new ServiceQuotasClient(config),
    globalQuotas: new ServiceQuotasClient({ ...config, region: "us-east-1" }),
    ses: new SESv2Client(config),
    ssm: new SSMClient(config),
  };
}

/** What `doctor` counts as well. */
function ofAccount(account: AccountReader): Counters {
  let using: ReturnType<AccountReader["vcpusInUse"]> | undefined;
  const vcpus = () => (using ??= account.vcpusInUse());
  return {
    onDemandVcpus: async () => (await vcpus()).onDemand,
    spotVcpus: async () => (await vcpus()).spot,
    balancers: account.balancersInUse,
    vpcs: account.vpcsInUse,
    addresses: account.addressesInUse,
  };
}

/** Networks, and what stands in them. */
const ofMachines = ({ balancing, ec2, scaling }: Clients): Counters => ({
  targetGroups: () => count(paginateDescribeTargetGroups({ client: balancing }, {}), (page) => page.TargetGroups),
  internetGateways: () => count(paginateDescribeInternetGateways({ client: ec2 }, {}), (page) => page.InternetGateways),
  // The quota is a zone's; all of them in one zone is the worst case.
  natGateways: () =>
    count(
      paginateDescribeNatGateways({ client: ec2 }, { Filter: [{ Name: "state", Values: ["pending", "available"] }] }),
      (page) => page.NatGateways,
    ),
  gatewayEndpoints: () =>
    count(
      paginateDescribeVpcEndpoints({ client: ec2 }, { Filters: [{ Name: "vpc-endpoint-type", Values: ["Gateway"] }] }),
      (page) => page.VpcEndpoints,
    ),
  securityGroups: () => count(paginateDescribeSecurityGroups({ client: ec2 }, {}), (page) => page.SecurityGroups),
  networkInterfaces: () =>
    count(paginateDescribeNetworkInterfaces({ client: ec2 }, {}), (page) => page.NetworkInterfaces),
  groups: () => count(paginateDescribeAutoScalingGroups({ client: scaling }, {}), (page) => page.AutoScalingGroups),
  launchTemplates: () => count(paginateDescribeLaunchTemplates({ client: ec2 }, {}), (page) => page.LaunchTemplates),
});

const ofRegion = ({ acm, watch, tables, glacier, iam, route53, s3, ses, ssm }: Clients, domain?: string): Counters => ({
  roles: () => count(paginateListRoles({ client: iam }, {}), (page) => page.Roles),
  instanceProfiles: () => count(paginateListInstanceProfiles({ client: iam }, {}), (page) => page.InstanceProfiles),
  buckets: () => count(paginateListBuckets({ client: s3 }, {}), (page) => page.Buckets),
  tables: () => count(paginateListTables({ client: tables }, {}), (page) => page.TableNames),
  alarms: () =>
    count(paginateDescribeAlarms({ client: watch }, {}), ({ MetricAlarms = [], CompositeAlarms = [] }) => [
      ...MetricAlarms,
      ...CompositeAlarms,
    ]),
  parameters: () => count(paginateDescribeParameters({ client: ssm }, {}), (page) => page.Parameters),
  certificates: () => certificates(acm, false),
  importedCertificates: () => certificates(acm, true),
  records: () => recordsInZone(route53, domain),
  vaults: () => count(paginateListVaults({ client: glacier }, { accountId: "-" }), (page) => page.VaultList),
  mails: async () => (await ses.send(new GetAccountCommand({}))).SendQuota?.SentLast24Hours,
});

async function recordsInZone(client: Route53Client, domain: string | undefined): Promise<number | undefined> {
  if (domain === undefined) return undefined;
  for await (const { HostedZones = [] } of paginateListHostedZones({ client }, {})) {
    const zone = HostedZones.find(({ Name, Config }) => Name === `${domain}.` && Config?.PrivateZone !== true);
    if (zone !== undefined) return zone.ResourceRecordSetCount ?? 0;
  }
  return undefined;
}

/** @param imported which of both kinds. */
async function certificates(client: ACMClient, imported: boolean): Promise<number> {
  return count(paginateListCertificates({ client }, {}), ({ CertificateSummaryList = [] }) =>
    CertificateSummaryList.filter(({ Type }) => (Type === "IMPORTED") === imported),
  );
}
