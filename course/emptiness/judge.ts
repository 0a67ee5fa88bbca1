/** Evidence → what is left of the sought, and what is only named still. */
import { type Claim, claimsFor, ownerIn } from "./belonging.ts";
import { type Echo, type EmptinessVerdict, type Evidence, type Item, inNoRegion, type Leftover } from "./evidence.ts";
import type { Found, Tags } from "./lister.ts";
import { zoneKind } from "./listers/index.ts";
import { keyOf, kindOf } from "./tagged.ts";

/** No part has a longer way to its owner than: rule, group, interface, instance, VPC. */
const longestWay = 5;

/** What a service tells of its resources' tags, and the tagging API beside it. */
function withTags({ items, tagged }: Evidence): { item: Item; tags: Tags }[] {
  const byKey = new Map(tagged.map(({ arn, tags }) => [keyOf(arn), tags]));
  return items.map((item) => ({
    item,
    tags: { ...(item.arn === undefined ? {} : byKey.get(keyOf(item.arn))), ...item.tags },
  }));
}

/** Who owns each item: by what it says itself; else by what it is a part of. */
function ownersOf(evidence: Evidence): Map<Item, Claim> {
  const whole = withTags(evidence);
  const owners = [...whole, ...evidence.tagged].flatMap(({ tags }) => ownerIn(tags) ?? []);
  const zones = evidence.items.filter(({ lister }) => lister.kind === zoneKind).flatMap(({ hosts = [] }) => hosts);
  const claimOf = claimsFor(evidence.sought, { owners, zones });

  const claims = new Map<Item, Claim>();
  const byId = new Map<string, Claim>();
  let silent: Item[] = [];
  const claim = (item: Item, found: Claim) => {
    claims.set(item, found);
    if (!item.holdsOthers) byId.set(item.id, found);
  };
  for (const { item, tags } of whole) {
    const found = claimOf({ ...item, tags });
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

const nameOf = ({ names, hosts = [], id }: Found) => [...names, ...hosts, id].find((name) => name !== "") ?? id;

const sweepCommand = (owner: string) => `annofarm course empty --owner ${owner} --sweep`;

function leftoverOf(item: Item, claim: Claim, { listers }: Evidence): Leftover {
  return {
    ...claim,
    kind: item.lister.kind,
    region: item.region,
    id: item.id,
    name: nameOf(item),
    command: item.command ?? sweepCommand(claim.owner),
    order: listers.indexOf(item.lister),
    remove: item.remove,
  };
}

/** What services list themselves. */
function listed(evidence: Evidence): EmptinessVerdict {
  const isLookedAt = ({ region }: Item) => region === inNoRegion || evidence.regions.includes(region);
  const echoes: Echo[] = [];
  const present: [Item, Claim][] = [];
  for (const [item, claim] of ownersOf(evidence)) {
    const { region, id, gone } = item;
    if (!isLookedAt(item)) continue;
    if (gone === undefined) present.push([item, claim]);
    else echoes.push({ owner: claim.owner, kind: item.lister.kind, region, id, why: gone });
  }
  const there = new Set(present.map(([{ id }]) => id));
  const byItself = present.filter(([{ goesWith }]) => goesWith === undefined || !there.has(goesWith));
  return { leftovers: byItself.map(([item, claim]) => leftoverOf(item, claim, evidence)), echoes };
}

const untag = (arn: string, region: string) =>
  `aws resourcegroupstaggingapi untag-resources --resource-arn-list ${arn} --tag-keys owner --region ${region}`;

/** What the tagging API names and no list has: an echo where a list that would have it came to its end, a leftover otherwise. */
function taggedOnly({ listers, sought, regions, items, tagged, failures }: Evidence): EmptinessVerdict {
  const known = new Set(items.flatMap(({ arn }) => (arn === undefined ? [] : keyOf(arn))));
  const claimOf = claimsFor(sought, { owners: [], zones: [] });
  const leftovers: Leftover[] = [];
  const echoes: Echo[] = [];
  for (const { arn, region, tags } of tagged) {
    const claim = claimOf({ id: arn, names: [], tags, remove: async () => {} });
    if (claim === undefined || claim === "elsewhere" || known.has(keyOf(arn))) continue;
    const isInNoRegion = arn.split(":")[3] === "";
    if (!isInNoRegion && !regions.includes(region)) continue;
    const resource = kindOf(arn);
    const lister = listers.find(({ arns }) => arns.some((start) => resource.startsWith(start)));
    const hasFailed = ({ kind, region: at }: { kind: string; region: string }) =>
      kind === lister?.kind && (at === region || lister.scope === "global");
    if (lister !== undefined && !failures.some(hasFailed)) {
      const why = `the tagging API names it still; ${lister.service} itself, which was asked, has it no more`;
      echoes.push({ owner: claim.owner, kind: lister.kind, region, id: arn, why });
      continue;
    }
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
  return { leftovers, echoes };
}

export function judge(evidence: Evidence): EmptinessVerdict {
  const [lists, tags] = [listed(evidence), taggedOnly(evidence)];
  const leftovers = [...lists.leftovers, ...tags.leftovers].sort(
    (a, b) => a.owner.localeCompare(b.owner) || a.region.localeCompare(b.region) || a.order - b.order,
  );
  return { leftovers, echoes: [...lists.echoes, ...tags.echoes] };
}
