/** A course's plan as text, no line wider than 80 columns. */

import { amount, dollars } from "../../plan/views/money.ts";
import { isolations } from "../course-file/course.ts";
import { plural } from "../plural.ts";
import type { CoursePlan } from "./plan.ts";
import { publishedOn, type QuotaFinding } from "./quotas.ts";

const width = 80;

/** Breaks at spaces; a word that is longer than the line, such as a command's, keeps its line. */
function wrap(text: string, indent: string, first = indent, most = width): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(" ")) {
    const fits = line.length + word.length <= most || line.trim() === "";
    if (!fits) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** A command over several lines, as a shell takes it; other advice as prose. */
function mendLines(mend: string, first: string): string[] {
  const indent = "            ";
  if (!mend.startsWith("aws ")) return wrap(mend, indent, first);
  const lines = wrap(mend, indent, first, width - 2);
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

function headline({ course, region, isolation, stacks, balancers, perBalancer }: CoursePlan): string[] {
  const shares = {
    own: "each with a network and a balancer of its own",
    network: "in one network, each with a balancer of its own",
    balancers: `in one network, behind ${plural(balancers, "balancer")} (${perBalancer} stacks each at most)`,
  }[isolation];
  const people = stacks.reduce((sum, { members }) => sum + members.length, 0);
  return wrap(
    `${course} in ${region}: ${plural(stacks.length, "stack")} of ${plural(people, "person", "people")}, ${shares}`,
    "",
  );
}

/** All of them where there are few; else the first, and how to see the rest. */
function stackLines({ stacks }: CoursePlan, all: boolean): string[] {
  const shown = all || stacks.length <= 6 ? stacks : stacks.slice(0, 3);
  const lines = shown.map(({ name, host, place, members }) => {
    const where = host ?? "at its balancer's own name";
    const behind = place === undefined ? "" : `  balancer ${place.balancer}, rule ${place.priority}`;
    const team = members.length > 1 ? `  ${members.length} people` : "";
    return `  ${name.padEnd(20)}  ${where}${behind}${team}`.slice(0, width);
  });
  return shown.length === stacks.length ? lines : [...lines, `  … and ${stacks.length - shown.length} more (--all)`];
}

function isolationLines({ proof }: CoursePlan): string[] {
  const { declared, widened, unbounded, collisions, stacks, roles } = proof;
  const [one, other] = stacks;
  const asked = `${plural(roles, "role")} of ${one} asked for ${amount(declared.asked)} things of ${other}`;
  const tell = (reached: number) => (reached === 0 ? "none is allowed" : `${amount(reached)} are allowed`);
  const [first] = declared.reached;
  const lines = [
    ...wrap(`${asked}: ${tell(declared.reached.length)}`, "  "),
    ...(first === undefined ? [] : wrap(`such as ${first.action} on ${first.resource}, to ${first.role}`, "    ")),
    ...wrap(`if a student lets a role do everything: ${tell(widened.reached.length)}`, "  "),
  ];
  if (unbounded.length > 0)
    lines.push(
      ...wrap(`no permissions boundary holds ${plural(unbounded.length, "role")}; set permissionsBoundary: true`, "  "),
    );
  for (const arn of collisions.slice(0, 3)) lines.push(...wrap(`both stacks would make ${arn}`, "    ", "  "));
  return lines;
}

function costLines({ costs, isolation, weeks, usage, pricesOf }: CoursePlan): string[] {
  const head = `  ${"".padEnd(24)}${["an hour", "a month", `${weeks} weeks`].map((each) => each.padStart(14)).join("")}`;
  const rows = isolations.flatMap((each) => {
    const found = costs[each];
    if (found === undefined) return [];
    const mark = each === isolation ? "*" : " ";
    return (["expected", "min"] as const).map((size) => {
      const { hour, month, term } = found[size];
      const name = size === "expected" ? `${mark} ${each}` : `    groups at minimum`;
      return `  ${name.padEnd(24)}${[hour, month, term].map((usd) => dollars(usd).padStart(14)).join("")}`;
    });
  });
  const one = costs[isolation];
  const use = `each stack ${plural(usage.jobs, "job")} and ${plural(usage.requests, "request")} a month; stands ${usage.upHours} h of 730; prices of ${pricesOf}`;
  return [
    head,
    ...rows,
    ...(one === undefined
      ? []
      : wrap(
          `${dollars(one.stackMonth)} a month for each stack, ${dollars(one.sharedMonth)} for what they share`,
          "  ",
        )),
    ...wrap(use, "  "),
    ...(one?.notPriced ?? []).flatMap((reason) => wrap(`not priced: ${reason}`, "    ", "  ")),
  ];
}

function quotaLine({ rule, needed, inUse, limit, limitOf, verdict }: QuotaFinding): string {
  const need = needed.least === needed.most ? amount(needed.most) : `${amount(needed.least)} to ${amount(needed.most)}`;
  const used = inUse === undefined ? "" : `, ${amount(inUse)} in use`;
  const source = limitOf === "published" ? "" : " here";
  const mark = { fits: "ok    ", breaks: "BREAKS", "breaks at most": "MAY   " }[verdict];
  return `  ${mark}  ${rule.label.padEnd(28)}${need} of ${amount(limit)}${source}${used}`;
}

function quotaLines({ quotas, asked, standing }: CoursePlan, all: boolean): string[] {
  const broken = quotas.filter(({ verdict }) => verdict !== "fits");
  const shown = all ? quotas : broken;
  const source = asked
    ? `of this account${standing === 0 ? "" : `; ${plural(standing, "stack")} of the course stand already and are in use`}`
    : `AWS's defaults as published in ${publishedOn}; --account asks yours`;
  return [
    ...wrap(`Quotas: ${source}`, ""),
    ...shown.flatMap((finding) => [
      quotaLine(finding),
      ...finding.mends.flatMap((mend, index) => mendLines(mend, index === 0 ? "          → " : "         or ")),
      ...(finding.unknown === undefined ? [] : wrap(`not asked: ${finding.unknown}`, "            ", "          ")),
    ]),
    ...(all || quotas.length === broken.length
      ? []
      : [`  ${plural(quotas.length - broken.length, "other")} fit (--all)`]),
    ...(broken.some(({ verdict }) => verdict === "breaks at most")
      ? wrap("MAY: all stacks come up, and not all of them can grow to their maximum at once", "  ")
      : []),
  ];
}

/** @param all every stack and every quota, those that fit too. */
export function coursePlanText(plan: CoursePlan, all: boolean): string {
  const lines = [
    ...headline(plan),
    "",
    ...stackLines(plan, all),
    "",
    "Isolation",
    ...isolationLines(plan),
    "",
    "Costs, as expected and with every group at its minimum (* chosen)",
    ...costLines(plan),
    "",
    ...quotaLines(plan, all),
  ];
  return `${lines.join("\n")}\n`;
}

/** Whether the stacks may not all come up, grow, or be kept apart. */
export function breaksSomething({ quotas, proof }: CoursePlan): boolean {
  return (
    quotas.some(({ verdict }) => verdict !== "fits") || proof.declared.reached.length > 0 || proof.collisions.length > 0
  );
}
