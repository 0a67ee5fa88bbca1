/**
 * Scheduled actions by call: the emulator keeps and describes them, the scaling loop runs them beside the declared ones. What AWS
 * would refuse is refused here, by the reader of declared schedules; the emulator takes everything.
 */
import { sizeProblems } from "../../../runtime/contract/scheduled-size.ts";
import type { ScalingFinding } from "../../../scaling/read/findings.ts";
import { readSchedule } from "../../../scaling/read/groups.ts";
import type { SchedulePlan } from "../../../scaling/scaling-plan.ts";
import { type Interceptor, textOf } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { queryInput } from "../../gateway/query.ts";

/** Who runs scheduled actions. */
export interface ScheduleCalls {
  /** Whether it runs those of this group. */
  knows(groupName: string): boolean;
  put(groupName: string, schedule: SchedulePlan): Promise<void>;
  remove(groupName: string, name: string): Promise<void>;
}

const invalid = (message: string) => new Refusal(400, "ValidationError", message);

const inputs = {
  MinSize: "minSize",
  MaxSize: "maxSize",
  DesiredCapacity: "desiredCapacity",
  Recurrence: "recurrence",
  TimeZone: "timeZone",
  StartTime: "startTime",
  EndTime: "endTime",
} as const;

const anySize = { min: 0, max: Number.POSITIVE_INFINITY };

function scheduleOf(given: Readonly<Record<string, unknown>>, now: number): SchedulePlan {
  const name = textOf(given.ScheduledActionName);
  const declared = Object.entries(inputs).flatMap(([theirs, ours]) =>
    textOf(given[theirs]) === "" ? [] : [[ours, textOf(given[theirs])]],
  );
  const findings: ScalingFinding[] = [];
  const resource = { urn: name, name, inputs: { scheduledActionName: name, ...Object.fromEntries(declared) } };
  const schedule = readSchedule(resource, findings);
  const [first] = findings;
  if (first !== undefined) throw invalid(`${first.path}: ${first.problem}`);
  // The group's own bounds are looked at when the action runs.
  const { min, max, desired } = schedule;
  const [problem] = sizeProblems(anySize, [{ min, max, desired }], { min: "any size", max: "any size" });
  if (problem !== undefined) throw invalid(`${name}.${problem.property}: ${problem.problem}`);
  const { start, end } = schedule;
  if (start !== undefined && end !== undefined && end <= start) throw invalid(`${name}: it ends before it starts`);
  if (name.length > 255) throw invalid("ScheduledActionName has at most 255 characters");
  if (schedule.start !== undefined && schedule.start < now) throw invalid(`${name}: its start time has passed`);
  return schedule;
}

/**
 * By action, for the signing name `autoscaling`.
 *
 * @param calls answers `undefined` while nothing runs yet.
 * @param now local epoch milliseconds.
 * @param anyGroup whether calls set up groups here, so that an unknown one does not exist.
 */
export function scheduleInterceptors(
  calls: () => ScheduleCalls | undefined,
  now: () => number,
  anyGroup: () => boolean = () => false,
): Readonly<Record<string, Interceptor>> {
  function known(groupName: string): ScheduleCalls {
    const found = calls();
    if (found?.knows(groupName)) return found;
    if (anyGroup()) throw invalid(`Group ${groupName} not found`);
    throw new Refusal(
      501,
      "NotImplemented",
      `the program declares no Auto Scaling group ${groupName}, so its schedules would have no effect on this machine`,
    );
  }

  const putting =
    (given: (input: ReturnType<typeof queryInput>) => readonly unknown[]): Interceptor =>
    async (call, next) => {
      const input = queryInput(call.input);
      const group = textOf(input.AutoScalingGroupName);
      const runner = known(group);
      const schedules = given(input).map((each) => scheduleOf(each as Record<string, unknown>, now()));
      const answer = await next(call);
      if (answer.status === 200) for (const schedule of schedules) await runner.put(group, schedule);
      return answer;
    };

  const removing =
    (names: (input: ReturnType<typeof queryInput>) => readonly unknown[]): Interceptor =>
    async (call, next) => {
      const input = queryInput(call.input);
      const group = textOf(input.AutoScalingGroupName);
      const runner = known(group);
      const answer = await next(call);
      if (answer.status === 200) for (const name of names(input)) await runner.remove(group, String(name));
      return answer;
    };

  const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  return {
    PutScheduledUpdateGroupAction: putting((input) => [input]),
    BatchPutScheduledUpdateGroupAction: putting((input) => listOf(input.ScheduledUpdateGroupActions)),
    DeleteScheduledAction: removing((input) => [input.ScheduledActionName]),
    BatchDeleteScheduledAction: removing((input) => listOf(input.ScheduledActionNames)),
  };
}
