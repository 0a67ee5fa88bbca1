/** S3 buckets, each by what it is for. */
import type { PlannedResource } from "../../types.ts";
import { asInputs, asList } from "../declared.ts";
import type { Pricing, Rule, World } from "../types.ts";
import { assumed, callsPerJob, callsPerRestore, hoursPerMonth } from "../usage.ts";
import { archiveBucket, archivedOf, resultBytesOf } from "./archives.ts";
import { dataKeys } from "./keys.ts";

const gigabyte = 1e9;

interface Load {
  /** Bytes stored on average while the stack stands. */
  readonly bytes: number;
  readonly puts: number;
  readonly gets: number;
  /** Bytes that leave AWS. */
  readonly out?: number;
}

/** Days after which a bucket's objects expire, or undefined. */
function expiryDays(bucket: PlannedResource, { declared }: World): number | undefined {
  const days = declared
    .ofType("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    .filter(({ inputs }) => inputs.bucket === bucket.id)
    .flatMap(({ inputs }) => asList(inputs.rules))
    .map((rule) => Number(asInputs(asInputs(rule).expiration).days))
    .filter((each) => each > 0);
  return days.length === 0 ? undefined : Math.min(...days);
}

function isVersioned(bucket: PlannedResource, { declared }: World): boolean {
  return declared
    .ofType("aws:s3/bucketVersioning:BucketVersioning")
    .some(({ inputs }) => inputs.bucket === bucket.id && asInputs(inputs.versioningConfiguration).status === "Enabled");
}

/** Results that stay: those of premium users; those of free users until they are due; restored ones. */
function resultsStored(world: World): number {
  const { declared, usage } = world;
  const archived = archivedOf(world);
  const dueMonths = Number(declared.variable("FREE_RETENTION_SECONDS") ?? 0) / 3600 / hoursPerMonth;
  const premium = (usage.jobs - archived) * usage.keptMonths;
  return premium + archived * Math.min(dueMonths, usage.keptMonths) + usage.restores * usage.keptMonths;
}

const uploadCalls = (bytes: number): number =>
  bytes <= assumed.partBytes ? 1 : Math.ceil(bytes / assumed.partBytes) + 2;

/** Calls that write a result and its companions. */
const resultCalls = (bytes: number): number =>
  uploadCalls(bytes) + uploadCalls(bytes * assumed.companionShare) + callsPerJob.companionPuts;

function loadOf(bucket: PlannedResource, world: World): Load | undefined {
  const { declared, usage, capacities } = world;
  const { jobs } = usage;
  switch (declared.purposeOf(bucket)) {
    case "INPUTS_BUCKET": {
      const months = Math.min(usage.keptMonths, (expiryDays(bucket, world) ?? Number.POSITIVE_INFINITY) / 30.4);
      const bytes = jobs * months * usage.inputBytes;
      return { bytes, puts: jobs * callsPerJob.inputPuts, gets: jobs * callsPerJob.inputGets };
    }
    case "RESULTS_BUCKET":
      return {
        bytes:
          resultsStored(world) * resultBytesOf(world) * (1 + assumed.companionShare) +
          jobs * usage.keptMonths * assumed.jobLogBytes,
        puts: jobs * callsPerJob.logPuts + (jobs + usage.restores) * resultCalls(resultBytesOf(world)),
        gets: jobs * (callsPerJob.resultGets + usage.downloads) + archivedOf(world) * callsPerJob.companionGets,
        out: jobs * usage.downloads * resultBytesOf(world),
      };
    case "bundles": {
      const services = capacities.flatMap(({ host }) => host.manifest?.services ?? []);
      const launches = capacities.reduce((sum, { max, host }) => sum + max * (host.manifest?.services.length ?? 0), 0);
      return {
        bytes: services.length * assumed.bundlesKept * assumed.bundleBytes,
        puts: services.length,
        gets: launches,
      };
    }
    case "access logs": {
      const months = (expiryDays(bucket, world) ?? usage.keptMonths * 30.4) / 30.4;
      const zones = Math.max(
        1,
        ...declared.ofType("aws:lb/loadBalancer:LoadBalancer").map((each) => asList(each.inputs.subnets).length),
      );
      const puts = Math.min(usage.requests, zones * assumed.accessLogFilesPerHour * usage.upHours);
      return { bytes: usage.requests * assumed.accessLogBytes * months, puts, gets: 0 };
    }
    case "records of requests": {
      const months = (expiryDays(bucket, world) ?? usage.keptMonths * 30.4) / 30.4;
      // S3 charges nothing for writing its records, only for keeping them.
      return { bytes: requestsRecorded(bucket, world) * assumed.requestRecordBytes * months, puts: 0, gets: 0 };
    }
    default:
      return undefined;
  }
}

/** Requests a month to the buckets that have theirs recorded in this one. */
function requestsRecorded(target: PlannedResource, world: World): number {
  const recorded = world.declared
    .ofType("aws:s3/bucketLogging:BucketLogging")
    .filter(({ inputs }) => inputs.targetBucket === target.id)
    .map(({ inputs }) => inputs.bucket);
  return world.declared
    .ofType("aws:s3/bucket:Bucket")
    .filter(({ id }) => id !== target.id && recorded.includes(id))
    .map((each) => loadOf(each, world))
    .reduce((sum, load) => sum + (load?.puts ?? 0) + (load?.gets ?? 0), 0);
}

export const bucket: Rule = (resource, world) => {
  if (world.declared.purposeOf(resource) === "ARCHIVE_NAME") return archiveBucket(world);
  const load = loadOf(resource, world);
  if (load === undefined) return [{ notPriced: "what it holds: no service, balancer or bundle names it" }];
  const versions = isVersioned(resource, world) ? 1 + assumed.versioningShare : 1;
  const stored = (load.bytes / gigabyte) * versions * (world.usage.upHours / hoursPerMonth);
  const out: Pricing[] =
    load.out === undefined
      ? []
      : [{ what: "downloads, out of AWS", key: "transfer.outGb", quantity: load.out / gigabyte, basis: "usage" }];
  return [
    { what: "object storage", key: "s3.gbMonth", quantity: stored, basis: "usage" },
    { what: "object writes", key: "s3.put", quantity: load.puts, basis: "usage" },
    { what: "object reads", key: "s3.get", quantity: load.gets, basis: "usage" },
    ...out,
  ];
};

/** What encryption costs; with a bucket key, S3 keeps what KMS gave it for a while, as other services do. */
export const bucketEncryption: Rule = ({ inputs }, world) => {
  const [rule] = asList(inputs.rules).map(asInputs);
  const isKms = asInputs(rule?.applyServerSideEncryptionByDefault).sseAlgorithm === "aws:kms";
  if (!isKms) return [{ free: "encryption with S3's own keys has no price" }];
  const found = world.declared.ofType("aws:s3/bucket:Bucket").find(({ id }) => id === inputs.bucket);
  const isArchive = found !== undefined && world.declared.purposeOf(found) === "ARCHIVE_NAME";
  const load = isArchive ? archiveLoad(world) : found && loadOf(found, world);
  if (load === undefined) return [{ notPriced: "requests to KMS for a bucket that no service names" }];
  const uses = load.puts + load.gets;
  const what = "data keys of buckets";
  return rule?.bucketKeyEnabled === true
    ? [dataKeys(what, uses, world)]
    : [{ what, key: "kms.request", quantity: uses, basis: "usage" }];
};

const archiveLoad = (world: World) => ({
  puts: archivedOf(world),
  gets: world.usage.jobs * callsPerJob.archiveGets + world.usage.restores * callsPerRestore.archiveGets,
});
