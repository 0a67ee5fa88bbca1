/** A scenario file, as people write it: `docs/simulate.md` describes it. */
import * as z from "zod";
import { k6Options } from "./k6.ts";
import { duration, rate } from "./units.ts";

const think = z
  .union([duration.transform((seconds): [number, number] => [seconds, seconds]), z.tuple([duration, duration])])
  .refine(([least, most]) => least <= most, { message: "the shortest pause is longer than the longest" });

const stageOf = <Level extends z.ZodType>(level: Level) => z.strictObject({ for: duration, to: level });
const people = z.number().int("people come as a whole number").nonnegative();
const at = duration.default(0);

const load = z.discriminatedUnion("kind", [
  /** Poisson arrivals, at a rate that runs through the stages. */
  z.strictObject({ kind: z.literal("arrivals"), at, from: rate.default(0), stages: z.array(stageOf(rate)).min(1) }),
  /** Users who wait for the answer and think. */
  z.strictObject({
    kind: z.literal("users"),
    at,
    from: people.default(0),
    stages: z.array(stageOf(people)).min(1),
    think: think.default([1, 3]),
  }),
  z.strictObject({ kind: z.literal("k6"), options: k6Options, think: think.default([0, 0]) }),
  z.strictObject({ kind: z.literal("trace"), file: z.string().min(1) }),
]);
export type LoadInput = z.output<typeof load>;

const distribution = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("deterministic") }),
  z.strictObject({ kind: z.literal("exponential") }),
  z.strictObject({ kind: z.literal("lognormal"), variation: z.number().positive().max(10) }),
]);
const share = z.number().min(0).max(1);
const count = z.number().int("it is a whole number").positive();

const machine = {
  /** From the order of an instance until its services answer. */
  boot: duration.default(90),
  /** From the order until EC2 runs it: when it is in service, unless a launch hook holds it back. Default: 15 s, or `boot`. */
  running: duration.optional(),
  /**
   * From the order of an instance that waits in a warm pool until its services answer. Default: 30 s when it is stopped or hibernated,
   * 5 s when it runs.
   */
  start: duration.optional(),
  /** From the end of its work until it is gone. */
  stop: duration.default(0),
  /** Accidents of an instance an hour. */
  lossesPerHour: z.number().nonnegative().max(60).default(0),
};

/** An instance answers only once it runs. */
const startsInOrder = ({ boot, running = 0 }: { readonly boot: number; readonly running?: number | undefined }) =>
  running <= boot;
const startOrder = { path: ["running"], message: "it is longer than boot; an instance answers only once EC2 runs it" };

const zone = z.number().int("zones are numbered from 1 on").min(1);
const from = duration.default(0);
const lasting = { from, for: duration.default(Number.POSITIVE_INFINITY) };

/** What goes wrong around the farm, or comes late. */
const conditions = z.strictObject({
  metricDelay: duration
    .refine((seconds) => seconds % 60 === 0 && seconds <= 180, { message: "metrics are 0 to 3 whole minutes late" })
    .default(0),
  launchFailures: z.array(z.strictObject({ ...lasting, zone: zone.optional() })).default([]),
  zoneOutages: z.array(z.strictObject({ ...lasting, zone })).default([]),
  zeroDatapoints: z.boolean().default(false),
});

/** What waits or is worked on for each instance in service, under a name of the program's own. */
const published = z.strictObject({
  namespace: z
    .string()
    .min(1)
    .refine((name) => !name.startsWith("AWS/"), { message: "AWS/ is for services; give a namespace of your own" }),
  name: z.string().min(1),
  every: duration
    .refine((seconds) => [10, 20, 30, 60].includes(seconds), { message: "give 10, 20, 30 or 60 s" })
    .default(10),
});

const webService = z
  .strictObject({
    ...machine,
    rate: rate.refine((value) => value > 0, { message: "the throughput of an instance must be positive" }).default(40),
    concurrency: count.default(1),
    distribution: distribution.default({ kind: "exponential" }),
    queueLimit: z.number().int().nonnegative().default(1000),
    shared: z
      .strictObject({
        rate: rate.refine((value) => value > 0),
        distribution: distribution.default({ kind: "exponential" }),
      })
      .optional(),
    client: duration.default(0),
    timeout: duration.default(60),
    /** Work on what waits though its client has given up. */
    servesAbandoned: z.boolean().default(false),
    /** After a failure a client asks so many times more. */
    retries: z
      .strictObject({
        attempts: z.number().int("attempts are a whole number").min(0).max(10),
        pause: duration.default(1),
      })
      .default({ attempts: 0, pause: 1 }),
    errorShare: share.default(0),
    healthy: duration.optional(),
    deregistration: duration.optional(),
    balancing: z.enum(["round robin", "least outstanding"]).default("round robin"),
  })
  .refine(startsInOrder, startOrder);

const workerService = z
  .strictObject({
    ...machine,
    job: duration.refine((seconds) => seconds > 0, { message: "a job must take some time" }).default(60),
    distribution: distribution.default({ kind: "lognormal", variation: 1 }),
    concurrency: count.default(1),
    visibility: duration.optional(),
    receives: count.optional(),
    errorShare: share.default(0),
  })
  .refine(startsInOrder, startOrder);

const common = {
  title: z.string().optional(),
  duration: duration.refine((seconds) => seconds >= 60 && seconds <= 7 * 86_400, {
    message: "a simulation takes at least a minute and at most a week",
  }),
  load: z.union([load.transform((one) => [one]), z.array(load).min(1)]),
  /** Name of the group. Default: the stack's only one of that kind. */
  group: z.string().optional(),
  conditions: conditions.prefault({}),
  /** Metrics that the program puts into CloudWatch itself. */
  publishes: z.array(published).default([]),
  /** Replaces settings of the stack, as `-c` does. */
  config: z.record(z.string(), z.string()).default({}),
};

export const scenarioSchema = z.discriminatedUnion("farm", [
  z.strictObject({ farm: z.literal("web"), ...common, service: webService.prefault({}) }),
  z.strictObject({ farm: z.literal("annotator"), ...common, service: workerService.prefault({}) }),
]);
export type ScenarioFile = z.output<typeof scenarioSchema>;
