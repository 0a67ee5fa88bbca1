import test from "ava";
import { cronMatches, parseCron } from "../../scaling/cron.ts";

const at = (day: number, hour: number, minute: number) => Date.UTC(2026, 10, day, hour, minute);

test("weekday mornings", (t) => {
  const schedule = parseCron("30 8 * * MON-FRI");
  t.true(cronMatches(schedule, at(24, 8, 30)), "a Tuesday");
  t.false(cronMatches(schedule, at(24, 8, 31)));
  t.false(cronMatches(schedule, at(22, 8, 30)), "a Sunday");
});

test("lists, strides and both names of Sunday", (t) => {
  t.deepEqual(parseCron("*/20 1-5/2 1,15 * 7").minutes, [0, 20, 40]);
  t.deepEqual(parseCron("*/20 1-5/2 1,15 * 7").hours, [1, 3, 5]);
  t.deepEqual(parseCron("0 0 * * 0,7").weekdays, [0, 0]);
});

test("a restricted day of month and a restricted weekday: either fits", (t) => {
  const schedule = parseCron("0 0 1 * MON");
  t.true(cronMatches(schedule, at(1, 0, 0)), "the first, a Sunday");
  t.true(cronMatches(schedule, at(23, 0, 0)), "a Monday");
  t.false(cronMatches(schedule, at(24, 0, 0)));
});

test("a time zone's own clock counts, in summer and in winter", (t) => {
  const schedule = parseCron("0 9 * * *", "America/Chicago");
  t.true(cronMatches(schedule, Date.UTC(2026, 0, 15, 15, 0)));
  t.true(cronMatches(schedule, Date.UTC(2026, 6, 15, 14, 0)));
});

for (const [text, zone, message] of [
  ["0 9 * *", undefined, /has 4 fields/],
  ["60 9 * * *", undefined, /minute "60" is not between 0 and 59/],
  ["0 9 * * FUNDAY", undefined, /day of week "FUNDAY"/],
  ["0 9-5 * * *", undefined, /ends before it begins/],
  ["*/0 * * * *", undefined, /no whole stride/],
  ["0 9 * * *", "Mars/Olympus", /time zone "Mars\/Olympus" is unknown/],
] as const) {
  test(`refused: ${text} ${zone ?? ""}`, (t) => {
    t.regex(t.throws(() => parseCron(text, zone), { instanceOf: RangeError }).message, message);
  });
}
