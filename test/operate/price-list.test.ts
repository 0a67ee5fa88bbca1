// The reader of AWS's price list against a server that answers as AWS's does: JSON 1.1, filters, pages, products as JSON text.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PricingClient } from "@aws-sdk/client-pricing";
import test, { type ExecutionContext } from "ava";
import { answers, firstPrice, parseProduct } from "../../operate/price-list/products.ts";
import { refreshPrices } from "../../operate/price-list/refresh.ts";
import { readTable } from "../../plan/cost/prices.ts";

interface Fake {
  readonly service: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Tiers, as AWS has them: from where, USD. */
  readonly tiers: readonly (readonly [string, string])[];
}

let skus = 0;
/** A product as AWS describes one; the shape is that of GetProducts' `aws_v1`. */
function productText({ service, attributes, tiers }: Fake): string {
  const sku = `SKU${++skus}`;
  const term = `${sku}.JRTCKXETXF`;
  const dimensions = tiers.map(([beginRange, usd], index) => [
    `${term}.${index}`,
    {
      rateCode: `${term}.${index}`,
      beginRange,
      endRange: "Inf",
      unit: "Hrs",
      appliesTo: [],
      pricePerUnit: { USD: usd },
    },
  ]);
  return JSON.stringify({
    product: { productFamily: "any", sku, attributes: { servicecode: service, ...attributes } },
    serviceCode: service,
    terms: {
      OnDemand: { [term]: { sku, offerTermCode: "JRTCKXETXF", priceDimensions: Object.fromEntries(dimensions) } },
    },
    version: "20261101000000",
    publicationDate: "2026-11-01T00:00:00Z",
  });
}

interface Asked {
  readonly ServiceCode: string;
  readonly Filters: readonly { readonly Type: string; readonly Field: string; readonly Value: string }[];
  readonly NextToken?: string;
}

function holds({ Type, Field, Value }: Asked["Filters"][number], attributes: Fake["attributes"]): boolean {
  const value = attributes[Field];
  if (Type === "TERM_MATCH") return value === Value;
  if (Type === "CONTAINS") return value?.includes(Value) ?? false;
  throw new Error(`no such filter: ${Type}`);
}

