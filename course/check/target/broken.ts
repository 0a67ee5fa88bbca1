/** A submission that does not start: its declaration may still be looked at; everything else has failed. */
import type { Target } from "../stage/stage.ts";
import { type LocalTargetOptions, readPlanOf } from "./local.ts";

export function brokenTarget(
  options: Pick<LocalTargetOptions, "annofarm" | "program" | "run" | "signal">,
  why: string,
): Target {
  let plan: ReturnType<typeof readPlanOf> | undefined;
  return {
    url: "",
    speed: 1,
    lacks: new Map(),
    broken: why,
    plan: () => {
      plan ??= readPlanOf(options);
      return plan;
    },
    close: async () => {},
  };
}
