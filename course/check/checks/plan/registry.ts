/** Checks that look at the declaration only: nothing is started for them. */
import type { Check } from "../check.ts";
import { deadLetters, queueTimes, subscriptions, tables } from "./data.ts";
import { alarm, bounds, drain, health, pause } from "./scaling.ts";
import { buckets, doors, noGrants, noSecrets } from "./security.ts";

export const planChecks: Readonly<Record<string, Check>> = {
  "plan-bounds": bounds,
  "plan-alarm": alarm,
  "plan-pause": pause,
  "plan-health": health,
  "plan-drain": drain,
  "plan-secrets": noSecrets,
  "plan-grants": noGrants,
  "plan-buckets": buckets,
  "plan-doors": doors,
  "plan-tables": tables,
  "plan-dead-letters": deadLetters,
  "plan-subscriptions": subscriptions,
  "plan-queue-times": queueTimes,
};
