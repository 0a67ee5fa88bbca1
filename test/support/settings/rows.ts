/** Configurations to plan, deploy and edit, made of the documented values. */
import { type Choice, type Cover, coverPairs, pairsOf, type Row } from "./pairs.ts";
import { conflictOf, parameters, type Values } from "./values.ts";

const valuesOf = ({ parameter, value }: Choice): Values => parameters[parameter]?.values[value] ?? {};

const conflictBetween = (one: Choice, other: Choice) => conflictOf(valuesOf(one), valuesOf(other));

/** The configuration of a row. */
export const configurationOf = (row: Row): Values =>
  Object.assign({}, ...row.map((value, parameter) => valuesOf({ parameter, value })));

/** Every first value: what `Pulumi.dev.yaml` says. */
export const baseRow: Row = parameters.map(() => 0);

/** All pairs of values that go together. */
export const coveringRows = (): Cover =>
  coverPairs(parameters, (one, other) => conflictBetween(one, other) !== undefined);

/** Pairs that do not, each on top of what `Pulumi.dev.yaml` says. */
export function conflictingRows() {
  return pairsOf(parameters).flatMap(([one, other]) => {
    const conflict = conflictBetween(one, other);
    return conflict === undefined ? [] : [{ conflict, values: { ...valuesOf(one), ...valuesOf(other) } }];
  });
}