async function startPriceList(t: ExecutionContext, products: readonly Fake[]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const question = JSON.parse(Buffer.concat(parts).toString("utf8")) as Asked;
    asked.push(question);
    t.is(request.headers["x-amz-target"], "AWSPriceListService.GetProducts");
    const found = products.filter(
      ({ service, attributes }) =>
        service === question.ServiceCode && question.Filters.every((filter) => holds(filter, attributes)),
    );
    // One product a page, so that whoever reads the first page only is found out.
    const at = Number(question.NextToken ?? 0);
    const next = at + 1 < found.length ? { NextToken: String(at + 1) } : {};
    const PriceList = found.slice(at, at + 1).map(productText);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify({ FormatVersion: "aws_v1", PriceList, ...next }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = () =>
    new PricingClient({
      region: "us-east-1",
      endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
  return { client, asked };
}

async function emptyDirectory(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-prices-"));
  t.teardown(() => rm(directory, { recursive: true }));
  return directory;
}

const region = "eu-west-1";
const of = (service: string, usagetype: string, tiers: Fake["tiers"], more: object = {}): Fake => ({
  service,
  attributes: { usagetype, regionCode: region, ...more },
  tiers,
});
const linux = { operatingSystem: "Linux", tenancy: "Shared", preInstalledSw: "NA", capacitystatus: "Used" };

const listed: readonly Fake[] = [
  of("AmazonEC2", "EU-BoxUsage:t4g.small", [["0", "0.0184000000"]], { instanceType: "t4g.small", ...linux }),
  of("AmazonEC2", "EU-BoxUsage:t4g.small", [["0", "0.0368000000"]], {
    instanceType: "t4g.small",
    ...linux,
    operatingSystem: "RHEL",
  }),
  of("AmazonEC2", "EU-NatGateway-Hours", [["0", "0.0480000000"]]),
  // Contains what is asked for, and is something else.
  of("AmazonEC2", "EU-Regional-NatGateway-Hours", [["0", "0.0990000000"]]),
  of("AmazonEC2", "EU-EBS:VolumeP-Throughput.gp3", [["0", "45.0560000000"]]),
  // A million for free, then the price, then a discount.
  of("AWSQueueService", "EU-Requests-Tier1", [
    ["100000000000", "0.0000003000"],
    ["0", "0.0000000000"],
    ["1000000", "0.0000004000"],
  ]),
  of("AmazonS3", "EU-Requests-GLACIER-Tier1", [["0", "0.0000330000"]], { operation: "PutObject" }),
  of("AmazonS3", "EU-Requests-GLACIER-Tier1", [["0", "0.0000990000"]], { operation: "S3-GlacierTransition" }),
  of("awskms", "eu-west-1-KMS-Keys", [["0", "1.0000000000"]]),
  {
    service: "AmazonRoute53",
    attributes: { usagetype: "HostedZone" },
    tiers: [
      ["0", "0.5"],
      ["25", "0.1"],
    ],
  },
  {
    service: "AWSDataTransfer",
    attributes: { usagetype: "EU-DataTransfer-Out-Bytes", fromRegionCode: region, transferType: "AWS Outbound" },
    tiers: [["0", "0.0900000000"]],
  },
  // Two alarms of one name at two prices: to choose would be to guess.
  of("AmazonCloudWatch", "EU-CW:AlarmMonitorUsage", [["0", "0.10"]]),
  of("AmazonCloudWatch", "EU-CW:AlarmMonitorUsage", [["0", "0.20"]]),
];

test("a region's table is made from the price list: right products, all pages, first tier that costs", async (t) => {
  const { client, asked } = await startPriceList(t, listed);
  const directory = await emptyDirectory(t);
  const said: string[] = [];
  await refreshPrices({ region, directory, client: client(), today: "2026-11-24", write: (line) => said.push(line) });
  const table = await readTable(region, directory);
  t.deepEqual(table.prices, {
    "ebs.gp3.mibpsMonth": 0.044,
    "ec2.instance.t4g.small": 0.0184,
    "kms.keyMonth": 1,
    "nat.hour": 0.048,
    "route53.zoneMonth": 0.5,
    "s3.glacier.put": 0.000033,
    "sqs.request": 4e-7,
    "transfer.outGb": 0.09,
  });
  t.is(table.date, "2026-11-24");
  t.true(said.includes("  cloudwatch.alarm: not found, left out"));
  t.true(said.includes("  s3.glacier.expedited.gb: not found, left out"));
  t.true(asked.some(({ NextToken }) => NextToken !== undefined));
  const instances = asked.find(({ Filters }) => Filters.some(({ Value }) => Value === "t4g.small"));
  t.true(instances?.Filters.some(({ Field, Value }) => Field === "regionCode" && Value === region));
});

test("what the list does not answer keeps its price and its day; what has changed is told", async (t) => {
  const directory = await emptyDirectory(t);
  const source = {
    service: "AmazonEC2",
    filter: "by hand",
    page: "https://aws.amazon.com/vpc/pricing/",
    asOf: "2025-01-01",
    evidence: "earlier",
  };
  const earlier = {
    region,
    date: "2025-01-01",
    currency: "USD",
    sources: [{ ...source, keys: ["nat.", "ec2.instance."] }],
    prices: { "ec2.instance.t4g.small": 0.0184, "ec2.instance.x9.huge": 9, "nat.hour": 0.04 },
  };
  await writeFile(join(directory, `${region}.json`), JSON.stringify(earlier));
  const { client } = await startPriceList(t, listed);
  const said: string[] = [];
  await refreshPrices({ region, directory, client: client(), today: "2026-11-24", write: (line) => said.push(line) });
  const table = await readTable(region, directory);
  t.is(table.prices["nat.hour"], 0.048);
  t.is(table.prices["ec2.instance.x9.huge"], 9);
  t.is(table.date, "2025-01-01");
  t.deepEqual(
    table.sources.filter(({ evidence }) => evidence === "earlier").map(({ keys }) => keys),
    [["ec2.instance.x9.huge"]],
  );
  t.true(said.includes("  nat.hour: 0.04 → 0.048"));
  t.true(said.includes("  ec2.instance.x9.huge: not found, kept as it was"));
  t.false(said.some((line) => line.includes("t4g.small")));
});

test("an empty list, an answer that is none, a region that is none: an error, and nothing is written", async (t) => {
  const directory = await emptyDirectory(t);
  const write = () => t.fail();
  const empty = await startPriceList(t, []);
  await t.throwsAsync(refreshPrices({ region, directory, client: empty.client(), write }), {
    message: /no prices for eu-west-1/,
  });
  const down = new PricingClient({
    region: "us-east-1",
    endpoint: "http://127.0.0.1:9",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  await t.throwsAsync(refreshPrices({ region, directory, client: down, write }), { message: /could not be read/ });
  await t.throwsAsync(refreshPrices({ region: "../etc", directory, client: empty.client(), write }), {
    message: /--region \.\.\/etc: give a region/,
  });
  await t.throwsAsync(readFile(join(directory, `${region}.json`)), { code: "ENOENT" });
});

test("usage types are compared without their region's prefix, and not by their end alone", (t) => {
  const product = (usagetype: string) => parseProduct(productText(of("AmazonEC2", usagetype, [["0", "1"]])));
  const query = { service: "AmazonEC2", usageType: "NatGateway-Hours" };
  for (const same of [
    "NatGateway-Hours",
    "EUC1-NatGateway-Hours",
    "EU-NatGateway-Hours",
    "eu-west-1-NatGateway-Hours",
  ]) {
    t.true(answers(product(same), query, region), same);
  }
  for (const other of ["Global-NatGateway-Hours", "us-west-2-NatGateway-Hours", "EUC1-NatGateway-Hours-2"]) {
    t.false(answers(product(other), query, region), other);
  }
  t.is(firstPrice(parseProduct(productText(of("x", "y", [["0", "0"]])))), undefined);
  t.throws(() => parseProduct("{}"));
});
