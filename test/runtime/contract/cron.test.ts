import test from "ava";
import { cronMatches, minutesAhead, parseCron } from "../../../runtime/contract/cron.ts";

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
  ["60 9 * * *", undefined, /minute "60" does not fit; give 0 to 59/],
  ["0 9 * * FUNDAY", undefined, /day of week "FUNDAY"/],
  ["0 25 * * *", undefined, /hour "25" does not fit; give 0 to 23/],
  ["0 9-5 * * *", undefined, /ends before it begins/],
  ["0 9 * * FRI-MON", undefined, /day of week "FRI-MON" ends before it begins; name the values with commas/],
  ["0 9 * * *", "America/Chicgo", /time zone "America\/Chicgo" is unknown; is America\/Chicago meant/],
  ["*/0 * * * *", undefined, /no whole stride/],
  ["0 9 * * *", "Mars/Olympus", /time zone "Mars\/Olympus" is unknown/],
] as const) {
  test(`refused: ${text} ${zone ?? ""}`, (t) => {
    t.regex(t.throws(() => parseCron(text, zone), { instanceOf: RangeError }).message, message);
  });
}

test("how far a zone's clocks are ahead of UTC, at the turn of a year too", (t) => {
  t.is(minutesAhead("Etc/UTC", Date.UTC(2027, 5, 1)), 0);
  t.is(minutesAhead("America/Chicago", Date.UTC(2027, 0, 1, 3)), -360);
  t.is(minutesAhead("America/Chicago", Date.UTC(2027, 6, 1)), -300);
  t.is(minutesAhead("Asia/Kolkata", Date.UTC(2026, 11, 31, 22)), 330);
});
