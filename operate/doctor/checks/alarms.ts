/** Alarms that tell people something: whether the deployed stack has them, and what to do about those that are set off. */
import type { AccountReader } from "../account.ts";
import { type CheckResult, note, ok, unlooked, wrong } from "../finding.ts";
import type { Needs } from "../needs.ts";

const permission = "cloudwatch:DescribeAlarms";

export async function checkAlarms({ alarms }: Needs, account: AccountReader): Promise<CheckResult[]> {
  if (alarms.length === 0) return [];
  try {
    const states = await account.alarmStates(alarms.map(({ name }) => name));
    if (states.size === 0) return [ok("alarms", `none of ${alarms.length} is there yet: the stack is not deployed`)];
    const missing = alarms.filter(({ name }) => !states.has(name)).map(({ name }) => name);
    const setOff = alarms.filter(({ name }) => states.get(name) === "ALARM");
    return [
      ...setOff.map(({ name, runbook }) => wrong(`alarm ${name}`, "is set off", runbook)),
      ...(missing.length === 0 ? [] : [note("alarms", `${missing.join(", ")}: not there`, "pulumi up declares them")]),
      ...(setOff.length + missing.length === 0 ? [ok("alarms", `${alarms.length}, none set off`)] : []),
    ];
  } catch (error) {
    return [unlooked("alarms", error, permission)];
  }
}
