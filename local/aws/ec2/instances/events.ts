import type { Exit } from "../../../process/children.ts";

/** What happens to instances, in the order of their lives. `time` is local epoch milliseconds. */
export type InstanceEvent = {
  readonly time: number;
  readonly instanceId: string;
  readonly groupName: string;
} & (
  | { readonly kind: "launched" }
  /** The instance will not run as declared: what is wrong, and where. It stays as it is until its group replaces it. */
  | { readonly kind: "boot-failed"; readonly reason: string }
  /** A launch hook was answered with ABANDON, or timed out with that as its default result. */
  | { readonly kind: "launch-abandoned"; readonly hook: string }
  | { readonly kind: "service-healthy" | "service-unhealthy"; readonly service: string }
  | { readonly kind: "service-exited"; readonly service: string; readonly exit: Exit; readonly restarts: number }
  /** It is through its launch hooks; without one, as soon as it runs, whatever its services do. */
  | { readonly kind: "in-service" }
  | { readonly kind: "terminating" }
  | { readonly kind: "terminated" }
  /** Power cut: everything on the instance ended at once. */
  | { readonly kind: "lost" }
);

/** An event without what every event has. */
export type InstanceHappening = InstanceEvent extends infer E
  ? E extends InstanceEvent
    ? Omit<E, "time" | "instanceId" | "groupName">
    : never
  : never;

/** What is wrong with an instance. Auto Scaling sees the first two by itself; of the others it knows what the instance reports. */
export type InstanceFailure =
  | { readonly kind: "lost"; readonly reason: string }
  /** Its launch was, by this hook. */
  | { readonly kind: "abandoned"; readonly hook: string; readonly reason: string }
  /** `boot`: a service never started. `crash-loop`: one keeps ending. */
  | { readonly kind: "boot" | "crash-loop"; readonly reason: string };
