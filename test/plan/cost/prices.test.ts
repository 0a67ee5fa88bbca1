import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { catalog, entryOf, instanceKey, instanceTypeOf, pricingPages } from "../../../plan/cost/catalog.ts";
import { ageWarning, knownRegions, parseTable, readTable, vouchesFor } from "../../../plan/cost/prices.ts";

test("the tables that come with it: each price has one source with a day, a filter and AWS's page", async (t) => {
  const regions = await knownRegions();
  for (const region of ["us-east-1", "us-west-2", "eu-central-1"]) t.true(regions.includes(region));
  for (const region of regions) {
    const table = await readTable(region);
    for (const key of Object.keys(table.prices)) {
      const sources = table.sources.filter((source) => vouchesFor(source, key));
      t.is(sources.length, 1, `${region} ${key}`);
      t.is(sources[0]?.service, entryOf(key)?.query?.service ?? sources[0]?.service, `${region} ${key}`);
    }
    for (const source of table.sources) t.regex(source.page, /^https:\/\/aws\.amazon\.com\//);
    t.true((table.prices[instanceKey("t4g.small")] ?? 0) > 0);
  }
});

test("a size of a burstable family costs twice the one below it, in every table", async (t) => {
  const sizes = ["nano", "micro", "small", "medium", "large"];
  for (const region of await knownRegions()) {
    const { prices } = await readTable(region);
    for (const family of ["t4g", "t3", "t3a"]) {
      const own = sizes.map((size) => prices[instanceKey(`${family}.${size}`)] ?? Number.NaN);
      own.slice(1).forEach((price, index) => {
        t.true(Math.abs(price - 2 * (own[index] ?? 0)) < 1e-9, `${region} ${family}.${sizes[index + 1]}`);
      });
    }
  }
});

test("every queried service has its page; keys are read apart", (t) => {
  for (const [key, { query }] of Object.entries(catalog)) {
    if (query !== null) t.truthy(pricingPages[query.service], key);
  }
  t.is(instanceTypeOf("ec2.instance.m7i-flex.large"), "m7i-flex.large");
  t.is(instanceTypeOf("nat.hour"), undefined);
  t.is(entryOf("ec2.instance."), undefined);
  t.is(entryOf("toString"), undefined);
});

const good = {
  region: "eu-west-1",
  date: "2026-01-02",
  currency: "USD",
  sources: [
    {
      keys: ["nat."],
      service: "AmazonEC2",
      filter: "usagetype=NatGateway-Hours",
      page: "https://aws.amazon.com/vpc/pricing/",
      asOf: "2026-01-02",
      evidence: "read",
    },
  ],
  prices: { "nat.hour": 0.048 },
};

test("a table is refused with everything that is wrong with it", (t) => {
  t.is(parseTable(good, "t").prices["nat.hour"], 0.048);
  const wrong = (change: object, message: RegExp) =>
    t.throws(() => parseTable({ ...good, ...change }, "eu-west-1.json"), { message });
  wrong({ prices: { "nat.hours": 1 } }, /eu-west-1\.json is no price table[\s\S]*nat\.hours is no key/);
  wrong({ prices: { "sqs.request": 1 } }, /no source vouches for sqs\.request/);
  wrong({ prices: { "nat.hour": -1 } }, /nat\.hour/);
  wrong({ date: "2026-05-05" }, /date is 2026-05-05, and its oldest source is of 2026-01-02/);
  wrong({ date: "yesterday" }, /date/);
  wrong({ currency: "EUR" }, /currency/);
  wrong({ sources: [] }, /sources/);
});

test("a region without a table names those with one; a table of another region is refused", async (t) => {
  await t.throwsAsync(readTable("mars-north-1"), {
    message:
      /no price table for "mars-north-1"; there is one for .*eu-central-1.*us-east-1.*--refresh --region mars-north-1/,
  });
  await t.throwsAsync(readTable("../package"), { message: /no price table/ });
  const directory = await mkdtemp(join(tmpdir(), "annofarm-prices-"));
  t.teardown(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, "eu-north-1.json"), JSON.stringify(good));
  await t.throwsAsync(readTable("eu-north-1", directory), { message: /is of eu-west-1/ });
});

test("prices older than a year are told of", (t) => {
  const table = parseTable(good, "t");
  t.is(ageWarning(table, "2027-01-02"), undefined);
  t.regex(ageWarning(table, "2027-01-03") ?? "", /^1 of the 1 sources of eu-west-1's prices are older than a year/);
});
