/**
 * The settings of the service's own program, as a space. Figures follow from the load and from what an instance gets through, so they
 * fit every load: shares of an instance's throughput, of the instances that the load needs at its busiest, of a job's duration.
 */
import { needBeyond, needOf } from "../compare/need.ts";
import type { Variant } from "../compare/variants.ts";
import { scheduleFor } from "../compare/variants.ts";
import type { Scenario } from "../model.ts";
import type { Axis, Point, Space } from "./space.ts";

/** An instance type with the scenario on instances of it; without a name, the declared one. */
export interface Kind {
  readonly type: string | undefined;
  readonly scenario: Scenario;
}

export interface SpaceValues {
  readonly farm: "web" | "annotator";
  /** One at least. */
  readonly kinds: readonly Kind[];
  /** Smallest and greatest sizes; none: they follow from the load. */
  readonly bounds: readonly (readonly [min: number, max: number])[];
  /** Levers that stay as they are declared. */
  readonly keep: readonly string[];
}

/** A lever: positions, and what each sets for a farm whose other levers are set. `undefined`: it cannot be. */
interface Lever {
  readonly name: string;
  readonly ordered: boolean;
  readonly positions: readonly ((chosen: Chosen) => Chosen | undefined)[];
}

interface Chosen {
  readonly kind: Kind;
  readonly words: readonly string[];
  readonly config: Readonly<Record<string, string>>;
  readonly min: number;
  readonly max: number;
  /** Whether the policy takes a figure. */
  readonly takesFigure: boolean;
}

/** Shares of an instance's throughput that its policy aims at. */
const throughputShares = [0.4, 0.5, 0.6, 2 / 3, 0.75, 0.85, 0.95] as const;
/** Durations of a job that a job may wait. */
const waits = [1, 1.5, 2, 3, 5, 8] as const;
/** Shares of the instances that the load needs at its busiest. */
const leastShares = [0, 0.25, 0.5, 0.75, 1, 1.25] as const;
const greatestShares = [1, 1.25, 1.5, 2] as const;
/** Minutes before the load, and the share of what it needs, that a schedule makes room. */
const schedules = [
  { lead: 5, share: 1 },
  { lead: 10, share: 0.75 },
  { lead: 10, share: 1 },
  { lead: 20, share: 1 },
  { lead: 10, share: 1.25 },
] as const;

/** Words of `webScaling` and `annotatorScaling`; whether they take a figure. */
const policies = {
  web: { recommended: true, requestsPerTarget: true, course: false },
  annotator: { recommended: true, backlogPerInstance: true, course: false },
} as const;
const policyNames: Readonly<Record<string, string>> = {
  requestsPerTarget: "target tracking",
  backlogPerInstance: "target tracking",
};

const groupOf = ({ plan, group }: Scenario) => plan.groups.find(({ name }) => name === group);

/** Looked up for every point. */
const needs = new WeakMap<Kind, readonly number[]>();

/** Instances that the load needs by the minute, whatever the declared maximum. */
function needed(kind: Kind): readonly number[] {
  const known = needs.get(kind);
  if (known !== undefined) return known;
  const { scenario } = kind;
  const groups = scenario.plan.groups.map((group) => ({ ...group, max: Number.POSITIVE_INFINITY }));
  const { instances } = needOf({ ...scenario, plan: { ...scenario.plan, groups } });
  needs.set(kind, instances);
  return instances;
}

/** No search goes below two instances by itself, in zones of their own, nor below fewer where fewer are declared. */
const floorOf = (scenario: Scenario): number => Math.min(2, Math.max(1, groupOf(scenario)?.min ?? 2));

const mostOf = (kind: Kind): number => Math.max(...needed(kind));

const withConfig = (chosen: Chosen, word: string | undefined, config: Readonly<Record<string, string>>): Chosen => ({
  ...chosen,
  words: word === undefined ? chosen.words : [...chosen.words, word],
  config: { ...chosen.config, ...config },
});

const types = ({ kinds }: SpaceValues): Lever => ({
  name: "type",
  ordered: false,
  positions: kinds.map(
    (kind) => (chosen) =>
      kind.type === undefined
        ? { ...chosen, kind }
        : withConfig({ ...chosen, kind }, kind.type, { instanceType: kind.type }),
  ),
});

const policyOf = ({ farm }: SpaceValues): Lever => ({
  name: "policy",
  ordered: false,
  positions: Object.entries(policies[farm]).map(
    ([word, takesFigure]) =>
      (chosen) =>
        withConfig({ ...chosen, takesFigure }, policyNames[word] ?? word, { [`${farm}Scaling`]: word }),
  ),
});

/** To two digits: nobody configures 1,637 requests. */
const rounded = (value: number): number => Math.max(1, Number(value.toPrecision(2)));

function figureOf({ farm }: SpaceValues): Lever {
  const positions = farm === "web" ? throughputShares : waits;
  const at = (share: number) => (chosen: Chosen) => {
    const { service } = chosen.kind.scenario;
    if (!chosen.takesFigure) return chosen;
    if (service.kind === "web") {
      const each = rounded(share * service.rate * 60);
      return withConfig(chosen, `at ${each.toLocaleString("en-US")} requests/min`, { webRequestsPerTarget: `${each}` });
    }
    const job = Math.max(1, Math.round(service.jobSeconds));
    const wait = Math.round(share * job);
    return withConfig(chosen, `at a wait of ${wait} s`, {
      annotatorJobTakes: `${job} seconds`,
      annotatorAcceptableWait: `${wait} seconds`,
    });
  };
  return { name: "figure", ordered: true, positions: positions.map(at) };
}

