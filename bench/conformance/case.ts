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

/** What an endpoint did otherwise than the rule says. */
export class Broken extends Error {}

export const areaOf = ({ id }: Pick<Case, "id">): Area => id.slice(0, id.indexOf("/")) as Area;

/** @throws {Broken} unless both say the same as JSON. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Broken(`${what} is ${found}; AWS: ${wanted}`);
}

/** @throws {Broken} unless it is so. */
export function expect(truth: boolean, otherwise: string): asserts truth {
  if (!truth) throw new Broken(otherwise);
}

interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Codes by which services call a request wrong; the SDK's exceptions add a suffix to some. */
const invalid =
  /^(Validation|InvalidParameter|InvalidFormat|MissingParameter|MissingRequiredParameter|InvalidAttribute|MalformedInput)/;

/** @throws {Broken} unless the call is refused as the caller's mistake, with a code that fits. */
export async function expectRefused(call: () => Promise<unknown>, code: RegExp = invalid): Promise<void> {
  try {
    await call();
  } catch (error) {
    const { name, message, $metadata } = error as ServiceError;
    const status = $metadata?.httpStatusCode ?? 0;
    if (status >= 400 && status < 500 && code.test(name)) return;
    if (status === 0) throw error;
    throw new Broken(`answered ${status} ${name}: ${message.slice(0, 200)}; AWS refuses it with a code like ${code}`);
  }
  throw new Broken("accepted; AWS refuses it");
}
