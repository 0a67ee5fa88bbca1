/** The project's own program under one configuration, as a plan. */
import { fileURLToPath } from "node:url";
import { readPlan } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";

const directory = fileURLToPath(new URL("../..", import.meta.url));

export const projectPlan = (config: Readonly<Record<string, string>> = {}, stack = "dev"): Promise<Plan> =>
  readPlan({ directory, stack, config });
