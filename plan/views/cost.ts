/** A cost as text: by component and in total, what dominates it, what is not in it. */

import { entryOf } from "../cost/catalog.ts";
import type { Cost } from "../cost/cost.ts";
import { type Dominant, labelOf, type Share, sharesOf } from "../cost/dominant.ts";
import type { Plan } from "../types.ts";
import { amount, bytes, dollars, percent, price } from "./money.ts";

export interface CostReport {
  readonly plan: Plan;
  readonly region: string;
  /** Days on which the prices were known to hold: `2025-06-01 to 2026-08-17`. */
  readonly pricesOf: string;
  readonly cost: Cost;
  readonly dominant: readonly Dominant[];
  /** Equal stacks side by side, and for how many months. */
  readonly stacks: number;
  readonly months: number;
  /** What one stack would cost if it stood all the month; absent when it does. */
  readonly fullMonthlyUsd?: number;
}

export interface CostViewOptions {
  /** @default 80 */
  readonly width?: number;
  /** Small lines and what costs nothing too. @default false */
  readonly all?: boolean;
}

const hoursAre = 730;
/** A line below this share of the total is told together with others. */
const small = 0.005;
const [monthColumn, hourColumn] = [14, 12];

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Words broken into lines of at most `width`, all but the first behind `indent`. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > width && line !== "") {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

function headline({ plan, region, pricesOf, cost }: CostReport, width: number): string[] {
  const { usage, at } = cost;
  const size = {
    min: "all groups at their minimum",
    max: "all groups at their maximum",
    expected: "groups as expected",
  };
  const time = usage.upHours === hoursAre ? `a month of ${hoursAre} h` : `${amount(usage.upHours)} h of the month`;
  const load =
    `${amount(usage.jobs)} jobs of ${bytes(usage.inputBytes)} and ${amount(usage.requests)} requests ` +
    `within ${amount(usage.activeHours)} h; ${time}; ${size[at]}`;
  return [cut(`${plan.project} ${plan.stack} in ${region}, prices of ${pricesOf}, USD`, width), ...wrap(load, width)];
}

const sumOf = (shares: readonly Share[]) => shares.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);

/** `t4g.small on demand: 1,460 h × $0.0168` */
function told(share: Share, cost: Cost, plan: Plan): string {
  const same = cost.lines.filter(
    (line) =>
      line.what === share.what && line.key === share.key && labelOf(plan, line.component[0]) === share.component,
  );
  const quantity = same.reduce((sum, line) => sum + line.quantity, 0);
  const unitPrice = same[0]?.unitPrice ?? 0;
  return `${share.what}: ${amount(quantity)} ${entryOf(share.key)?.unit} × ${price(unitPrice)}`;
}

function table({ plan, cost }: CostReport, width: number, all: boolean): string[] {
  const shares = sharesOf(plan, cost);
  const hours = cost.usage.upHours;
  const label = width - monthColumn - hourColumn;
  const row = (text: string, usd: number) =>
    cut(text, label - 1).padEnd(label) +
    dollars(usd).padStart(monthColumn) +
    dollars(usd / hours, 4).padStart(hourColumn);
  const heading = hours === hoursAre ? "a month" : `${amount(hours)} h`;
  const lines = ["".padEnd(label) + heading.padStart(monthColumn) + "an hour".padStart(hourColumn)];
  const components = [...new Set(shares.map(({ component }) => component))]
    .map((component) => ({ component, own: shares.filter((each) => each.component === component) }))
    .sort((a, b) => sumOf(b.own) - sumOf(a.own));
  for (const { component, own } of components) {
    const isShown = (each: Share) => all || (each.monthlyUsd >= cost.monthlyUsd * small && each.monthlyUsd > 0);
    const rest = own.filter((each) => !isShown(each));
    const members = own.filter(isShown).map((each) => [told(each, cost, plan), each.monthlyUsd] as const);
    // A component of small lines only is told by its own row.
    if (rest.length > 0 && members.length > 0) members.push([`${rest.length} smaller`, sumOf(rest)]);
    lines.push(row(component, sumOf(own)));
    members.forEach(([text, usd], index) => {
      lines.push(row(`${index === members.length - 1 ? "└─" : "├─"} ${text}`, usd));
    });
  }
  return [...lines, row("total", cost.monthlyUsd)];
}

function several({ cost, stacks, months, fullMonthlyUsd }: CostReport): string[] {
  const lines: string[] = [];
  const many = stacks * months;
  const what = `${amount(stacks)} ${stacks === 1 ? "stack" : "stacks"} for ${amount(months)} ${months === 1 ? "month" : "months"}`;
  if (many !== 1) lines.push(`${what}: ${dollars(cost.monthlyUsd * many)}`);
  if (fullMonthlyUsd !== undefined) {
    const saved = (fullMonthlyUsd - cost.monthlyUsd) * many;
    lines.push(
      `standing all ${hoursAre} h: ${dollars(fullMonthlyUsd * many)}; taken down for the rest it saves ${dollars(saved)}`,
    );
  }
  return lines;
}

function groups({ plan, cost }: CostReport, width: number): string[] {
  return cost.groups.flatMap(({ urn, min, max, mean, because }) => {
    const name = plan.resources.find((resource) => resource.urn === urn)?.name ?? urn;
    return wrap(`${name}: ${amount(mean)} of ${min} to ${max} instances (${because})`, width - 2, "  ").map(
      (line) => `  ${line}`,
    );
  });
}

function dominating({ dominant }: CostReport, width: number): string[] {
  return dominant.flatMap(({ share, what, component, changedBy }) => [
    cut(`${percent(share).padStart(6)}  ${what}, ${component}`, width),
    ...changedBy.map(({ key, value, monthlyUsd }) => {
      const change = `${monthlyUsd < 0 ? "" : "+"}${dollars(monthlyUsd)} a month`;
      // A flag of the command, or a key of the configuration.
      const setting = key.startsWith("--") ? `${key} ${value}` : `${key}=${value}`;
      return `        ${setting.padEnd(40)}${change.padStart(20)}`;
    }),
  ]);
}

/** The report, no line wider than `width` columns. */
export function costText(report: CostReport, { width = 80, all = false }: CostViewOptions = {}): string {
  const { cost } = report;
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ["", title, ...lines]);
  const uncharged = (each: { urn: string; reason: string }) =>
    wrap(`${each.urn.split("::").at(-1)}: ${each.reason}`, width - 2, "  ").map((line) => `  ${line}`);
  const free = all
    ? section("Costs nothing", cost.free.flatMap(uncharged))
    : ["", `${cost.free.length} declared resources cost nothing; --all says why.`];
  return `${[
    ...headline(report, width),
    "",
    ...table(report, width, all),
    ...several(report),
    ...section("Group sizes", groups(report, width)),
    ...section(
      report.dominant.some(({ changedBy }) => changedBy.length > 0)
        ? "What dominates, and what would change it"
        : "What dominates",
      dominating(report, width),
    ),
    ...section("Not priced", cost.notPriced.flatMap(uncharged)),
    ...free,
  ].join("\n")}\n`;
}
