/** A submission of which only the declaration is looked at: nothing is started. */
import { type Need, needs } from "../stage/needs.ts";
import type { Target } from "../stage/stage.ts";
import { type LocalTargetOptions, readPlanOf } from "./local.ts";

export function plannedTarget(options: Pick<LocalTargetOptions, "annofarm" | "program" | "run" | "signal">): Target {
  const why = "only the declaration is looked at (--fast)";
  const lacks = new Map<Need, string>(needs.filter((need) => need !== "plan").map((need) => [need, why]));
  let plan: ReturnType<typeof readPlanOf> | undefined;
  return {
    url: "",
    speed: 1,
    lacks,
    plan: () => {
      plan ??= readPlanOf(options);
      return plan;
    },
    close: async () => {},
  };
}
