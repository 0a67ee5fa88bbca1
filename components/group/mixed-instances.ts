/** Which types a group with spot capacity launches, and how much each of them counts. */
import { type MaybeMistake, ordered, range, rule } from "../base/validate.ts";
import { type Architecture, architectureOf, instanceTypeRules } from "./instance-type.ts";

/** A type that does more than one unit's work. */
export interface WeightedType {
  /** Name of the type. */
  readonly type: string;
  /** Units that an instance of it counts, 1 to 999. */
  readonly weight: number;
}

/** A least amount, and a greatest one where there is one. */
export interface AmountBounds {
  /** At least. */
  readonly min: number;
  /** At most, no less than the least. @default no bound */
  readonly max?: number;
}

/** What EC2 has to offer in a type before Auto Scaling takes it; of the image's architecture alone. */
export interface TypeRequirements {
  /** Virtual processors, 1 to 1,000. */
  readonly vcpus: AmountBounds;
  /** Memory in GiB, 0.5 to 65,536. */
  readonly memoryGiB: AmountBounds;
  /** True: types whose processors are lent credits, such as t4g, count as well. @default false */
  readonly burstable?: boolean;
}

/** As much of a group's arguments as decides about its types. */
interface Mixed {
  readonly architecture?: Architecture;
  readonly imageId?: unknown;
  readonly spot?: {
    readonly instanceTypes?: readonly (string | WeightedType)[];
    readonly requirements?: TypeRequirements;
  };
}

const isWeighted = (type: string | WeightedType): type is WeightedType => typeof type !== "string";
const nameOf = (type: string | WeightedType): string => (isWeighted(type) ? type.type : type);

/** What the types may be. */
export function mixedRules(args: Mixed, ownType: string, architecture: Architecture): MaybeMistake[] {
  const { instanceTypes = [], requirements } = args.spot ?? {};
  return [
    ...instanceTypes.flatMap((type, i) =>
      typeRules(`spot.instanceTypes[${i}]`, nameOf(type), args, ownType, architecture),
    ),
    ...weightRules(instanceTypes, ownType),
    ...(requirements === undefined ? [] : requirementRules(requirements)),
    rule(
      "spot.requirements",
      requirements !== undefined && instanceTypes.length > 0,
      "cannot stand beside spot.instanceTypes: AWS takes names or requirements; leave one of both out",
    ),
  ];
}

function typeRules(
  path: string,
  type: string,
  args: Mixed,
  ownType: string,
  architecture: Architecture,
): MaybeMistake[] {
  return [
    ...instanceTypeRules(path, type, args),
    rule(
      path,
      args.architecture === undefined && architectureOf(type) !== architecture,
      `${type} is ${architectureOf(type)} and ${ownType} is ${architecture}; one image runs on one architecture`,
    ),
  ];
}

/** AWS takes a weight for each type, or for none. */
function weightRules(types: readonly (string | WeightedType)[], ownType: string): MaybeMistake[] {
  if (!types.some(isWeighted)) return [];
  return [
    ...types.map((type, i) =>
      isWeighted(type)
        ? range(`spot.instanceTypes[${i}].weight`, type.weight, { min: 1, max: 999, unit: "units" })
        : rule(`spot.instanceTypes[${i}]`, true, `${type} has no weight and others have; give each one, or none`),
    ),
    rule(
      "spot.instanceTypes",
      !types.some((type) => nameOf(type) === ownType),
      `${ownType}, the group's own type, is not among those with weights; list it with one`,
    ),
  ];
}

function requirementRules({ vcpus, memoryGiB }: TypeRequirements): MaybeMistake[] {
  const bounds = (path: string, { min, max }: AmountBounds, limits: Parameters<typeof range>[2]) => [
    range(`${path}.min`, min, limits),
    range(`${path}.max`, max, limits),
    ...(max === undefined ? [] : [ordered([`${path}.min`, min], [`${path}.max`, max])]),
  ];
  return [
    ...bounds("spot.requirements.vcpus", vcpus, { min: 1, max: 1000, unit: "virtual processors" }),
    ...bounds("spot.requirements.memoryGiB", memoryGiB, { min: 0.5, max: 65_536, unit: "GiB", fraction: true }),
  ];
}

const inMiB = ({ min, max }: AmountBounds) => ({
  min: Math.round(min * 1024),
  ...(max === undefined ? {} : { max: Math.round(max * 1024) }),
});

interface TypeOverride {
  readonly instanceType: string;
  readonly weightedCapacity?: string;
}

/** As the group declares them: by requirements, or its own type first. */
export function overridesOf(
  { instanceTypes = [], requirements }: NonNullable<Mixed["spot"]>,
  ownType: string,
): (TypeOverride | ReturnType<typeof byRequirements>)[] {
  if (requirements !== undefined) return [byRequirements(requirements)];
  const weights = new Map(instanceTypes.filter(isWeighted).map(({ type, weight }) => [type, String(weight)]));
  return [...new Set([ownType, ...instanceTypes.map(nameOf)])].map((instanceType) => {
    const weightedCapacity = weights.get(instanceType);
    return weightedCapacity === undefined ? { instanceType } : { instanceType, weightedCapacity };
  });
}

const byRequirements = ({ vcpus, memoryGiB, burstable }: TypeRequirements) => ({
  instanceRequirements: {
    vcpuCount: { ...vcpus },
    memoryMib: inMiB(memoryGiB),
    burstablePerformance: burstable === true ? "included" : "excluded",
  },
});
