/**
 * Looks everywhere, twice: each service lists what it has, and the tagging API lists what carries an owner. Only when every list came to
 * its end does "nothing found" mean that nothing is there; a list that did not is a failure.
 */
import { forEachOf } from "../pool.ts";
import type { Aws } from "./aws.ts";
import { type Claim, claimsFor, ownerIn, type Sought } from "./belonging.ts";
import type { Found, Lister } from "./lister.ts";
import { zoneKind } from "./listers/index.ts";
import { keyOf, kindOf, type Tagged, taggedIn } from "./tagged.ts";

/** A list that did not come to its end. */
export interface Failure {
  readonly service: string;
  readonly kind: string;
  readonly region: string;
  readonly cause: string;
}

/** Something of the sought that is there. */
export interface Leftover extends Claim {
  readonly kind: string;
  readonly region: string;
  readonly id: string;
  readonly name: string;
  /** What removes it, for a shell. */
  readonly command: string;
  /** Place in the order of removal. */
  readonly order: number;
  /** Absent: only the tagging API knows it, and nothing here can remove it. */
  readonly remove?: Found["remove"];
}

/** Something that is named still, although it is gone. */
export interface Echo {
  readonly owner: string;
  readonly kind: string;
  readonly region: string;
  readonly id: string;
  readonly why: string;
}

export interface Proof {
  readonly accountId: string;
  readonly regions: readonly string[];
  /** Lists that were asked for, and resources on them, whoever's. */
  readonly looked: { readonly lists: number; readonly resources: number };
  readonly leftovers: readonly Leftover[];
  readonly echoes: readonly Echo[];
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
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

interface Look {
  readonly service: string;
  readonly kind: string;
  readonly region: string;
  run(): Promise<void>;
}

interface Item extends Found {
  readonly lister: Lister;
  readonly region: string;
}

/** Lists that are read at a time. */
const together = 12;

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  return message.trim() === "" || message === "UnknownError" ? name : `${name}: ${message}`;
};

/** A service has no endpoint where it is not offered. */
const hasNoEndpoint = (error: unknown) => (error as { code?: unknown } | undefined)?.code === "ENOTFOUND";

export async function prove(options: ProveOptions): Promise<Proof> {
  const { aws, listers, sought } = options;
  const regions = await chosenRegions(aws, options.regions);
  const items: Item[] = [];
  const tagged: Tagged[] = [];
  const failures: Failure[] = [];

  const looks = looksOf();
  await lookAll(looks, aws, failures, options.onProgress);
  const { leftovers, echoes } = judge({ aws, listers, sought, items, tagged, failures });
  return {
    accountId: aws.accountId,
    regions,
    looked: { lists: looks.length, resources: items.length },
    leftovers,
    echoes,
    failures,
  };

  function looksOf(): Look[] {
    const byTags = [...new Set([...regions, aws.global])].map((region) => ({
      service: "resourcegroupstaggingapi",
      kind: "everything tagged",
      region,
      async run() {
        for await (const each of taggedIn(aws.at(region))) tagged.push(each);
      },
    }));
    const byService = listers.flatMap((lister) =>
      (lister.scope === "global" ? [aws.global] : regions).map((region) => ({
        service: lister.service,
        kind: lister.kind,
        region,
        async run() {
          for await (const found of lister.list(aws.at(region), aws)) {
            const item = { ...found, lister, region: found.region ?? region };
            if (lister.scope === "region" || found.region === undefined || regions.includes(item.region))
              items.push(item);
          }
        },
      })),
    );
    return [...byTags, ...byService];
  }
}

async function chosenRegions(aws: Aws, wanted: readonly string[] | undefined): Promise<readonly string[]> {
  const enabled = await aws.enabledRegions();
  const unknown = (wanted ?? []).filter((region) => !enabled.includes(region));
  if (unknown.length > 0) {
    throw new Error(
      `account ${aws.accountId} may not use ${unknown.join(", ")}: no such region, or it is not enabled, and what is there cannot be ` +
        `listed; enable it, or name some of ${enabled.join(", ")}`,
    );
  }
  return wanted ?? enabled;
}

