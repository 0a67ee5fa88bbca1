/** An account, region by region, through the SDK. */
import { DescribeRegionsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

/** What every client of the SDK is made with; `forcePathStyle` is read by S3's alone. */
export interface ClientConfiguration {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts?: number;
}

type ClientType<Client> = new (
  configuration: ClientConfiguration & { readonly region: string; readonly forcePathStyle?: boolean },
) => Client;

/** One region of an account. */
export interface RegionClients {
  readonly region: string;
  readonly accountId: string;
  /** The region's client of a service; made once. */
  client<Client extends { destroy(): void }>(type: ClientType<Client>): Client;
  /** `arn("sqs", "gas-job-requests")`; of a global resource with an empty region. */
  arn(service: string, resource: string, region?: string): string;
}

export interface Aws {
  readonly accountId: string;
  /** Region whose endpoints answer for what is in no region. */
  readonly global: string;
  at(region: string): RegionClients;
  /** Regions that the account may use. */
  enabledRegions(): Promise<readonly string[]>;
  /** Whether AWS offers a service in a region, by its public list. @throws {Error} when the list cannot be read. */
  offers(service: string, region: string): Promise<boolean>;
  /** Closes all connections. */
  close(): void;
}

/**
 * Throttled and broken calls are tried again by the SDK, after pauses that double up to 20 s. An endpoint that takes no connection
 * within 10 s is as good as none.
 */
const patience = { maxAttempts: 8, requestHandler: { connectionTimeout: 10_000, requestTimeout: 60_000 } };

/** Where what is in no region answers, by partition. */
const globalRegions: Readonly<Record<string, string>> = { "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" };

const elsewhere = (configuration: ClientConfiguration) =>
  configuration.endpoint !== undefined || process.env.AWS_ENDPOINT_URL !== undefined;

/** Which services each region has, read once for each service. */
function offersOf(lists: SSMClient): Aws["offers"] {
  const known = new Map<string, Promise<ReadonlySet<string>>>();
  async function read(service: string): Promise<ReadonlySet<string>> {
    const regions = new Set<string>();
    const Path = `/aws/service/global-infrastructure/services/${service}/regions`;
    for await (const page of paginateGetParametersByPath({ client: lists }, { Path })) {
      for (const { Value = "" } of page.Parameters ?? []) regions.add(Value);
    }
    if (regions.size === 0) throw new Error(`AWS's list of services has no ${service}`);
    return regions;
  }
  return async (service, region) => {
    const regions = known.get(service) ?? read(service);
    known.set(service, regions);
    return (await regions).has(region);
  };
}

/**
 * Opens the account of the caller. Credentials and endpoint come from where every AWS tool takes them, unless they are given.
 *
 * @param home region whose endpoints answer the first questions.
 */
export async function openAws(home: string, configuration: ClientConfiguration = {}): Promise<Aws> {
  const clients = new Map<string, Map<unknown, { destroy(): void }>>();
  function clientAt<Client extends { destroy(): void }>(region: string, type: ClientType<Client>): Client {
    const here = clients.get(region) ?? new Map<unknown, { destroy(): void }>();
    clients.set(region, here);
    const options = { ...patience, ...configuration, region };
    const client =
      (here.get(type) as Client | undefined) ?? new type({ ...options, forcePathStyle: elsewhere(configuration) });
    here.set(type, client);
    return client;
  }
  const { Account: accountId = "", Arn = "" } = await clientAt(home, STSClient).send(new GetCallerIdentityCommand({}));
  const partition = Arn.split(":")[1] ?? "aws";
  const global = globalRegions[partition] ?? "us-east-1";
  return {
    accountId,
    global,
    at: (region) => ({
      region,
      accountId,
      client: (type) => clientAt(region, type),
      arn: (service, resource, where = region) => `arn:${partition}:${service}:${where}:${accountId}:${resource}`,
    }),
    async enabledRegions() {
      const { Regions = [] } = await clientAt(home, EC2Client).send(new DescribeRegionsCommand({}));
      const enabled = Regions.filter(({ OptInStatus }) => OptInStatus !== "not-opted-in");
      return enabled.map(({ RegionName = "" }) => RegionName).sort();
    },
    offers: offersOf(clientAt(global, SSMClient)),
    close() {
      for (const here of clients.values()) for (const client of here.values()) client.destroy();
    },
  };
}
