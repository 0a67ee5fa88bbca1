/**
 * Rows that together have every pair of values of every two parameters: far fewer than all combinations, and most faults of
 * configuration need two values at most (Kuhn, Wallace, Gallo: "Software fault interactions and implications for software testing").
 * Deterministic: the same parameters give the same rows.
 */

export interface Parameter<Value> {
  readonly name: string;
  /** The first goes with every value of every other parameter. */
  readonly values: readonly Value[];
}

/** A parameter and the index of its value. */
export interface Choice {
  readonly parameter: number;
  readonly value: number;
}

/** Index of each parameter's value. */
export type Row = readonly number[];

const keyOf = (one: Choice, other: Choice): string =>
  one.parameter < other.parameter
    ? `${one.parameter}=${one.value},${other.parameter}=${other.value}`
    : `${other.parameter}=${other.value},${one.parameter}=${one.value}`;

/** All pairs of values of different parameters. */
export function pairsOf(parameters: readonly Parameter<unknown>[]): (readonly [Choice, Choice])[] {
  const choices = (parameter: number): Choice[] =>
    (parameters[parameter]?.values ?? []).map((_, value) => ({ parameter, value }));
  return parameters.flatMap((_, first) =>
    parameters
      .slice(first + 1)
      .flatMap((_, step) =>
        choices(first).flatMap((one) => choices(first + 1 + step).map((other) => [one, other] as const)),
      ),
  );
}

type Forbidden = (one: Choice, other: Choice) => boolean;

export interface Cover {
  readonly rows: readonly Row[];
  /** Pairs that go together by themselves, and with which no value of some third parameter goes. */
  readonly impossible: readonly (readonly [Choice, Choice])[];
}

/** @param forbidden whether two values do not go together. Such pairs are in no row. */
export function coverPairs(parameters: readonly Parameter<unknown>[], forbidden: Forbidden): Cover {
  const all = pairsOf(parameters);
  const refused = new Set(all.filter(([one, other]) => forbidden(one, other)).map((pair) => keyOf(...pair)));
  const clash: Forbidden = (one, other) => refused.has(keyOf(one, other));
  const bound = new Set(
    all.filter(([one, other]) => clash(one, other)).flatMap((pair) => pair.map((choice) => choice.parameter)),
  );
  /** Whether each parameter that is not yet chosen has a value that goes with those that are. */
  const leavesRoom = (chosen: readonly Choice[]): boolean =>
    [...bound].every(
      (parameter) =>
        chosen.some((choice) => choice.parameter === parameter) ||
        parameters[parameter]?.values.some((_, value) =>
          chosen.every((choice) => !clash({ parameter, value }, choice)),
        ),
    );
  const allowed = (chosen: readonly Choice[], choice: Choice): boolean =>
    chosen.every((other) => !clash(choice, other)) && (!bound.has(choice.parameter) || leavesRoom([...chosen, choice]));

  const possible = all.filter((pair) => !clash(...pair));
  const open = new Map(possible.filter(leavesRoom).map((pair) => [keyOf(...pair), pair]));
  const rows: Row[] = [];
  for (let pair = first(open); pair !== undefined; pair = first(open)) {
    const chosen = fill(parameters, pair, open, allowed, rows.length);
    for (const one of chosen) for (const other of chosen) open.delete(keyOf(one, other));
    rows.push(chosen.toSorted((a, b) => a.parameter - b.parameter).map(({ value }) => value));
  }
  return { rows, impossible: possible.filter((pair) => !leavesRoom(pair)) };
}

const first = <Value>(map: ReadonlyMap<string, Value>): Value | undefined => map.values().next().value;

/** A row around a pair: each further parameter gets the value that covers most of what is open. */
function fill(
  parameters: readonly Parameter<unknown>[],
  pair: readonly [Choice, Choice],
  open: ReadonlyMap<string, unknown>,
  allowed: (chosen: readonly Choice[], choice: Choice) => boolean,
  turn: number,
): Choice[] {
  const chosen: Choice[] = [...pair];
  for (const [parameter, { name, values }] of parameters.entries()) {
    if (pair.some((choice) => choice.parameter === parameter)) continue;
    const choices = values
      // Equals are taken in turn, so that no row is the one before it again.
      .map((_, index) => ({ parameter, value: (index + turn) % values.length }))
      .filter((choice) => allowed(chosen, choice));
    const gain = (choice: Choice) => chosen.filter((other) => open.has(keyOf(choice, other))).length;
    const [best] = choices.toSorted((a, b) => gain(b) - gain(a));
    if (best === undefined) throw new Error(`${name} has no value that goes with ${JSON.stringify(chosen)}`);
    chosen.push(best);
  }
  return chosen;
}
