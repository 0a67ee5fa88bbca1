/**
 * Every price the rules ask for: a stable key, the unit it is charged by, and where AWS's price list says it. Prices themselves
 * are data (`prices/<region>.json`), which `annofarm cost --refresh` reads anew by these queries.
 */

/** Which products of a price list carry a price. */
export interface PriceQuery {
  /** Service code of the price list: `AmazonEC2`. */
  readonly service: string;
  /** Usage type without its region's prefix: `EUC1-NatGateway-Hours` is `NatGateway-Hours`. */
  readonly usageType: string;
  /** Further attributes that must be equal. */
  readonly where?: Readonly<Record<string, string>>;
  /** Attribute that holds the region; `null`: the service has one price for all regions. @default "regionCode" */
  readonly regionField?: string | null;
  /** The list's price × this is ours, where the list charges by another unit. @default 1 */
  readonly scale?: number;
}

export interface PriceEntry {
  /** What one of is charged: `h`, `GB-month`, `request`. */
  readonly unit: string;
  /** `null`: the list's way of naming it is not known here; a refresh keeps the price and says so. */
  readonly query: PriceQuery | null;
}

const ec2 = (unit: string, usageType: string, more: Partial<PriceQuery> = {}): PriceEntry => ({
  unit,
  query: { service: "AmazonEC2", usageType, ...more },
});
const listed = (unit: string, service: string, usageType: string, more: Partial<PriceQuery> = {}): PriceEntry => ({
  unit,
  query: { service, usageType, ...more },
});
const unlisted = (unit: string): PriceEntry => ({ unit, query: null });

const application = { where: { operation: "LoadBalancing:Application" } };

export const catalog = {
  "ebs.gp2.gbMonth": ec2("GB-month", "EBS:VolumeUsage.gp2"),
  "ebs.gp3.gbMonth": ec2("GB-month", "EBS:VolumeUsage.gp3"),
  "ebs.gp3.iopsMonth": ec2("IOPS-month", "EBS:VolumeP-IOPS.gp3"),
  "ebs.gp3.mibpsMonth": ec2("MiB/s-month", "EBS:VolumeP-Throughput.gp3", { scale: 1 / 1024 }),
  "nat.hour": ec2("h", "NatGateway-Hours"),
  "nat.gb": ec2("GB", "NatGateway-Bytes"),
  "ipv4.hour": listed("h", "AmazonVPC", "PublicIPv4:InUseAddress"),
  "endpoint.hour": listed("h", "AmazonVPC", "VpcEndpoint-Hours"),
  "endpoint.gb": listed("GB", "AmazonVPC", "VpcEndpoint-Bytes"),
  "alb.hour": listed("h", "AWSELB", "LoadBalancerUsage", application),
  "alb.lcuHour": listed("LCU-h", "AWSELB", "LCUUsage", application),
  "sqs.request": listed("request", "AWSQueueService", "Requests-Tier1"),
  "sqs.fifoRequest": listed("request", "AWSQueueService", "Requests-FIFO-Tier1"),
  "sns.publish": listed("publish", "AmazonSNS", "Requests-Tier1"),
  "dynamodb.write": listed("write unit", "AmazonDynamoDB", "WriteRequestUnits"),
  "dynamodb.read": listed("read unit", "AmazonDynamoDB", "ReadRequestUnits"),
  "dynamodb.gbMonth": listed("GB-month", "AmazonDynamoDB", "TimedStorage-ByteHrs"),
  "dynamodb.pitrGbMonth": listed("GB-month", "AmazonDynamoDB", "TimedPITRStorage-ByteHrs"),
  "s3.gbMonth": listed("GB-month", "AmazonS3", "TimedStorage-ByteHrs", { where: { volumeType: "Standard" } }),
  "s3.put": listed("request", "AmazonS3", "Requests-Tier1"),
  "s3.get": listed("request", "AmazonS3", "Requests-Tier2"),
  "s3.glacier.gbMonth": listed("GB-month", "AmazonS3", "TimedStorage-GlacierByteHrs"),
  "s3.glacier.put": listed("request", "AmazonS3", "Requests-GLACIER-Tier1", { where: { operation: "PutObject" } }),
  "s3.glacier.expedited.request": unlisted("request"),
  "s3.glacier.expedited.gb": unlisted("GB"),
  "s3.glacier.standard.request": listed("request", "AmazonS3", "Requests-Tier3", {
    where: { operation: "RestoreObject" },
  }),
  "s3.glacier.standard.gb": listed("GB", "AmazonS3", "Standard-Retrieval-Bytes", {
    where: { operation: "RestoreObject" },
  }),
  "glacier.gbMonth": listed("GB-month", "AmazonGlacier", "TimedStorage-ByteHrs"),
  "glacier.upload": unlisted("request"),
  "glacier.expedited.request": unlisted("request"),
  "glacier.expedited.gb": unlisted("GB"),
  "glacier.standard.request": unlisted("request"),
  "glacier.standard.gb": unlisted("GB"),
  "cloudwatch.alarm": listed("metric-month", "AmazonCloudWatch", "CW:AlarmMonitorUsage"),
  "cloudwatch.alarmHighResolution": listed("metric-month", "AmazonCloudWatch", "CW:HighResAlarmMonitorUsage"),
  "cloudwatch.compositeAlarm": listed("alarm-month", "AmazonCloudWatch", "CW:CompositeAlarmMonitorUsage"),
  "cloudwatch.dashboardMonth": unlisted("dashboard-month"),
  "cloudwatch.metric": listed("metric-month", "AmazonCloudWatch", "CW:MetricMonitorUsage"),
  "logs.gb": listed("GB", "AmazonCloudWatch", "DataProcessing-Bytes"),
  "logs.infrequentGb": listed("GB", "AmazonCloudWatch", "DataProcessingIA-Bytes"),
  "logs.gbMonth": listed("GB-month", "AmazonCloudWatch", "TimedStorage-ByteHrs"),
  "transfer.outGb": listed("GB", "AWSDataTransfer", "DataTransfer-Out-Bytes", {
    regionField: "fromRegionCode",
    where: { transferType: "AWS Outbound" },
  }),
  "route53.zoneMonth": listed("zone-month", "AmazonRoute53", "HostedZone", { regionField: null }),
  "route53.query": listed("query", "AmazonRoute53", "DNS-Queries", { regionField: null }),
  "ses.mail": listed("mail", "AmazonSES", "Recipients"),
  "ssm.advancedParameterMonth": listed("parameter-month", "AWSSystemsManager", "PS-Advanced-Param-Tier1"),
  "kms.keyMonth": listed("key-month", "awskms", "KMS-Keys"),
  "kms.request": listed("request", "awskms", "KMS-Requests"),
} as const satisfies Record<string, PriceEntry>;

