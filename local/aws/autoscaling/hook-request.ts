/**
 * What PutLifecycleHook refuses of a request. The emulator takes everything.
 *
 * @see PutLifecycleHook in the Auto Scaling API reference
 */
type Input = Readonly<Record<string, unknown>>;

const heartbeat = { least: 30, most: 7_200 } as const;
const limits = { LifecycleHookName: 255, NotificationMetadata: 4_000 } as const;
const choices: Readonly<Record<string, readonly string[]>> = {
  LifecycleTransition: ["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"],
  DefaultResult: ["CONTINUE", "ABANDON"],
};

/** The first problem; `undefined`: there is none. @param input of the call, with what the hook was put with before. */
export function hookRequestProblem(input: Input): string | undefined {
  const { HeartbeatTimeout: seconds, LifecycleTransition: transition } = input;
  const { least, most } = heartbeat;
  if (seconds !== undefined && !(Number(seconds) >= least && Number(seconds) <= most)) {
    return `HeartbeatTimeout is ${seconds}; give ${least} to ${most} seconds`;
  }
  if (transition === undefined) return "LifecycleTransition is required for a new hook";
  for (const [property, known] of Object.entries(choices)) {
    const value = input[property];
    if (value !== undefined && !known.includes(String(value))) {
      return `${property} is ${value}; give one of ${known.join(", ")}`;
    }
  }
  const long = Object.entries(limits).find(([property, length]) => String(input[property] ?? "").length > length);
  return long === undefined ? undefined : `${long[0]} has more than ${long[1]} characters`;
}
