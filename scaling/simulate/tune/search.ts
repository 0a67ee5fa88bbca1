/**
 * The search: points spread over the space race each other; then, around the best of them, those race along that differ from it in one
 * axis, until none of these is better.
 */
import type { Candidate } from "../compare/compare.ts";
import type { Variant } from "../compare/variants.ts";
import { onlyGroup } from "../farm.ts";
import { hopefuls, type Race, type Racer, race, racerOf } from "./race.ts";
import { neighbours, type Point, pointsOf, type Space, settingsKey } from "./space.ts";

/** Times that points are spread over the space. */
const spreadsMost = 5;
/** Times that the neighbours of the best are looked at. */
const sweepsMost = 4;
/** Settings that these look at, at most. */
export const refinedMost = 40;

/** A setting that the program does not take. */
export interface Refusal {
  readonly variant: Variant;
  readonly reason: string;
}

export interface Found {
  readonly racers: readonly Racer[];
  readonly declared: Racer;
  readonly refused: readonly Refusal[];
}

export interface SearchOptions {
  /** Settings that are looked at first. */
  readonly count: number;
  readonly rules: Race;
  /** The program under settings. @throws {Error} when it does not take them. */
  candidateOf(variant: Variant): Promise<Candidate>;
}

/** Those that are looked at, each once. */
function createField({ candidateOf }: SearchOptions, declared: Racer) {
  const racers: Racer[] = [declared];
  const pointOf = new Map<Racer, Point>();
  const refused: Refusal[] = [];
  const seen = new Set([settingsKey(declared.candidate.variant)]);
  return {
    racers,
    refused,
    pointOf,
    /** Whether a setting is new. */
    isNew: (variant: Variant | undefined): variant is Variant =>
      variant !== undefined && !seen.has(settingsKey(variant)),
    async add(variant: Variant, point?: Point): Promise<void> {
      seen.add(settingsKey(variant));
      try {
        const racer = racerOf(await candidateOf(variant));
        racers.push(racer);
        if (point !== undefined) pointOf.set(racer, point);
      } catch (error) {
        refused.push({ variant, reason: error instanceof Error ? error.message : String(error) });
      }
    },
  };
}

type Field = ReturnType<typeof createField>;

async function addFirst(space: Space, field: Field, { count, rules }: SearchOptions): Promise<void> {
  for (const variant of space.starts) if (field.isNew(variant)) await field.add(variant);
  // Not every point is a setting of its own.
  for (let spread = 0; spread < spreadsMost; spread++) {
    for (const point of pointsOf(space, count, rules.seed + spread)) {
      if (field.racers.length + field.refused.length >= count) return;
      const variant = space.variantAt(point);
      if (field.isNew(variant)) await field.add(variant, point);
    }
  }
}

/** The best that is a point: the cheapest hopeful, else what has met the goal most often. */
function centreOf({ racers, pointOf }: Field, rules: Race): Racer | undefined {
  const share = ({ met, trials }: Racer) => met / Math.max(1, trials.length);
  const points = racers.filter((each) => pointOf.has(each));
  return hopefuls(points, rules)[0] ?? [...points].sort((a, b) => share(b) - share(a))[0];
}

async function refine(space: Space, field: Field, { rules }: SearchOptions, most: number): Promise<void> {
  let centre: Racer | undefined;
  for (let sweep = 0; sweep < sweepsMost; sweep++) {
    const next = centreOf(field, rules);
    if (next === undefined || next === centre) return;
    centre = next;
    for (const point of neighbours(space, field.pointOf.get(centre) as Point)) {
      if (field.racers.length + field.refused.length >= most) return;
      const variant = space.variantAt(point);
      if (field.isNew(variant)) await field.add(variant, point);
    }
    await race(field.racers, rules);
  }
}

/** Equal for candidates that are simulated and priced alike. */
const fingerprint = ({ scenario: { plan, group, service }, cost }: Candidate): string =>
  JSON.stringify([onlyGroup(plan, group), service, cost({ instanceHours: 1, stoppedHours: 1 }, 1)]);

/** @throws {RangeError} when nothing that is varied is part of the program, or it takes none of it. */
function requireEffect({ racers, refused }: Field): void {
  const [first] = refused;
  if (racers.length === 1 && first !== undefined) {
    throw new RangeError(
      `the program takes none of the ${refused.length} settings. ${first.variant.name}: ${first.reason}`,
    );
  }
  const [declared, ...others] = racers.map(({ candidate }) => fingerprint(candidate));
  if (others.length > 0 && others.every((each) => each === declared)) {
    throw new RangeError(
      "no setting changes what the program declares for this group; name its own settings by --vary",
    );
  }
}

/** Looks at so many settings, at most `count + refinedMost`. */
export async function search(space: Space, options: SearchOptions): Promise<Found> {
  const declared = racerOf(await options.candidateOf({ name: "as declared", config: {} }));
  const field = createField(options, declared);
  await addFirst(space, field, options);
  requireEffect(field);
  await race(field.racers, options.rules);
  await refine(space, field, options, options.count + refinedMost);
  return { racers: field.racers, declared, refused: field.refused };
}
