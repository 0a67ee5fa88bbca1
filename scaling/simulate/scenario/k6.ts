/** The load that k6 would make by a scenario's `options` object. */
import * as z from "zod";
import type { Source } from "../model.ts";
import { duration } from "./units.ts";

const stages = z.array(z.looseObject({ duration, target: z.number().nonnegative() }));
const begin = { startTime: duration.default(0) };

const executors = z.discriminatedUnion("executor", [
  z.looseObject({ executor: z.literal("constant-vus"), vus: z.number().positive().default(1), duration, ...begin }),
  z.looseObject({
    executor: z.literal("ramping-vus"),
    startVUs: z.number().nonnegative().default(1),
    stages,
    ...begin,
  }),
  z.looseObject({
    executor: z.literal("constant-arrival-rate"),
    rate: z.number().positive(),
    timeUnit: duration.default(1),
    duration,
    ...begin,
  }),
  z.looseObject({
    executor: z.literal("ramping-arrival-rate"),
    startRate: z.number().nonnegative().default(0),
    timeUnit: duration.default(1),
    stages,
    ...begin,
  }),
]);
type Executor = z.infer<typeof executors>;

/** What k6 takes: scenarios, or the short form with `vus` and `duration` or `stages`. */
export const k6Options = z
  .looseObject({
    scenarios: z.record(z.string(), executors).optional(),
    vus: z.number().positive().optional(),
    duration: duration.optional(),
    stages: stages.optional(),
  })
  .refine((options) => options.scenarios ?? options.stages ?? options.duration, {
    message: "it has neither scenarios nor stages nor a duration, so it makes no load that a simulation could follow",
  });

const course = (given: z.infer<typeof stages>, scale = 1) =>
  given.map((stage) => ({ seconds: stage.duration, to: stage.target * scale }));

function sourceOf(executor: Executor, think: readonly [number, number]): Source {
  const at = executor.startTime;
  if (executor.executor === "constant-vus") {
    const { vus, duration: seconds } = executor;
    return { kind: "closed", at, from: vus, stages: [{ seconds, to: vus }], think };
  }
  if (executor.executor === "ramping-vus") {
    return { kind: "closed", at, from: executor.startVUs, stages: course(executor.stages), think };
  }
  const scale = 1 / executor.timeUnit;
  if (executor.executor === "constant-arrival-rate") {
    const level = executor.rate * scale;
    return { kind: "open", at, from: level, stages: [{ seconds: executor.duration, to: level }] };
  }
  return { kind: "open", at, from: executor.startRate * scale, stages: course(executor.stages, scale) };
}

/** @param think pause of a virtual user between an answer and its next request: what the script sleeps. */
export function k6Sources(options: z.infer<typeof k6Options>, think: readonly [number, number]): Source[] {
  if (options.scenarios !== undefined) return Object.values(options.scenarios).map((each) => sourceOf(each, think));
  const { vus = 1, duration: seconds = 0 } = options;
  if (options.stages !== undefined)
    return [{ kind: "closed", at: 0, from: vus, stages: course(options.stages), think }];
  return [{ kind: "closed", at: 0, from: vus, stages: [{ seconds, to: vus }], think }];
}
