/**
 * Which shared balancer leads to which stack, and at which place among its listener's rules. A stack keeps its place for as long as
 * it is there, whoever comes and goes; a place is free once its stack is gone. So no deployment of one stack touches another's rule.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { writePrivate } from "../private-file.ts";

const place = z.object({
  /** Number of the balancer, from 0. */
  balancer: z.number().int().min(0).max(49),
  /** Place of the rule, from 1; each is taken once on a balancer. */
  priority: z.number().int().min(1).max(50_000),
});
export type Allotment = Readonly<z.output<typeof place>>;
export type Allotments = Readonly<Record<string, Allotment>>;
const fileSchema = z.record(z.string(), place);

/** AWS's quotas of an application load balancer: rules (beside the default ones), target groups, targets. */
export const balancerQuotas = { rules: 100, targetGroups: 100, targets: 1000 } as const;

/** How many stacks one balancer holds, when each may have so many web instances. */
export function stacksPerBalancer(
  webMax: number,
  quotas: Readonly<Record<keyof typeof balancerQuotas, number>> = balancerQuotas,
) {
  const { rules, targetGroups, targets } = quotas;
  return Math.max(1, Math.min(rules, targetGroups, Math.floor(targets / Math.max(1, webMax))));
}

/**
 * Places for these stacks: those they have, and the first free ones for newcomers, by name.
 *
 * @param stacks all that are to have one: those of the course, and those that still stand though nobody owns them any more.
 */
export function allocate(before: Allotments, stacks: readonly string[], perBalancer: number): Allotments {
  const names = [...new Set(stacks)].sort();
  const kept = names.flatMap((name) => (before[name] === undefined ? [] : [[name, before[name]] as const]));
  const taken = new Map<number, Set<number>>();
  const takenOn = (balancer: number) => {
    const found = taken.get(balancer) ?? new Set<number>();
    taken.set(balancer, found);
    return found;
  };
  for (const [, { balancer, priority }] of kept) takenOn(balancer).add(priority);

  function firstFree(): Allotment {
    for (let balancer = 0; ; balancer++) {
      const priorities = takenOn(balancer);
      if (priorities.size >= perBalancer) continue;
      let priority = 1;
      while (priorities.has(priority)) priority++;
      priorities.add(priority);
      return { balancer, priority };
    }
  }
  const come = names.filter((name) => before[name] === undefined).map((name) => [name, firstFree()] as const);
  return Object.fromEntries([...kept, ...come].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many balancers these places need. */
export const balancersOf = (places: Allotments): number =>
  Object.values(places).reduce((most, { balancer }) => Math.max(most, balancer + 1), 0);

const fileOf = (stateDirectory: string) => join(stateDirectory, "places.json");

/** @throws {Error} naming the file that is not one. */
export function readPlaces(stateDirectory: string): Allotments {
  const file = fileOf(stateDirectory);
  if (!existsSync(file)) return {};
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new Error(`${file} does not hold the places of stacks; bring back a copy of it`, { cause });
  }
}

/** The file is whole or as it was. */
export const writePlaces = (stateDirectory: string, places: Allotments): void =>
  writePrivate(fileOf(stateDirectory), `${JSON.stringify(places, null, 2)}\n`);
