/** What happened to the group, in the order in which it did, as lines to read. */
import type { ScalingDecision } from "../../engine/events.ts";

export interface Activity {
  /** Minutes from the start. */
  readonly minute: number;
  readonly what: string;
  readonly cause: string;
}

/** Changes of the capacity and replacements; what follows from them, and every alarm's every change, are left out. */
export function activitiesOf(decisions: readonly ScalingDecision[]): Activity[] {
  return decisions.flatMap((decision): Activity[] => {
    const minute = decision.at / 60_000;
    if (decision.kind === "desired") {
      return [{ minute, what: `${decision.from} → ${decision.to}`, cause: shortened(decision.cause) }];
    }
    if (decision.kind === "bounds") {
      return [{ minute, what: `${decision.min} to ${decision.max}`, cause: `scheduled action ${decision.by}` }];
    }
    if (decision.kind === "refused") {
      return [{ minute, what: "refused", cause: `scheduled action ${decision.by}: ${decision.why}` }];
    }
    if (decision.kind === "terminate" && /health check|status checks|hook/.test(decision.cause)) {
      return [{ minute, what: decision.instanceId, cause: `replaced ${decision.cause}` }];
    }
    return [];
  });
}

/** Auto Scaling's sentence without what the line says already. */
function shortened(cause: string): string {
  const text = cause.replace(/ changing the desired capacity.*/, "");
  const [, alarm, policy] = /^a monitor alarm (.+) in state ALARM triggered policy (.+)$/.exec(text) ?? [];
  if (alarm === undefined || policy === undefined) return text;
  const [, side] = /^TargetTracking-.*-Alarm(High|Low)$/.exec(alarm) ?? [];
  if (side !== undefined) return `policy ${policy}: ${side === "High" ? "above" : "well below"} its target`;
  return alarm === policy ? `alarm and policy ${policy}` : `alarm ${alarm}, policy ${policy}`;
}

/** How often each alarm changed its state. */
export function alarmChanges(decisions: readonly ScalingDecision[]): [alarm: string, changes: number][] {
  const counts = new Map<string, number>();
  for (const decision of decisions) {
    if (decision.kind === "alarm") counts.set(decision.alarm, (counts.get(decision.alarm) ?? 0) + 1);
  }
  return [...counts];
}
