/** Scenarios of one bare group, to simulate by. */
import {
  type Conditions,
  fairConditions,
  type Scenario,
  type Source,
  type WebService,
  type WorkerService,
} from "../../../scaling/simulate/model.ts";
import { group, scalingOf } from "../declared.ts";

export const steady = (rate: number, seconds: number): Source => ({
  kind: "open",
  at: 0,
  from: rate,
  stages: [{ seconds, to: rate }],
});

const webDefaults: WebService = {
  runningSeconds: 60,
  bootSeconds: 60,
  stopSeconds: 0,
  lossesPerHour: 0,
  rate: 10,
  concurrency: 1,
  distribution: { kind: "exponential" },
  queueLimit: 1e6,
  clientSeconds: 0,
  timeoutSeconds: Number.POSITIVE_INFINITY,
  servesAbandoned: false,
  retries: { attempts: 0, pauseSeconds: 1 },
  errorShare: 0,
  healthySeconds: 0,
  deregistrationSeconds: 30,
  balancing: "round robin",
};

const workerDefaults: WorkerService = {
  runningSeconds: 60,
  bootSeconds: 60,
  stopSeconds: 0,
  lossesPerHour: 0,
  jobSeconds: 60,
  distribution: { kind: "deterministic" },
  concurrency: 1,
  visibilitySeconds: 120,
  receives: 5,
  errorShare: 0,
  protects: true,
};

type Common = Partial<Pick<Scenario, "plan" | "sources" | "seconds">> & { readonly conditions?: Partial<Conditions> };
const common = { title: "a test", group: "farm", seconds: 3600 };
const under = (conditions: Partial<Conditions> = {}): Conditions => ({ ...fairConditions, ...conditions });

export const web = (service: Partial<WebService>, given: Common): Scenario => ({
  ...common,
  plan: scalingOf([group()]),
  sources: [],
  ...given,
  conditions: under(given.conditions),
  service: { kind: "web", ...webDefaults, ...service },
});

export const workers = (service: Partial<WorkerService>, given: Common): Scenario => ({
  ...common,
  plan: scalingOf([group()]),
  sources: [],
  ...given,
  conditions: under(given.conditions),
  service: { kind: "workers", ...workerDefaults, ...service },
});
