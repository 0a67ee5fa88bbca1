/** One documented rule of AWS as something that can be run against an endpoint. */
import type { SourceName } from "./sources.ts";
import type { World } from "./world.ts";

export const areas = {
  "alarm-states": "alarm states: AWS's two tables of missing data",
  alarms: "alarms and metrics: requests, states, history",
  policies: "scaling policies: requests",
  adjustments: "scaling policies: what they make of the capacity",
  pace: "cooldown and warm-up",
  groups: "groups: bounds and capacity",
  hooks: "lifecycle hooks",
  health: "health and replacement",
  schedules: "scheduled actions",
  refresh: "instance refresh",
  leaving: "protection and termination policies",
  processes: "suspended processes",
  messages: "topics and queues that decide scaling",
} as const;
export type Area = keyof typeof areas;

/** `validation`: a request is refused; `state`: a call has an effect at once; `timing`: the endpoint's clock has to pass. */
export type Kind = "validation" | "state" | "timing";

export interface Case {
  /** `<area>/<what>`: stable, since records and reasons name it. */
  readonly id: string;
  /** The rule, in one sentence. */
  readonly rule: string;
  readonly source: SourceName;
  readonly kind: Kind;
  /** Resolves when the rule holds. @throws {Broken} when it does not, any other error when that could not be seen. */
  readonly run: (world: World) => Promise<void>;
}

export const areaOf = ({ id }: Pick<Case, "id">): Area => id.slice(0, id.indexOf("/")) as Area;
