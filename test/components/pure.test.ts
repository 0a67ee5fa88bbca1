// The components' pure parts: durations, names, instance types, validation.
import test from "ava";
import fc from "fast-check";
import { days, hours, minutes, parseDuration, seconds } from "../../components/base/duration.ts";
import {
  type NamedKind,
  nameLengths,
  ownerPattern,
  physicalName,
  targetGroupPrefix,
} from "../../components/base/naming.ts";
import { ArgumentsError, check, form, ordered, range, rule, within } from "../../components/base/validate.ts";
import { architectureOf } from "../../components/group/instance-type.ts";

test("durations convert without loss, or not at all", (t) => {
  t.is(minutes(30).toSeconds(), 1800);
  t.is(hours(36).toMinutes(), 2160);
  t.is(days(2).toDays(), 2);
  t.throws(() => hours(36).toDays(), { message: "36 hours is not a whole number of days" });
  t.throws(() => seconds(90).toMinutes(), { message: "90 seconds is not a whole number of minutes" });
  t.throws(() => seconds(0.5), { instanceOf: RangeError });
  t.throws(() => minutes(-1), { instanceOf: RangeError });
  t.is(minutes(1.5).toSeconds(), 90);
});

test("durations read as they print", (t) => {
  fc.assert(fc.property(fc.nat(10 ** 9), (count) => parseDuration(String(seconds(count))).toSeconds() === count));
  t.is(parseDuration("3 minutes").toSeconds(), 180);
  t.is(parseDuration("12h").toSeconds(), 43_200);
  t.is(parseDuration("0.5 h").toSeconds(), 1800);
  for (const text of ["", "30", "minutes", "3 weeks", "-1 s", "1 h 5 min"]) {
    t.throws(() => parseDuration(text), { instanceOf: RangeError, message: /is not a duration; write it like/ });
  }
});

const kind = fc.constantFrom(...(Object.keys(nameLengths) as NamedKind[]));
const logicalName = fc.stringMatching(/^[a-z][a-z0-9-]{0,300}$/);

test("a physical name is never longer than its service takes, and is always a name", (t) => {
  fc.assert(
    fc.property(
      kind,
      fc.array(fc.string({ minLength: 1, maxLength: 400 }), { minLength: 1, maxLength: 3 }),
      (kind, parts) => {
        const [name = "", ...qualifiers] = parts;
        const physical = physicalName(kind, name, ...qualifiers);
        return physical.length <= nameLengths[kind] && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(physical);
      },
    ),
  );
  t.is(physicalName("loadBalancer", "gas-web"), "gas-web");
  t.is(physicalName("role", "gas-web", "dev", "us-east-1"), "gas-web--dev--us-east-1");
  t.is(physicalName("loadBalancer", "gas-web", "dev"), "gas-web-dev");
  t.regex(physicalName("loadBalancer", "gas", "web-dev"), /^gas-web-dev-[0-9a-f]{6}$/);
});

test("different logical names have different physical names, the same one the same", (t) => {
  fc.assert(
    fc.property(kind, logicalName, logicalName, (kind, a, b) => {
      return (physicalName(kind, a) === physicalName(kind, b)) === (a === b);
    }),
  );
  const long = "a-very-long-owner-name-web-balancer";
  t.is(physicalName("loadBalancer", long), physicalName("loadBalancer", long));
  t.regex(physicalName("loadBalancer", long), /^a-very-long-owne-[0-9a-f]{6}-balancer$/);
});

test("names are equal only where logical name, stack and region are", (t) => {
  const parts = fc.tuple(
    logicalName,
    fc.stringMatching(/^[A-Za-z0-9_.-]{1,30}$/),
    fc.constantFrom("us-east-1", "eu-west-1"),
  );
  fc.assert(
    fc.property(kind, parts, parts, (kind, a, b) => {
      return (physicalName(kind, ...a) === physicalName(kind, ...b)) === (a.join(" ") === b.join(" "));
    }),
  );
  // Whatever is joined by one hyphen only is the same text.
  t.not(physicalName("queue", "gas-work-dead-letters", "dev"), physicalName("queue", "gas-work", "dead-letters-dev"));
});

test("a target group's prefix leaves room for what the provider appends", (t) => {
  fc.assert(fc.property(logicalName, (name) => /^[a-z][a-z0-9-]{0,4}-$/.test(targetGroupPrefix(name))));
  t.is(targetGroupPrefix("gas-web"), "gas-w-");
  t.is(targetGroupPrefix("team-web"), "team-");
});

test("owners", (t) => {
  for (const owner of ["gas", "sgx", "team-7", "jane2", "ab", "a".repeat(20)]) t.regex(owner, ownerPattern);
  for (const owner of ["", "a", "7team", "Gas", "gas-", "g--as", "g_as", "a".repeat(21)])
    t.notRegex(owner, ownerPattern);
  // Parameters may not begin with aws or ssm, security groups with sg-, balancers with internal-, buckets with sthree-.
  for (const owner of ["aws", "awstats", "ssm-1", "sg", "sg-1", "internal", "internal-lab", "sthree-x"])
    t.notRegex(owner, ownerPattern);
});

test("architecture follows from the instance type", (t) => {
  for (const type of [
    "t4g.small",
    "m7gd.large",
    "c7gn.xlarge",
    "x2gd.medium",
    "im4gn.large",
    "g5g.xlarge",
    "a1.large",
  ]) {
    t.is(architectureOf(type), "arm64", type);
  }
  for (const type of ["t3.micro", "m7i-flex.large", "c6a.large", "g4dn.xlarge", "g6.xlarge", "p5.48xlarge"]) {
    t.is(architectureOf(type), "x86_64", type);
  }
});

test("each kind of mistake names value, bound and fix", (t) => {
  const { mistakes } = t.throws(
    () =>
      check("Thing x", [
        range("a", 0, { min: 1, max: 9, unit: "pieces" }),
        range("b", Number.NaN, { min: 1, max: 9, unit: "seconds", fraction: true }),
        within("c", seconds(5), { min: minutes(1), max: hours(1), why: "so it is" }),
        ordered(["d.min", 7], ["d.max", 3]),
        form("e", "No!", /^[a-z]+$/, "lower-case letters"),
        rule("f", true, "is wrong; set it right"),
        range("in order", 5, { min: 1, max: 9, unit: "pieces" }),
        range("omitted", undefined, { min: 1, max: 9, unit: "pieces" }),
      ]),
    { instanceOf: ArgumentsError },
  );
  t.deepEqual(mistakes, [
    { path: "a", reason: "0 is out of range; give a whole number of pieces from 1 to 9" },
    { path: "b", reason: "NaN is out of range; give a number of seconds from 1 to 9" },
    { path: "c", reason: "5 seconds is out of range (so it is); give a duration from 1 minute to 1 hour" },
    { path: "d.min", reason: "7 is above d.max, which is 3; lower the one or raise the other" },
    { path: "e", reason: '"No!" does not fit; give lower-case letters' },
    { path: "f", reason: "is wrong; set it right" },
  ]);
});