type ListedKey = keyof typeof catalog;
/** `ec2.instance.t4g.small`: an hour of a Linux instance on demand. */
export type InstanceKey = `ec2.instance.${string}`;
export type PriceKey = ListedKey | InstanceKey;

const instancePrefix = "ec2.instance.";

export const instanceKey = (instanceType: string): InstanceKey => `${instancePrefix}${instanceType}`;

/** The instance type that a key prices, or undefined. */
export function instanceTypeOf(key: string): string | undefined {
  return key.startsWith(instancePrefix) ? key.slice(instancePrefix.length) : undefined;
}

function instanceEntry(instanceType: string): PriceEntry {
  const where = {
    instanceType,
    operatingSystem: "Linux",
    tenancy: "Shared",
    preInstalledSw: "NA",
    capacitystatus: "Used",
  };
  return ec2("h", `BoxUsage:${instanceType}`, { where });
}

/** What is known of a key, or undefined for one that no rule asks for. */
export function entryOf(key: string): PriceEntry | undefined {
  const instanceType = instanceTypeOf(key);
  if (instanceType !== undefined)
    return /^[a-z0-9-]+\.[a-z0-9-]+$/.test(instanceType) ? instanceEntry(instanceType) : undefined;
  return Object.hasOwn(catalog, key) ? catalog[key as ListedKey] : undefined;
}

/** AWS's public page on the prices of a service. */
export const pricingPages: Readonly<Record<string, string>> = {
  AmazonEC2: "https://aws.amazon.com/ec2/pricing/on-demand/",
  AmazonVPC: "https://aws.amazon.com/vpc/pricing/",
  AWSELB: "https://aws.amazon.com/elasticloadbalancing/pricing/",
  AWSQueueService: "https://aws.amazon.com/sqs/pricing/",
  AmazonSNS: "https://aws.amazon.com/sns/pricing/",
  AmazonDynamoDB: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  AmazonS3: "https://aws.amazon.com/s3/pricing/",
  AmazonGlacier: "https://aws.amazon.com/s3/glacier/pricing/",
  AmazonCloudWatch: "https://aws.amazon.com/cloudwatch/pricing/",
  AWSDataTransfer: "https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer",
  AmazonRoute53: "https://aws.amazon.com/route53/pricing/",
  AmazonSES: "https://aws.amazon.com/ses/pricing/",
  AWSSystemsManager: "https://aws.amazon.com/systems-manager/pricing/",
  awskms: "https://aws.amazon.com/kms/pricing/",
};
