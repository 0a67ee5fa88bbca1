/** A proof as text, and as plain data. */
import type { Proof } from "./prove.ts";
import { isEmpty } from "./prove.ts";

const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

const signs = {
  tags: "by its tags",
  name: "by its name",
  "host name": "by its host name",
  place: "by what it is in",
} as const;

/** What the reader can do about a list that failed. */
function fixOf(cause: string, service: string): string {
  if (/AccessDenied|Unauthorized|NotAuthorized|Forbidden|403/.test(cause)) {
    return `allow these credentials to list ${service} (the managed policy ReadOnlyAccess does), or ask the account's administrator`;
  }
  if (/Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(cause))
    return "run this again when less is going on in the account";
  return "run this again; what stays says why";
}

function* failureLines({ failures }: Proof): Generator<string> {
  if (failures.length === 0) return;
  yield `Not listed: ${counted(failures.length, "list")}. What is on them is unknown, so nothing is proven.`;
  for (const { service, kind, region, cause } of failures) {
    yield `  ${service} in ${region} (${kind}): ${cause}`;
    yield `    → ${fixOf(cause, service)}`;
  }
  yield "";
}

function* leftoverLines({ leftovers }: Proof): Generator<string> {
  for (const owner of new Set(leftovers.map((each) => each.owner))) {
    const own = leftovers.filter((each) => each.owner === owner);
    yield `${owner}: ${counted(own.length, "resource")} left`;
    for (const { kind, region, name, id, by, command } of own) {
      yield `  ${region}  ${kind} ${name}${id === name ? "" : ` (${id})`}, ${signs[by]}`;
      yield `    → ${command}`;
    }
    yield "";
  }
}

/** Kinds that are gone but named still, with how many of each. */
function* echoLines({ echoes }: Proof): Generator<string> {
  const byWhy = new Map<string, number>();
  for (const { kind, why } of echoes) byWhy.set(`${kind}: ${why}`, (byWhy.get(`${kind}: ${why}`) ?? 0) + 1);
  if (byWhy.size > 0) yield "Gone, though still named:";
  for (const [text, count] of byWhy) yield `  ${count} × ${text}`;
  if (byWhy.size > 0) yield "";
}

function summary(proof: Proof, whose: string): string {
  const { accountId, regions, everywhere, looked, leftovers, failures } = proof;
  const extentOfRegions = everywhere ? `all ${regions.length} regions` : `${counted(regions.length, "region")} only`;
  const where = `account ${accountId}, ${extentOfRegions} (${regions.join(", ")})`;
  const extent = `${counted(looked.lists, "list")} with ${counted(looked.resources, "resource")} were read`;
  if (isEmpty(proof)) return `Nothing of ${whose} is left in ${where}: ${extent}.`;
  const found = leftovers.length === 0 ? "nothing found" : `${counted(leftovers.length, "resource")} left`;
  const unknown = failures.length === 0 ? "" : `, ${counted(failures.length, "list")} failed`;
  return `Not empty, or not proven to be: ${found}${unknown}, in ${where}: ${extent}.`;
}

/** @param whose what was looked for, in words: `stack gas`. */
export function reportOf(proof: Proof, whose: string): string {
  const lines = [...failureLines(proof), ...leftoverLines(proof), ...echoLines(proof), summary(proof, whose)];
  return `${lines.join("\n")}\n`;
}

/** Plain data for programs; nothing in it can remove anything. */
export function dataOf(proof: Proof) {
  return {
    empty: isEmpty(proof),
    ...proof,
    leftovers: proof.leftovers.map(({ remove: _, order: __, ...rest }) => rest),
  };
}
