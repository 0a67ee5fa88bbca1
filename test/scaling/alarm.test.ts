import test from "ava";
import fc from "fast-check";
import { type AlarmRule, type AlarmState, evaluateAlarm, missingDataTreatments } from "../../scaling/alarm.ts";

const rule = (m: number, n: number, treatMissingData: AlarmRule["treatMissingData"] = "missing"): AlarmRule => ({
  comparison: "GreaterThanThreshold",
  threshold: 10,
  datapointsToAlarm: m,
  evaluationPeriods: n,
  treatMissingData,
});

/** `0` fits, `X` breaches, `-` is missing; oldest first, as AWS prints its tables. */
const points = (picture: string) => [...picture].map((mark) => (mark === "-" ? undefined : mark === "X" ? 11 : 0));

const kept: AlarmState = "INSUFFICIENT_DATA";

// AWS's two tables: picture, then the state for missing, ignore, breaching, notBreaching ("kept": the state so far).
const tables: [m: number, n: number, picture: string, states: (AlarmState | "kept")[]][] = [
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

for (const [m, n, picture, states] of tables) {
  test(`${m} of ${n} datapoints, ${picture}, as in AWS's table`, (t) => {
    missingDataTreatments.forEach((treatment, column) => {
      const expected = states[column] === "kept" ? kept : states[column];
      t.is(evaluateAlarm(rule(m, n, treatment), points(picture), kept).state, expected as AlarmState, treatment);
    });
  });
}

test("premature rule: 3 of 3 with one breaching point only two periods old is no alarm yet", (t) => {
  t.is(evaluateAlarm(rule(3, 3), points("---X-"), "OK").state, "OK");
});

test("with N real points in the range, the treatment of missing data does not matter", (t) => {
  const range = fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }), {
    minLength: 5,
    maxLength: 5,
  });
  fc.assert(
    fc.property(range, fc.constantFrom<AlarmState>("OK", "ALARM", "INSUFFICIENT_DATA"), (values, current) => {
      fc.pre(values.filter((value) => value !== undefined).length >= 3);
      const states = missingDataTreatments.map((each) => evaluateAlarm(rule(2, 3, each), values, current).state);
      t.is(new Set(states).size, 1);
    }),
  );
});

test("an idle farm scales in: latency below a threshold with no requests, missing data breaching", (t) => {
  const idle: AlarmRule = { ...rule(1, 1, "breaching"), comparison: "LessThanThreshold", threshold: 0.05 };
  t.is(evaluateAlarm(idle, [], "OK").state, "ALARM");
  t.is(evaluateAlarm({ ...idle, treatMissingData: "missing" }, [], "OK").state, "INSUFFICIENT_DATA");
});
