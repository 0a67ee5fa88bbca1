/** Cold storage: a bucket with S3 Glacier Flexible Retrieval objects, or a Glacier vault. */
import type { PriceKey } from "../catalog.ts";
import type { Pricing, Rule, World } from "../types.ts";
import { assumed, callsPerJob, callsPerRestore, hoursPerMonth, retrievalKeys } from "../usage.ts";

const gigabyte = 1e9;

/** Results archived a month. */
export const archivedOf = ({ usage }: World): number => usage.jobs * (1 - usage.premiumPercent / 100);
export const resultBytesOf = ({ usage }: World): number => usage.inputBytes * usage.resultRatio;

/** GB-months of `bytes` an archive. An archive deleted early is charged for 90 days all the same. */
function archiveMonths(world: World, bytes: number): number {
  const { keptMonths, upHours } = world.usage;
  const months = Math.max(keptMonths * (upHours / hoursPerMonth), assumed.archiveMonthsMin);
  return ((archivedOf(world) * bytes) / gigabyte) * months;
}

function retrievals(world: World, store: "s3" | "vault"): Pricing[] {
  const { declared, usage } = world;
  const tier = declared.variable("RETRIEVAL_TIER") ?? "Expedited";
  if (tier === "Bulk") return [{ free: "Bulk retrievals have no price" }];
  const keys = retrievalKeys[store][tier];
  if (keys === undefined) return [{ notPriced: `retrievals of tier ${tier}` }];
  const gigabytes = (usage.restores * resultBytesOf(world)) / gigabyte;
  return [
    { what: `${tier} retrievals, requests`, key: keys.request, quantity: usage.restores, basis: "usage" },
    { what: `${tier} retrievals, bytes`, key: keys.gb, quantity: gigabytes, basis: "usage" },
  ];
}

const usageCharge = (what: string, key: PriceKey, quantity: number) =>
  ({ what, key, quantity, basis: "usage" }) as const;

/** What a bucket costs as the archive. */
export function archiveBucket(world: World): readonly [Pricing, ...Pricing[]] {
  const archived = archivedOf(world);
  const gets = archived * callsPerJob.archiveGets + world.usage.restores * callsPerRestore.archiveGets;
  return [
    usageCharge(
      "archive storage",
      "s3.glacier.gbMonth",
      archiveMonths(world, resultBytesOf(world) + assumed.archiveIndexBytes),
    ),
    usageCharge("archive storage, names", "s3.gbMonth", archiveMonths(world, assumed.archiveNameBytes)),
    usageCharge("archives stored", "s3.glacier.put", archived),
    usageCharge("object reads", "s3.get", gets),
    ...retrievals(world, "s3"),
  ];
}

export const vault: Rule = (_, world) => [
  usageCharge(
    "archive storage",
    "glacier.gbMonth",
    archiveMonths(world, resultBytesOf(world) + assumed.archiveIndexBytes),
  ),
  usageCharge("archives stored", "glacier.upload", archivedOf(world)),
  ...retrievals(world, "vault"),
];
