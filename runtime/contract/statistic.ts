/**
 * Statistics of CloudWatch: their names, what they make of samples, and their words. Definitions:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html. A statistic that is added here is read in
 * declarations, evaluated for alarms, simulated and shown; nothing else names one but to choose it.
 */

/** A value, and how many samples have it. */
export interface Counted {
  readonly value: number;
  readonly count: number;
}

/** Samples of one time as CloudWatch keeps them: a statistic set, and what it was made of. */
export interface Samples {
  readonly sum: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Unsorted; omitted: only the set is known, and statistics that need each sample have no value. */
  readonly values?: readonly Counted[];
}

const total = (samples: readonly Samples[], part: (each: Samples) => number): number =>
  samples.reduce((sum, each) => sum + part(each), 0);

/** What CloudWatch computes from statistic sets alone. */
export type SimpleStatistic = "Sum" | "SampleCount" | "Average" | "Minimum" | "Maximum";

interface Computation {
  readonly words: string;
  of(samples: readonly Samples[]): number;
}

/** In the order in which they are named to people. */
const simple: Readonly<Record<SimpleStatistic, Computation>> = {
  Sum: { words: "sum", of: (samples: readonly Samples[]) => total(samples, ({ sum }) => sum) },
  SampleCount: {
    words: "number of samples",
    of: (samples: readonly Samples[]) => total(samples, ({ count }) => count),
  },
  Average: {
    words: "mean",
    of: (samples: readonly Samples[]) => total(samples, ({ sum }) => sum) / total(samples, ({ count }) => count),
  },
  Minimum: { words: "minimum", of: (samples: readonly Samples[]) => Math.min(...samples.map((each) => each.minimum)) },
  Maximum: { words: "maximum", of: (samples: readonly Samples[]) => Math.max(...samples.map((each) => each.maximum)) },
};

/** As `statistic`, `extendedStatistic` and `stat` of a declaration have it. */
export type Statistic = SimpleStatistic | `p${number}` | `tm${number}`;

/** Of each sample. Declarations of alarms have these as `extendedStatistic`. */
interface Family {
  readonly example: Statistic;
  readonly called: string;
  /** Its first group is the number. */
  readonly pattern: RegExp;
  words(number: number): string;
  of(values: readonly Counted[], number: number): number | undefined;
}

/** The least value that so large a share of all samples does not exceed; `undefined`: there are none. */
export function quantile(values: readonly Counted[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const rank = share * sorted.reduce((sum, { count }) => sum + count, 0);
  let passed = 0;
  return sorted.find(({ count }) => {
    passed += count;
    return passed >= rank;
  })?.value;
}

/** Mean of the least values, so large a share of all; `undefined`: there are none. */
function trimmedMean(values: readonly Counted[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  let left = share * sorted.reduce((sum, { count }) => sum + count, 0);
  let [sum, taken] = [0, 0];
  for (const { value, count } of sorted) {
    const here = Math.min(count, left);
    sum += value * here;
    taken += here;
    left -= here;
  }
  return taken === 0 ? undefined : sum / taken;
}

function ordinal(number: number): string {
  const last = number % 10;
  const teen = number % 100 > 10 && number % 100 < 14;
  if (!Number.isInteger(number) || teen || last === 0 || last > 3) return `${number}th`;
  return `${number}${["st", "nd", "rd"][last - 1]}`;
}

const families: readonly Family[] = [
  {
    example: "p95",
    called: "a percentile",
    pattern: /^p(100(?:\.0{1,10})?|\d{1,2}(?:\.\d{1,10})?)$/,
    words: (number) => (number === 50 ? "median" : `${ordinal(number)} percentile`),
    // CloudWatch has no percentiles where a value is negative.
    of: (values, number) => (values.some(({ value }) => value < 0) ? undefined : quantile(values, number / 100)),
  },
  {
    example: "tm99",
    called: "a trimmed mean",
    pattern: /^tm(100(?:\.0{1,10})?|\d{1,2}(?:\.\d{1,10})?)$/,
    words: (number) => `mean of the least ${number} %`,
    of: (values, number) => (values.some(({ value }) => value < 0) ? undefined : trimmedMean(values, number / 100)),
  },
];

/** What may be given, for people. */
export const statisticChoices = [
  ...Object.keys(simple),
  ...families.map(({ called, example }) => `${called} such as ${example}`),
].join(", ");

const isSimple = (text: string): text is SimpleStatistic => Object.hasOwn(simple, text);

function inFamily(text: string): { readonly family: Family; readonly number: number } | undefined {
  for (const family of families) {
    const number = family.pattern.exec(text)?.[1];
    if (number !== undefined) return { family, number: Number(number) };
  }
  return undefined;
}

/** Whether it is one that is known here; `statisticChoices` are those. */
export const isStatistic = (text: string): text is Statistic => isSimple(text) || inFamily(text) !== undefined;

/** Needs each sample, not only their statistic set. Alarms name it by a property of its own. */
export const isExtended = (statistic: Statistic): boolean => !isSimple(statistic);

/** Each sample, where it is known. Of a set alone it is when all are equal, as CloudWatch has it. */
export const valuesOf = ({ count, minimum, maximum, values }: Samples): readonly Counted[] | undefined =>
  values ?? (minimum === maximum ? [{ value: minimum, count }] : undefined);

/** What a statistic makes of all these samples together; `undefined`: there are none, or too little is known of them. */
export function computeStatistic(statistic: Statistic, samples: readonly Samples[]): number | undefined {
  if (samples.length === 0) return undefined;
  if (isSimple(statistic)) return simple[statistic].of(samples);
  const found = inFamily(statistic);
  const values = samples.map(valuesOf);
  if (found === undefined || values.includes(undefined)) return undefined;
  return found.family.of(
    values.flatMap((each) => each ?? []),
    found.number,
  );
}

/** `Average` → mean, `p50` → median, `p95` → 95th percentile. */
export function statisticInWords(statistic: Statistic): string {
  if (isSimple(statistic)) return simple[statistic].words;
  const found = inFamily(statistic);
  return found === undefined ? statistic : found.family.words(found.number);
}

/** As one property of an alarm or the other, by the names that its declaration has for them. */
export function asDeclared<Simple extends string, Extended extends string>(
  statistic: Statistic,
  [simpleName, extendedName]: readonly [Simple, Extended],
): { readonly [Name in Simple]?: SimpleStatistic } & { readonly [Name in Extended]?: string } {
  const declared = isSimple(statistic) ? { [simpleName]: statistic } : { [extendedName]: statistic };
  return declared as { readonly [Name in Simple]?: SimpleStatistic } & { readonly [Name in Extended]?: string };
}