function sized({ farm }: SpaceValues, chosen: Chosen, min: number, max: number): Chosen {
  return withConfig({ ...chosen, min, max }, `${min} to ${max}`, {
    [`${farm}Min`]: `${min}`,
    [`${farm}Max`]: `${max}`,
  });
}

function boundsOf(values: SpaceValues): Lever[] {
  if (values.bounds.length > 0) {
    const positions = values.bounds.map(
      ([min, max]) =>
        (chosen: Chosen) =>
          sized(values, chosen, min, max),
    );
    return [{ name: "bounds", ordered: false, positions }];
  }
  const least = leastShares.map((share) => (chosen: Chosen): Chosen => {
    const { scenario } = chosen.kind;
    return { ...chosen, min: Math.max(floorOf(scenario), Math.ceil(share * mostOf(chosen.kind))) };
  });
  const greatest = greatestShares.map((share) => (chosen: Chosen) => {
    const max = Math.max(floorOf(chosen.kind.scenario), Math.ceil(share * mostOf(chosen.kind)));
    return chosen.min > max ? undefined : sized(values, chosen, chosen.min, max);
  });
  return [
    { name: "min", ordered: true, positions: least },
    { name: "max", ordered: true, positions: greatest },
  ];
}

/** Stopped instances alone: what runs in a pool costs as much as in the group, and serves later. */
const poolOf = ({ farm }: SpaceValues): Lever => ({
  name: "pool",
  ordered: true,
  positions: [
    (chosen) => chosen,
    ...[1, 1.5].map((share) => (chosen: Chosen) => {
      const prepared = Math.min(chosen.max, Math.ceil(share * mostOf(chosen.kind)));
      if (prepared <= chosen.min) return undefined;
      return withConfig(chosen, `a stopped pool up to ${prepared}`, {
        [`${farm}WarmPool`]: "Stopped",
        [`${farm}WarmPoolMaxPrepared`]: `${prepared}`,
      });
    }),
  ],
});

const scheduleOf = ({ farm }: SpaceValues): Lever => ({
  name: "schedule",
  ordered: false,
  positions: [
    (chosen) => chosen,
    ...schedules.map(({ lead, share }) => (chosen: Chosen) => {
      const { scenario } = chosen.kind;
      const need = needBeyond(needed(chosen.kind), chosen.min);
      const size = Math.min(chosen.max, Math.ceil(share * need.most));
      const text = scheduleFor(need, chosen.min, scenario.begins ?? 0, { lead, size });
      if (text === undefined || size <= chosen.min) return undefined;
      return withConfig(chosen, `${size} from ${lead} min before`, { [`${farm}Schedule`]: text });
    }),
  ],
});

export const leverNames = ["type", "policy", "figure", "bounds", "pool", "schedule"] as const;

function leversOf(values: SpaceValues): Lever[] {
  const { keep } = values;
  const named: readonly (readonly [(typeof leverNames)[number], readonly Lever[]])[] = [
    ["type", [types(values)]],
    ["policy", [policyOf(values)]],
    ["figure", [figureOf(values)]],
    ["bounds", boundsOf(values)],
    ["pool", [poolOf(values)]],
    ["schedule", [scheduleOf(values)]],
  ];
  return named.flatMap(([name, levers]) => (keep.includes(name) ? [] : levers));
}

/** The largest farm of the space, all the time: what this does not reach, no policy within its bounds does. */
function ceilingOf(values: SpaceValues): Variant {
  const { farm, kinds, bounds } = values;
  const kind = kinds[0] as Kind;
  const most =
    bounds.length > 0
      ? Math.max(...bounds.map(([, max]) => max))
      : Math.ceil(mostOf(kind) * Math.max(...greatestShares));
  return {
    name: `${most} all the time`,
    config: {
      ...(kind.type === undefined ? {} : { instanceType: kind.type }),
      [`${farm}Min`]: `${most}`,
      [`${farm}Max`]: `${most}`,
    },
  };
}

/** Of the variants that a comparison shows, those that move only what is searched. */
function usualStarts({ keep, bounds }: SpaceValues, usual: readonly Variant[]): Variant[] {
  if (keep.includes("policy") || bounds.length > 0) return [];
  const scheduled = !keep.includes("schedule");
  return usual.filter(({ config }) => scheduled || !Object.keys(config).some((key) => key.endsWith("Schedule")));
}

/** @param usual the variants that a comparison shows. */
export function declaredSpace(values: SpaceValues, usual: readonly Variant[]): Space {
  const levers = leversOf(values);
  const kind = values.kinds[0] as Kind;
  const { min = 0, max = 0 } = groupOf(kind.scenario) ?? {};
  const start: Chosen = { kind, words: [], config: {}, min, max, takesFigure: true };
  const isAsked = values.bounds.length === 0 || values.bounds.some(([least, most]) => least === min && most === max);
  return {
    axes: levers.map(({ name, ordered, positions }): Axis => ({ name, ordered, positions: positions.length })),
    declaredCounts: isAsked,
    starts: [...usualStarts(values, usual), ...(values.keep.includes("bounds") ? [] : [ceilingOf(values)])],
    variantAt(point: Point): Variant | undefined {
      let chosen: Chosen | undefined = start;
      for (const [axis, lever] of levers.entries()) {
        if (chosen === undefined) return undefined;
        chosen = lever.positions[point[axis] as number]?.(chosen);
      }
      return chosen === undefined ? undefined : { name: chosen.words.join(", "), config: chosen.config };
    },
  };
}
