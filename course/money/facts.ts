/**
 * Facts: what the course has learned of one stack's use, one line of a file each, in the order of learning. EC2 forgets an
 * instance an hour after its end and Auto Scaling an activity after six weeks, so what has to be paid for is written down when it
 * is seen. A fact that is written twice changes nothing.
 */
import * as z from "zod";
import type { SeenActivity, SeenInstance } from "./account.ts";

const time = z.iso.datetime().transform((text) => Date.parse(text));
const at = { at: time };

const instanceFact = z.object({
  kind: z.literal("instance"),
  ...at,
  id: z.string(),
  group: z.string().optional(),
  type: z.string(),
  spot: z.boolean(),
  launchedAt: time,
  runs: z.boolean(),
  endedAt: time.optional(),
});
const activityFact = z.object({
  kind: z.literal("activity"),
  ...at,
  id: z.string(),
  group: z.string(),
  instanceId: z.string(),
  what: z.enum(["launch", "terminate"]),
  startedAt: time,
  endedAt: time.optional(),
  status: z.enum(["under way", "done", "failed"]),
});
/** EC2 knows no such instance any more. */
const missingFact = z.object({ kind: z.literal("missing"), ...at, id: z.string() });
export const factSchema = z.discriminatedUnion("kind", [instanceFact, activityFact, missingFact]);
/** Times are epoch milliseconds in memory, ISO 8601 on disk. `at`: when it was learned. */
export type Fact = z.output<typeof factSchema>;
export type InstanceFact = z.output<typeof instanceFact>;
export type ActivityFact = z.output<typeof activityFact>;

const times = new Set(["at", "launchedAt", "endedAt", "startedAt"]);

/** A fact as its line of the file. */
export const factLine = (fact: Fact): string =>
  JSON.stringify(fact, (key, value) => (times.has(key) ? new Date(value).toISOString() : value));

/** What was seen of one stack at one time. */
export interface StackLook {
  readonly at: number;
  readonly instances: readonly SeenInstance[];
  readonly activities: readonly SeenActivity[];
}

/** What makes a fact news: all of it but when it was learned. */
const said = ({ at: _, ...fact }: Fact): string => JSON.stringify(fact, Object.keys(fact).sort());

const subjectOf = ({ kind, id }: Fact): string => (kind === "activity" ? `activity ${id}` : `instance ${id}`);

/** The last fact of each subject. */
function latest(facts: readonly Fact[]): Map<string, Fact> {
  return new Map(facts.map((fact) => [subjectOf(fact), fact]));
}

/** What a look adds to what is known. An instance that was known to run and is not described any more is missing. */
export function news(known: readonly Fact[], look: StackLook): Fact[] {
  const { at: now } = look;
  const before = latest(known);
  const activities = look.activities.map(({ owner: _, ...each }): Fact => ({ kind: "activity", at: now, ...each }));
  const instances = look.instances.map(({ owner: _, ...each }): Fact => ({ kind: "instance", at: now, ...each }));
  const described = new Set(look.instances.map(({ id }) => id));
  const launched = [...before.values(), ...activities].flatMap((fact) => {
    if (fact.kind === "instance" && fact.runs) return [fact.id];
    // Known by its activity only: launched and ended between two looks, unless EC2 still has it.
    const isLaunch = fact.kind === "activity" && fact.what === "launch" && fact.status === "done";
    return isLaunch && !before.has(`instance ${fact.instanceId}`) ? [fact.instanceId] : [];
  });
  const missing = [...new Set(launched)]
    .filter((id) => !described.has(id))
    .map((id): Fact => ({ kind: "missing", at: now, id }));
  return [...activities, ...instances, ...missing].filter((fact) => {
    const last = before.get(subjectOf(fact));
    return last === undefined || said(last) !== said(fact);
  });
}
