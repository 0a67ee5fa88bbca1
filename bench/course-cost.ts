/**
 * What does a class cost, and which of AWS's default quotas does it break, by what its stacks share? The plan of a hundred stacks
 * of `Pulumi.dev.yaml` under each isolation, priced from the price table. Measures nothing, so the machine does not matter.
 *
 *     npm run bench -- course-cost
 *     node --import=./plan/program/source/register.js bench/course-cost.ts [stacks] [weeks]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../components/bundle/bundle-file.ts";
import { isolations } from "../course/course-file/course.ts";
import { planCourse } from "../course/plan/plan.ts";
import { usageOf } from "../plan/cost/usage.ts";
import { writeReport } from "./support/report.ts";

const count = Number(process.argv[2] ?? 100);
const weeks = Number(process.argv[3] ?? 10);
const use = { jobs: 100, requests: 5000 };
const region = "us-east-1";
const stateDirectory = mkdtempSync(join(tmpdir(), "annofarm-bench-course-cost-"));
const stacks = Array.from({ length: count }, (_, index) => {
  const pseudonym = `s${index.toString(36).padStart(6, "a")}`;
  return { name: `gas26-${pseudonym}`, members: [pseudonym] };
});

const rows = [];
const raw = [];
let pricesOf = "";
for (const instances of ["public", "private"] as const) {
  for (const isolation of isolations) {
    const plan = await planCourse({
      course: {
        ...{ course: "gas26", program: projectRoot, stack: "dev", config: { instances }, region, isolation },
        ...{ domain: "example.org", permissionsBoundary: true },
      },
      ...{ stacks, stateDirectory, usage: usageOf(use), weeks },
    });
    const found = plan.costs[isolation];
    if (found === undefined) throw new Error(`isolation ${isolation} has no cost`);
    const breaks = plan.quotas.filter(({ verdict }) => verdict === "breaks").map(({ rule }) => rule.label);
    const balancers = isolation === "balancers" ? plan.balancers : count;
    rows.push({ isolation, instances, balancers, ...found.expected, breaks });
    raw.push({ isolation, instances, costs: found, quotas: plan.quotas });
    pricesOf = plan.pricesOf;
    console.log(`${isolation}, ${instances}: $${found.expected.month.toFixed(0)} a month; breaks ${breaks.join(", ")}`);
  }
}
rmSync(stateDirectory, { recursive: true });
writeReport("course-cost", { stacks: count, weeks, region, pricesOf, use, rows }, { plans: raw });
