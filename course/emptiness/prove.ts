/**
 * Looks everywhere, twice: each service lists what it has, and the tagging API lists what carries an owner. Only when every list came to
 * its end does "nothing found" mean that nothing is there; a list that did not is a failure.
 */
import { forEachOf } from "../pool.ts";
import type { Aws } from "./aws.ts";
import type { Sought } from "./belonging.ts";
import { type EmptinessVerdict, type Failure, type Item, inNoRegion } from "./evidence.ts";
import { judge } from "./judge.ts";
import type { Lister } from "./lister.ts";
import { type Tagged, taggedIn } from "./tagged.ts";

export interface Proof extends EmptinessVerdict {
  readonly accountId: string;
  readonly regions: readonly string[];
  /** Whether these are all regions that the account may use. */
  readonly everywhere: boolean;
  /** Lists that were asked for, and resources on them, whoever's. */
  readonly looked: { readonly lists: number; readonly resources: number };
  readonly failures: readonly Failure[];
}

/** Nothing is left, and nothing is unknown. */
export const isEmpty = ({ leftovers, failures }: Proof): boolean => leftovers.length === 0 && failures.length === 0;

export interface ProveOptions {
  readonly aws: Aws;
  readonly listers: readonly Lister[];
  readonly sought: Sought;
  /** Regions to look in; what is in no region is looked at as well. @default all that the account may use */
  readonly regions?: readonly string[];
  /** Where the stacks were deployed, if it is known: a region that is not enabled any more would hide all of them. */
  readonly home?: string;
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** One list of one region. */
interface Look {
  readonly service: string;
  readonly kind: string;
  readonly region: string;
  run(): Promise<void>;
}

/** Lists that are read at a time. */
const together = 12;

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // The SDK adds lines for its own developers.
  const [message = ""] = error.message.trim().split("\n");
  return message === "" || message === "UnknownError" ? error.name : `${error.name}: ${message}`;
};

/** A service has no endpoint where it is not offered. */
const hasNoEndpoint = (error: unknown) => (error as { code?: unknown } | undefined)?.code === "ENOTFOUND";

export async function prove(options: ProveOptions): Promise<Proof> {
  const { aws, listers, sought, home, onProgress } = options;
  const enabled = await aws.enabledRegions();
  const regions = [...new Set(options.regions ?? enabled)];
  checkEnabled(home === undefined ? regions : [home, ...regions], enabled, aws);
  const items: Item[] = [];
  const tagged: Tagged[] = [];
  const failures: Failure[] = [];
  const looks = [...tagLooks(), ...listers.flatMap(looksOf)];

  let done = 0;
  await forEachOf(looks, together, async (look) => {
    const { service, kind, region } = look;
    try {
      await look.run();
    } catch (error) {
      const cause = await whyFailed(error, look, aws);
      if (cause !== undefined) failures.push({ service, kind, region, cause });
    }
    done += 1;
    onProgress?.(done, looks.length, `${kind} in ${region}`);
  });
  return {
    accountId: aws.accountId,
    regions,
    everywhere: enabled.every((region) => regions.includes(region)),
    looked: { lists: looks.length, resources: items.length },
    ...judge({ listers, sought, regions, items, tagged, failures }),
    failures,
  };

  function tagLooks(): Look[] {
    const places = [...new Set([...regions, aws.global])];
    return places.map((region) => ({
      service: "resourcegroupstaggingapi",
      kind: "everything tagged",
      region,
      async run() {
        for await (const each of taggedIn(aws.at(region))) tagged.push(each);
      },
    }));
  }

  function looksOf(lister: Lister): Look[] {
    const { service, kind, scope } = lister;
    return (scope === "global" ? [aws.global] : regions).map((region) => ({
      service,
      kind,
      region,
      async run() {
        const where = scope === "global" ? inNoRegion : region;
        for await (const found of lister.list(aws.at(region), aws)) items.push({ region: where, ...found, lister });
      },
    }));
  }
}

function checkEnabled(regions: readonly string[], enabled: readonly string[], { accountId }: Aws): void {
  const unknown = regions.filter((region) => !enabled.includes(region));
  if (unknown.length === 0) return;
  throw new Error(
    `account ${accountId} may not use ${unknown.join(", ")}: no such region, or it is not enabled, and what is there cannot be ` +
      `listed; enable it, or name some of ${enabled.join(", ")}`,
  );
}

/** @returns undefined where AWS itself says that it does not offer the service: nothing of it can be there. */
async function whyFailed(error: unknown, { service, region }: Look, aws: Aws): Promise<string | undefined> {
  const cause = causeOf(error);
  if (!hasNoEndpoint(error)) return cause;
  try {
    return (await aws.offers(service, region)) ? cause : undefined;
  } catch (unread) {
    return `${cause}; whether AWS offers it there is unknown as well (${causeOf(unread)})`;
  }
}
