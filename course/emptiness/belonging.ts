/**
 * Whose a resource is. A resource's own word comes first: its tags, then its names, then the host names it serves, and for what has
 * none of these, what it is a part of.
 *
 * A name belongs to the longest owner that it begins with and that is known: `gas-abc-web` is `gas-abc`'s when anything in the account
 * carries that owner in its tags, and `gas`'s otherwise. `gas-abcd-web` is never `gas-abc`'s, because owners end at a hyphen.
 */
import { pseudonymPattern } from "../people/pseudonym.ts";
import { sharedStack } from "../plan/sharing.ts";
import type { Found, Tags } from "./lister.ts";

/** Whose resources are looked for. */
export interface Sought {
  /** Stacks by the setting `annofarm:owner`. */
  readonly owners: readonly string[];
  /** A course's name: every stack of it is looked for, also those that no roster has any more, and what its stacks share. */
  readonly course?: string;
  /** Project that tags must name where they name one. @default any */
  readonly project?: string;
  /** Domains whose next label is an owner, beside the account's hosted zones. */
  readonly domains?: readonly string[];
}

/** By which sign a resource was found to be somebody's. */
type Sign = "tags" | "name" | "host name" | "place";

export interface Claim {
  readonly owner: string;
  readonly by: Sign;
}

/** What the whole account tells. */
export interface Surroundings {
  /** All values of the tag `owner`. */
  readonly owners: Iterable<string>;
  /** Names of hosted zones. */
  readonly zones: readonly string[];
}

/** The tags of `tagEverything` in the program's components. */
export const ownerTag = "owner";
const projectTag = "project";

export const ownerIn = (tags: Tags | undefined): string | undefined => tags?.[ownerTag];

/** Whether a name is one of a course's stacks: the course's, a hyphen, and the pseudonym of a person or a team. */
export const isStackOf = (course: string, name: string): boolean =>
  name.startsWith(`${course}-`) && pseudonymPattern.test(name.slice(course.length + 1));

/** Beginnings of a name that end where one of its words does, the longest first: `a-b-c` → `a-b-c`, `a-b`, `a`. */
function* beginnings(name: string): Generator<string> {
  // Parameters stand under a path: `/<owner>/…`.
  const [first = ""] = name.replace(/^\//, "").split("/");
  for (let end = first.length; end > 0; end = first.lastIndexOf("-", end - 1)) yield first.slice(0, end);
}

/** The label in front of a domain: of `www.gas.example.org` and `example.org` it is `gas`. */
function labelBefore(host: string, domain: string): string | undefined {
  return host.endsWith(`.${domain}`)
    ? host
        .slice(0, -domain.length - 1)
        .split(".")
        .at(-1)
    : undefined;
}

/** Tells what is sought from everything else, by what a resource says itself; `elsewhere`: it says that it is another's. */
export function claimsFor(sought: Sought, around: Surroundings): (found: Found) => Claim | "elsewhere" | undefined {
  const { course } = sought;
  const shared = course === undefined ? [] : [course, sharedStack(course)];
  const exact = new Set([...sought.owners, ...shared]);
  const isSought = (owner: string) => exact.has(owner) || (course !== undefined && isStackOf(course, owner));
  const others = new Set(around.owners);
  const domains = [...around.zones, ...(sought.domains ?? [])];
  const ownerOf = (name: string) => {
    for (const owner of beginnings(name)) if (isSought(owner) || others.has(owner)) return owner;
    return undefined;
  };

  return ({ tags, names, hosts = [] }) => {
    const tagged = ownerIn(tags);
    const project = tags?.[projectTag];
    if (tagged !== undefined) {
      const isProject = sought.project === undefined || project === undefined || project === sought.project;
      return isSought(tagged) && isProject ? { owner: tagged, by: "tags" } : "elsewhere";
    }
    for (const name of names) {
      const owner = ownerOf(name);
      if (owner !== undefined) return isSought(owner) ? { owner, by: "name" } : "elsewhere";
    }
    for (const host of hosts) {
      for (const domain of domains) {
        const label = labelBefore(host, domain);
        if (label !== undefined && isSought(label)) return { owner: label, by: "host name" };
      }
    }
    return undefined;
  };
}
