/** All cases, area by area. */
import type { Case } from "./case.ts";
import { adjustmentCases } from "./cases/adjustments.ts";
import { alarmStateCases } from "./cases/alarm-states.ts";
import { alarmCases } from "./cases/alarms.ts";
import { groupCases } from "./cases/groups.ts";
import { healthCases } from "./cases/health.ts";
import { hookCases } from "./cases/hooks.ts";
import { leavingCases } from "./cases/leaving.ts";
import { messageCases } from "./cases/messages.ts";
import { paceCases } from "./cases/pace.ts";
import { policyCases } from "./cases/policies.ts";
import { processCases } from "./cases/processes.ts";
import { refreshCases } from "./cases/refresh.ts";
import { scheduleCases } from "./cases/schedules.ts";

export const cases: readonly Case[] = [
  ...alarmStateCases,
  ...alarmCases,
  ...policyCases,
  ...adjustmentCases,
  ...paceCases,
  ...groupCases,
  ...hookCases,
  ...healthCases,
  ...scheduleCases,
  ...refreshCases,
  ...leavingCases,
  ...processCases,
  ...messageCases,
];
