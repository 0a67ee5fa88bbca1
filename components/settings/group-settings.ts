/** What a stack's configuration says of a farm's warm pool, and of how many instances stay while others are replaced. */
import { ordered, rule } from "../base/validate.ts";
import { given } from "../bundle/service.ts";
import { type MaintenanceArgs, maintenanceRules } from "../group/maintenance.ts";
import type { WarmPoolArgs } from "../group/warm-pool.ts";
import type { settingsReader } from "./settings-reader.ts";

/** What both farms' groups are told beside their sizes. */
export interface GroupSettings {
  /** Instances of the web farm that have booted and wait; `undefined`: none. */
  readonly webWarmPool: WarmPoolArgs | undefined;
  /** Of the annotator farm. */
  readonly annotatorWarmPool: WarmPoolArgs | undefined;
  /** How many instances of the web farm are healthy while others are replaced; `undefined`: as AWS does it. */
  readonly webMaintenance: MaintenanceArgs | undefined;
  /** Of the annotator farm. */
  readonly annotatorMaintenance: MaintenanceArgs | undefined;
  /** Annotators on spot capacity, one on-demand. */
  readonly spot: boolean;
}

type Reader = ReturnType<typeof settingsReader>;
type Farm = "web" | "annotator";

/** Hibernated instances need a disk with room for their memory, which no setting gives: the components take them, with `diskGiB`. */
const poolStates = ["Stopped", "Running"] as const;

/** Both shares at once: AWS takes no policy with one of them. @throws {RangeError} when it is something else. */
function parseMaintenance(text: string): MaintenanceArgs {
  const [, min, max] = /^(\d{1,3}) ?%? to (\d{1,3}) ?%?$/.exec(text.trim()) ?? [];
  if (min === undefined || max === undefined) {
    const what = "the least and the greatest share of healthy instances, in per cent: 100 to 125";
    throw new RangeError(`${JSON.stringify(text)} does not give ${what}`);
  }
  return { minHealthyPercent: Number(min), maxHealthyPercent: Number(max) };
}

export function readGroups(reader: Reader): GroupSettings {
  const spot = reader.flag("spot", false);
  return {
    webWarmPool: readWarmPool(reader, "web", false),
    annotatorWarmPool: readWarmPool(reader, "annotator", spot),
    webMaintenance: readMaintenance(reader, "web"),
    annotatorMaintenance: readMaintenance(reader, "annotator"),
    spot,
  };
}

/** `undefined`: AWS replaces instances as it does without a policy. */
function readMaintenance({ parsed, path, note }: Reader, farm: Farm): MaintenanceArgs | undefined {
  const key = `${farm}Maintenance`;
  const maintenance = parsed(key, parseMaintenance);
  for (const each of maintenanceRules(maintenance)) {
    if (each) note({ path: path(key), reason: `${each.path.replace("maintenance.", "")}: ${each.reason}` });
  }
  return maintenance;
}

/** @param spot whether the farm has spot capacity. `undefined`: it has no pool. */
function readWarmPool(reader: Reader, farm: Farm, spot: boolean): WarmPoolArgs | undefined {
  const { optional, oneOf, whole, note, path } = reader;
  const key = `${farm}WarmPool`;
  const state = oneOf(key, poolStates);
  const figure = (name: string, min: number) => {
    const own = `${key}${name}`;
    if (optional(own) === undefined) return undefined;
    note(rule(path(own), optional(key) === undefined, `is of a warm pool; give ${path(key)} too, or leave it out`));
    return whole(own, min, { min, max: 1000, unit: "instances" });
  };
  const [min, maxPrepared] = [figure("Min", 0), figure("MaxPrepared", 1)];
  if (min !== undefined && maxPrepared !== undefined) {
    note(ordered([path(`${key}Min`), min], [path(`${key}MaxPrepared`), maxPrepared]));
  }
  if (state === undefined) return undefined;
  const reason = `cannot stand beside ${path("spot")}: AWS keeps no spot instances in a warm pool; leave one of both out`;
  note(rule(path(key), spot, reason));
  return { state, ...given({ min, maxPrepared }) };
}
