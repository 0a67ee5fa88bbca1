// docs/library.md, compiled and run: test/library/guide.test.ts.
import assert from "node:assert/strict";
import { readPlan } from "annofarm/plan";

export async function farmsStaySmall(directory: string): Promise<void> {
  const plan = await readPlan({ directory, stack: "dev", config: { "aws:region": "eu-west-1" } });
  const groups = plan.resources.filter(({ type }) => type === "aws:autoscaling/group:Group");
  for (const { name, inputs } of groups) assert(Number(inputs.maxSize) <= 20, `${name} may grow to ${inputs.maxSize}`);
}
