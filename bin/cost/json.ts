/** A cost report as JSON text: everything that the text was made from. */
import { labelOf } from "../../plan/cost/dominant.ts";
import { assumed, callsPerJob, callsPerRestore, hoursPerMonth } from "../../plan/cost/usage.ts";
import type { Report } from "./report.ts";

export function costJson(report: Report): string {
  const { plan, table, cost, dominant, stacks, months, fullMonthlyUsd, warning } = report;
  const { usage, at, lines, free, notPriced, groups, monthlyUsd, hourlyUsd } = cost;
  const components = new Map<string, number>();
  for (const line of lines) {
    const label = labelOf(plan, line.component[0]);
    components.set(label, (components.get(label) ?? 0) + line.monthlyUsd);
  }
  const document = {
    project: plan.project,
    stack: plan.stack,
    region: table.region,
    currency: table.currency,
    prices: { date: table.date, sources: table.sources },
    at,
    usage,
    assumptions: { ...assumed, callsPerJob, callsPerRestore, hoursPerMonth },
    groups,
    lines: lines.map((line) => ({ ...line, component: line.component.map((urn) => labelOf(plan, urn)).join(" / ") })),
    components: [...components].map(([component, usd]) => ({
      component,
      monthlyUsd: usd,
      hourlyUsd: usd / usage.upHours,
    })),
    free,
    notPriced,
    total: { monthlyUsd, hourlyUsd },
    stacks,
    months,
    totalOfAll: monthlyUsd * stacks * months,
    ...(fullMonthlyUsd === undefined ? {} : { standingAllTheTime: { monthlyUsd: fullMonthlyUsd } }),
    dominant,
    ...(warning === undefined ? {} : { warning }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