async function lookAll(
  looks: readonly Look[],
  aws: Aws,
  failures: Failure[],
  onProgress: ProveOptions["onProgress"],
): Promise<void> {
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

interface Evidence {
  readonly aws: Aws;
  readonly listers: readonly Lister[];
  readonly sought: Sought;
  readonly items: readonly Item[];
  readonly tagged: readonly Tagged[];
  readonly failures: readonly Failure[];
}

const nameOf = ({ names, hosts = [], id }: Found) => [...names, ...hosts, id].find((name) => name !== "") ?? id;

/** A part has no longer way to its owner than: rule, group, interface, instance, VPC. */
const longestWay = 5;

/** Who owns each item: by what it says itself; else by what it is a part of. */
function ownersOf({ sought, items, tagged }: Evidence): Map<Item, Claim> {
  const tags = new Map(tagged.map((each) => [keyOf(each.arn), each.tags]));
  const whole = items.map((item) => ({ item, tags: item.tags ?? (item.arn && tags.get(keyOf(item.arn))) }));
  const owners = [...whole, ...tagged].flatMap((each) => ownerIn(each.tags || undefined) ?? []);
  const zones = items.filter(({ lister }) => lister.kind === zoneKind).flatMap(({ hosts = [] }) => hosts);
  const claimOf = claimsFor(sought, { owners, zones });

  const claims = new Map<Item, Claim>();
  const byId = new Map<string, Claim>();
  let silent: Item[] = [];
  const claim = (item: Item, found: Claim) => {
    claims.set(item, found);
    byId.set(item.id, found);
  };
  for (const { item, tags: known } of whole) {
    const found = claimOf(known ? { ...item, tags: known } : item);
    if (found === undefined) silent.push(item);
    else if (found !== "elsewhere") claim(item, found);
  }
  for (let way = 0; way < longestWay; way++) {
    const still: Item[] = [];
    for (const item of silent) {
      const container = (item.partOf ?? []).map((id) => byId.get(id)).find((found) => found !== undefined);
      if (container === undefined) still.push(item);
      else claim(item, { owner: container.owner, by: "place" });
    }
    silent = still;
  }
  return claims;
}

function judge(evidence: Evidence): Pick<Proof, "leftovers" | "echoes"> {
  const { listers } = evidence;
  const claims = [...ownersOf(evidence)];
  const echoes: Echo[] = [];
  const present: [Item, Claim][] = [];
  for (const [item, claim] of claims) {
    const { kind } = item.lister;
    if (item.gone === undefined) present.push([item, claim]);
    else echoes.push({ owner: claim.owner, kind, region: item.region, id: item.id, why: item.gone });
  }
  const there = new Set(present.map(([{ id }]) => id));
  const leftovers = present
    .filter(([{ goesWith }]) => goesWith === undefined || !there.has(goesWith))
    .map(([item, claim]) => ({
      ...claim,
      kind: item.lister.kind,
      region: item.region,
      id: item.id,
      name: nameOf(item),
      command: item.command ?? sweepCommand(claim.owner),
      order: listers.indexOf(item.lister),
      remove: item.remove,
    }));
  const only = taggedOnly(evidence);
  const sorted = [...leftovers, ...only.leftovers].sort(
    (a, b) => a.owner.localeCompare(b.owner) || a.region.localeCompare(b.region) || a.order - b.order,
  );
  return { leftovers: sorted, echoes: [...echoes, ...only.echoes] };
}

const sweepCommand = (owner: string) => `annofarm course empty --owner ${owner} --sweep`;

/** What the tagging API names and no list has: an echo where a list that would have it came to its end, a leftover otherwise. */
function taggedOnly({ listers, sought, items, tagged, failures }: Evidence): Pick<Proof, "leftovers" | "echoes"> {
  const listed = new Set(items.flatMap(({ arn }) => (arn === undefined ? [] : keyOf(arn))));
  const claimOf = claimsFor(sought, { owners: [], zones: [] });
  const leftovers: Leftover[] = [];
  const echoes: Echo[] = [];
  for (const { arn, region, tags } of tagged) {
    const claim = claimOf({ id: arn, names: [], tags, remove: async () => {} });
    if (claim === undefined || claim === "elsewhere" || listed.has(keyOf(arn))) continue;
    const resource = kindOf(arn);
    const lister = listers.find(({ arns }) => arns.some((start) => resource.startsWith(start)));
    const isKnown =
      lister !== undefined &&
      !failures.some(({ kind, region: at }) => kind === lister.kind && (at === region || lister.scope === "global"));
    if (isKnown) {
      const why = `the tagging API names it still; ${lister.service} itself, which was asked, has it no more`;
      echoes.push({ owner: claim.owner, kind: lister.kind, region, id: arn, why });
    } else {
      const [service = ""] = resource.split(":");
      const command = `# delete ${arn} in the console of ${service}, or take its tag away: ${untag(arn, region)}`;
      leftovers.push({
        ...claim,
        kind: service,
        region,
        id: arn,
        name: tags.Name ?? arn,
        command,
        order: listers.length,
      });
    }
  }
  return { leftovers, echoes };
}

const untag = (arn: string, region: string) =>
  `aws resourcegroupstaggingapi untag-resources --resource-arn-list ${arn} --tag-keys owner --region ${region}`;
