/** A group and its instances as they stand in a moment, for decisions about them. */
import type { LocalInstance } from "../../../../local/aws/autoscaling/decide.ts";
import type { GroupInstance, GroupState } from "../../../../local/aws/autoscaling/emulated.ts";

export const member = (instanceId: string, protectedFromScaleIn = false, unhealthy = false): GroupInstance => ({
  instanceId,
  availabilityZone: "us-east-1a",
  protectedFromScaleIn,
  unhealthy,
});

/** All that it desires is there, unless said otherwise. */
export const group = (change: Partial<GroupState>): GroupState => ({
  name: "web",
  minSize: 0,
  maxSize: 10,
  desired: change.instances?.length ?? 0,
  checkedByBalancer: true,
  graceSeconds: 300,
  template: { id: "lt-1", version: "1" },
  zones: ["us-east-1a"],
  instanceTypes: [],
  metrics: [],
  suspended: new Set(),
  terminationPolicies: ["Default"],
  targetGroupArns: [],
  instances: [],
  ...change,
});

/** Long in service, and healthy. */
export const here = (instanceId: string, change: Partial<LocalInstance> = {}): LocalInstance => ({
  instanceId,
  groupName: "web",
  state: "InService",
  template: { id: "lt-1", version: "1" },
  ageMilliseconds: 600_000,
  launchedAt: 0,
  failure: undefined,
  health: "healthy",
  ...change,
});
