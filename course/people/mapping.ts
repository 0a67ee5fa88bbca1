/** Which pseudonym stands for whom. The one place where names and pseudonyms meet. */
import * as z from "zod";
import type { Mistake } from "../mistakes.ts";
import { type Person, teamKey } from "../roster/person.ts";
import type { Pseudonym } from "../types.ts";
import { type Draw, newPseudonym, pseudonymPattern } from "./pseudonym.ts";

const pseudonym = z.string().regex(pseudonymPattern);

const knownPerson = z.strictObject({
  pseudonym,
  /** Of every roster that the person ever stood in: see `Person.keys`. */
  keys: z.array(z.string()).min(1),
  id: z.string(),
  name: z.string(),
  email: z.string().optional(),
  section: z.string().optional(),
  /** Pseudonym of the person's team. */
  team: pseudonym.optional(),
  /** Whether the roster has the person now. A person who has left keeps the pseudonym, so that nobody else gets it. */
  here: z.boolean(),
});
export type KnownPerson = z.infer<typeof knownPerson>;

const knownTeam = z.strictObject({ pseudonym, key: z.string(), name: z.string() });
type KnownTeam = z.infer<typeof knownTeam>;

/** What the mapping file holds. */
export const mappingSchema = z.strictObject({
  version: z.literal(1),
  course: z.string(),
  people: z.array(knownPerson),
  teams: z.array(knownTeam),
});
export type Mapping = z.infer<typeof mappingSchema>;

export const emptyMapping = (course: string): Mapping => ({ version: 1, course, people: [], teams: [] });

const takenIn = ({ people, teams }: Mapping) => new Set([...people, ...teams].map((each) => each.pseudonym));

/** Teams in the order of the roster, old ones first. */
function joinTeams(before: Mapping, people: readonly Person[], draw: Draw | undefined): KnownTeam[] {
  const teams = new Map(before.teams.map((team) => [team.key, team]));
  const taken = takenIn(before);
  for (const { team } of people) {
    if (team === undefined || teams.has(teamKey(team))) continue;
    const name = newPseudonym("t", taken, draw);
    taken.add(name);
    teams.set(teamKey(team), { pseudonym: name, key: teamKey(team), name: team });
  }
  return [...teams.values()];
}

function entryOf(person: Person, name: Pseudonym, keys: readonly string[], team: KnownTeam | undefined): KnownPerson {
  const { id, email, section } = person;
  return {
    pseudonym: name,
    keys: [...new Set([...keys, ...person.keys])],
    id,
    name: person.name,
    ...(email !== undefined && { email }),
    ...(section !== undefined && { section }),
    ...(team !== undefined && { team: team.pseudonym }),
    here: true,
  };
}

/**
 * The mapping with everybody of the roster in it. A person with any key of a known one is that one; everybody else gets a new
 * pseudonym; those who are not in the roster stay, as away.
 *
 * @returns mistakes where one line of the roster has keys of two known people.
 */
export function joinPeople(
  before: Mapping,
  people: readonly Person[],
  draw?: Draw,
): { readonly mapping: Mapping; readonly mistakes: readonly Mistake[] } {
  const teams = joinTeams(before, people, draw);
  const teamOf = new Map(teams.map((team) => [team.key, team]));
  const byKey = new Map(before.people.flatMap((known) => known.keys.map((key) => [key, known] as const)));
  const entries = new Map(before.people.map((known) => [known.pseudonym, { ...known, here: false }]));
  const taken = takenIn({ ...before, teams });
  const [mistakes, claimed] = [[] as Mistake[], new Map<Pseudonym, number>()];
  for (const person of people) {
    const known = [...new Set(person.keys.flatMap((key) => byKey.get(key) ?? []))];
    const [one, other] = known;
    if (one !== undefined && other !== undefined) {
      const reason = `${person.id} has the id of ${one.pseudonym} and the address of ${other.pseudonym}, which are two people; correct the roster`;
      mistakes.push({ line: person.line, reason });
      continue;
    }
    const earlier = one === undefined ? undefined : claimed.get(one.pseudonym);
    if (one !== undefined && earlier !== undefined) {
      const reason = `${person.id} and line ${earlier} are the same person, ${one.pseudonym}, in an earlier roster; keep one of them`;
      mistakes.push({ line: person.line, reason });
      continue;
    }
    const name = one?.pseudonym ?? newPseudonym("s", taken, draw);
    taken.add(name);
    claimed.set(name, person.line);
    const team = person.team === undefined ? undefined : teamOf.get(teamKey(person.team));
    entries.set(name, entryOf(person, name, one?.keys ?? [], team));
  }
  return { mapping: { ...before, people: [...entries.values()], teams }, mistakes };
}

/** The pseudonym of a person of the roster; undefined for one whom the mapping does not know. */
export function pseudonymOf(mapping: Mapping, person: Person): Pseudonym | undefined {
  return mapping.people.find(({ keys }) => person.keys.some((key) => keys.includes(key)))?.pseudonym;
}
