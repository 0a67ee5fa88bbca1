/** The table of alarms in docs/operations.md: what each tells people to do, from the program's own declaration. */
import { fileURLToPath } from "node:url";
import { readPlan } from "../../plan/plan.ts";

export const alarmDocument = "docs/operations.md";

const begin = "<!-- generated: npm run docs:alarms -->";
const end = "<!-- end generated -->";
const directory = fileURLToPath(new URL("../..", import.meta.url));

interface Alarm {
  readonly name: string;
  readonly runbook: string;
}

/** Alarms that tell the operator, once for each text. */
export async function toldAlarms(): Promise<readonly Alarm[]> {
  const config = { operatorEmail: "me@example.org", domain: "example.org" };
  const { resources } = await readPlan({ directory, stack: "dev", config });
  return resources.flatMap(({ type, name, inputs }) =>
    type === "aws:cloudwatch/metricAlarm:MetricAlarm" &&
    (inputs.alarmActions as string[]).some((arn) => arn.includes(":sns:"))
      ? [{ name, runbook: String(inputs.alarmDescription) }]
      : [],
  );
}

/** Alarms that say the same stand in one row. */
export function tableOf(alarms: readonly Alarm[]): string {
  const byText = new Map<string, string[]>();
  for (const { name, runbook } of alarms) byText.set(runbook, [...(byText.get(runbook) ?? []), name]);
  const rows = [...byText].map(([runbook, names]) => {
    const row = [
      names
        .sort()
        .map((name) => `\`${name}\``)
        .join(", "),
      runbook.replaceAll("|", "\\|"),
    ];
    return `| ${row.join(" | ")} |`;
  });
  return ["| Alarm | What its mail says |", "|---|---|", ...rows.sort()].join("\n");
}

/** @throws {Error} when the markers are not there. */
export function withAlarms(document: string, table: string): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${alarmDocument} has no line "${begin}" followed by "${end}"`);
  return `${document.slice(0, from)}${begin}\n\n${table}\n\n${document.slice(to)}`;
}
