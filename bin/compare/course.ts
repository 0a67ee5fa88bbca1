/** The course's load on instances as slow as the course's, under whatever the program declares. */

import { resolve } from "node:path";
import type { ReadPlan } from "../../plan/plan.ts";
import { nameWithinStack } from "../../runtime/contract/names.ts";
import { readScalingPlan } from "../../scaling/read/read-scaling-plan.ts";
import { courseScenario, fitted } from "../../scaling/simulate/course/web.ts";
import { declaredFarm } from "../../scaling/simulate/scenario/declared.ts";
import type { ScenarioUnder } from "./candidates.ts";

/** Each instance saturates: under the other explanations more of them would not help, so there would be nothing to compare. */
export function courseUnder(read: ReadPlan): ScenarioUnder {
  const { plan: _, service, ...scenario } = courseScenario("instance", fitted("instance", 1));
  return async ({ cwd, stack, config }) => {
    const plan = await read({ directory: resolve(cwd), stack, config });
    const scaling = readScalingPlan(plan);
    const group = scaling.groups.map(({ name }) => name).find((name) => nameWithinStack(name).endsWith("-web"));
    if (group === undefined)
      throw new RangeError("the course's load needs a web farm, and the plan has no group called …-web");
    const declared = declaredFarm(plan, scaling, group);
    const healthySeconds = declared.healthySeconds ?? 0;
    return {
      plan,
      scenario: {
        ...scenario,
        group,
        plan: scaling,
        service: { ...service, ...(service.kind === "web" ? { healthySeconds } : {}) } as typeof service,
      },
    };
  };
}
