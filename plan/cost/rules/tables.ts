/** DynamoDB tables on demand. */
import type { PlannedResource } from "../../types.ts";
import { asInputs, asList } from "../declared.ts";
import type { Pricing, Rule, World } from "../types.ts";
import { assumed, callsPerJob, callsPerRestore, hoursPerMonth } from "../usage.ts";
import { dataKeys } from "./keys.ts";

const gigabyte = 1e9;

interface Load {
  readonly writes: number;
  readonly reads: number;
  readonly bytes: number;
}

const nothing: Load = { writes: 0, reads: 0, bytes: 0 };

/** Each write of an item is one more in every index that holds the item: the sparse ones only now and then. */
function indexesHeld({ inputs }: PlannedResource): number {
  const always = new Set(["job_id", "user_id", "submit_time"]);
  const hashOf = (index: unknown) => {
    const keys = asList(asInputs(index).keySchemas).map(asInputs);
    return String(asInputs(index).hashKey ?? keys.find(({ keyType }) => keyType === "HASH")?.attributeName);
  };
  return asList(inputs.globalSecondaryIndexes).filter((index) => always.has(hashOf(index))).length;
}

/** Written while a topic has still to be told: into the sparse index and out again, for each of two topics. */
const sparseWritesPerJob = 4;

function loadOf(table: PlannedResource, { declared, capacities, usage }: World): Load {
  const webHours = capacities
    .filter(({ host }) => host.manifest?.services.some(({ name }) => name === "web"))
    .reduce((sum, { mean }) => sum + mean * usage.upHours, 0);
  const healthReads = (webHours * assumed.healthReadsPerInstanceHour) / 2;
  const archived = usage.jobs * (1 - usage.premiumPercent / 100);
  switch (declared.purposeOf(table)) {
    case "ANNOTATIONS_TABLE": {
      const base =
        usage.jobs * callsPerJob.tableWrites +
        archived * callsPerJob.archiveWrites +
        usage.restores * callsPerRestore.tableWrites;
      const copies = 1 + indexesHeld(table);
      return {
        writes: base * copies + usage.jobs * sparseWritesPerJob,
        reads: usage.jobs * callsPerJob.tableReads + healthReads,
        bytes: usage.jobs * usage.keptMonths * assumed.itemBytes * copies,
      };
    }
    // A job asks for its user's role and address three times: on submission, before mailing, before archiving.
    case "USERS_TABLE":
      return { ...nothing, reads: usage.jobs * 3 + healthReads, bytes: assumed.itemBytes };
    default:
      return nothing;
  }
}

/** Services whose environment names the table. */
const callers = ({ outputs }: PlannedResource, { declared }: World): number =>
  declared.hosts
    .flatMap(({ manifest }) => manifest?.services ?? [])
    .filter(({ environment }) => Object.values(environment).includes(String(outputs.name))).length;

export const table: Rule = (resource, world) => {
  const { inputs } = resource;
  // The provider's default is provisioned capacity.
  if (inputs.billingMode !== "PAY_PER_REQUEST") return [{ notPriced: "provisioned capacity" }];
  const { writes, reads, bytes } = loadOf(resource, world);
  if (writes + reads + bytes === 0) return [{ free: "nothing is read or written in this profile" }];
  const stored = (bytes / gigabyte) * (world.usage.upHours / hoursPerMonth);
  const recovery: Pricing[] =
    asInputs(inputs.pointInTimeRecovery).enabled === true
      ? [{ what: "point-in-time recovery", key: "dynamodb.pitrGbMonth", quantity: stored, basis: "usage" }]
      : [];
  // For each service that uses the table: DynamoDB asks in its caller's name.
  const encrypted =
    asInputs(inputs.serverSideEncryption).enabled === true
      ? [dataKeys("data keys of tables", writes + reads, world, callers(resource, world))]
      : [];
  return [
    { what: "table writes", key: "dynamodb.write", quantity: writes, basis: "usage" },
    { what: "table reads", key: "dynamodb.read", quantity: reads, basis: "usage" },
    { what: "table storage", key: "dynamodb.gbMonth", quantity: stored, basis: "usage" },
    ...recovery,
    ...encrypted,
  ];
};
