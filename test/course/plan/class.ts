/** A class of the repository's own program, for tests. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CoursePlanOptions } from "../../../course/plan/plan.ts";
import { usageOf } from "../../../plan/cost/usage.ts";

export const program = fileURLToPath(new URL("../../..", import.meta.url));

export const classOf = (
  stacks: number,
  said: Partial<CoursePlanOptions["course"]> = {},
): Omit<CoursePlanOptions, "account"> => ({
  course: {
    ...{ course: "gas26", program, stack: "dev", config: {}, region: "us-east-1" },
    ...{ isolation: "own" as const, domain: "example.org", permissionsBoundary: true },
    ...said,
  },
  stacks: Array.from({ length: stacks }, (_, index) => {
    const pseudonym = `s${index.toString(36).padStart(6, "a")}`;
    return { name: `gas26-${pseudonym}`, members: [pseudonym] };
  }),
  stateDirectory: mkdtempSync(join(tmpdir(), "course-")),
  usage: usageOf({ jobs: 100, requests: 5000 }),
  weeks: 10,
});
