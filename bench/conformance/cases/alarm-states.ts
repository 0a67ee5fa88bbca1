/**
 * AWS's two tables of alarm states with missing data, cell by cell. A case puts the table's datapoints for the minutes up to and with
 * the present one, sets the alarm to another state than the cell's, and waits until the endpoint evaluates it at the minute's end.
 */
import { PutMetricDataCommand, type StateValue } from "@aws-sdk/client-cloudwatch";
import type { Case } from "../case.ts";
import { expectEqual } from "../expect.ts";
import type { World } from "../world.ts";

const treatments = ["missing", "ignore", "breaching", "notBreaching"] as const;
type Treatment = (typeof treatments)[number];
type Cell = StateValue | "kept";

/** Oldest point first: `0` fits, `X` breaches, `-` is missing; then the cells in the order of the treatments. */
const tables: readonly [m: number, n: number, points: string, cells: readonly [Cell, Cell, Cell, Cell]][] = [
  [3, 3, "0-X-X", ["OK", "OK", "OK", "OK"]],
  [3, 3, "----0", ["OK", "OK", "OK", "OK"]],
  [3, 3, "-----", ["INSUFFICIENT_DATA", "kept", "ALARM", "OK"]],
  [3, 3, "0XX-X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  [3, 3, "--X--", ["ALARM", "kept", "ALARM", "OK"]],
  [2, 3, "0-X-X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  [2, 3, "00X0X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  [2, 3, "0-X--", ["OK", "OK", "ALARM", "OK"]],
  [2, 3, "----0", ["OK", "OK", "ALARM", "OK"]],
  [2, 3, "---X-", ["ALARM", "kept", "ALARM", "OK"]],
];

const minute = 60_000;
const value = { "0": 0, X: 11 } as const;

/** Early enough in a minute that all is in place before its end. */
async function untilEarly(): Promise<number> {
  const second = (Date.now() % minute) / 1000;
  if (second > 40) await new Promise((resolve) => setTimeout(resolve, (60.5 - second) * 1000));
  return Math.floor(Date.now() / minute) * minute;
}

async function putPoints(world: World, MetricName: string, points: string, present: number): Promise<void> {
  const MetricData = [...points].flatMap((mark, index) => {
    if (mark !== "0" && mark !== "X") return [];
    const Timestamp = new Date(present - (points.length - 1 - index) * minute + 1_000);
    return [{ MetricName, Timestamp, Value: value[mark] }];
  });
  if (MetricData.length === 0) return;
  await world.clients.cloudWatch.send(new PutMetricDataCommand({ Namespace: "Conformance", MetricData }));
}

async function runCell(world: World, [m, n, points]: (typeof tables)[number], treatment: Treatment, cell: Cell) {
  const rule = { EvaluationPeriods: n, DatapointsToAlarm: m };
  const present = await untilEarly();
  const MetricName = world.name();
  const watch = (TreatMissingData: Treatment) => world.alarm({ ...rule, MetricName, TreatMissingData });
  await putPoints(world, MetricName, points, present);
  const alarm = await watch(treatment);
  // A state that is kept looks like one that nobody evaluates: another alarm on the same data, which must change, tells them apart.
  const witness = cell === "kept" ? await watch("breaching") : alarm;
  const expected = cell === "kept" ? "ALARM" : cell;
  const before = expected === "ALARM" ? "OK" : "ALARM";
  await Promise.all([...new Set([alarm, witness])].map((name) => world.setAlarm(name, before)));
  const seconds = (present + 2 * minute - Date.now()) / 1000 - 3;
  await world.until(
    `${witness} is ${expected}`,
    async () => (await world.alarmNamed(witness)).StateValue,
    (state) => state === expected,
    seconds,
  );
  if (cell === "kept") expectEqual("the state", (await world.alarmNamed(alarm)).StateValue, before);
}

export const alarmStateCases: readonly Case[] = tables.flatMap((row) =>
  treatments.map((treatment, column): Case => {
    const [m, n, points, cells] = row;
    const cell = cells[column] as Cell;
    return {
      id: `alarm-states/${m}-of-${n}-${points.replaceAll("-", "_")}-${treatment}`,
      rule: `${m} of ${n} datapoints, \`${points}\`, missing data treated as ${treatment}: the state is ${cell === "kept" ? "kept" : cell}.`,
      source: "missingData",
      kind: "timing",
      run: (world) => runCell(world, row, treatment, cell),
    };
  }),
);
