import type { InstanceIdentity } from "../../../runtime/jobs/ports.ts";

/** An instance in service to which nothing happens. */
export const memoryInstance = (instanceId: string): InstanceIdentity => ({
  instanceId,
  targetLifecycleState: async () => "InService",
  protectFromScaleIn: async () => {},
  prolongTermination: async () => undefined,
  completeTermination: async () => {},
});
