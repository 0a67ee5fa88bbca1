/** What has become of alarms, as CloudWatch tells it: the emulator keeps no history that can be asked for. */
import type { AlarmState } from "../../../scaling/alarm.ts";
import { type Call, type Interceptor, jsonAnswer, textOf } from "../../gateway/call.ts";
import { queryAnswer } from "../../gateway/query.ts";

export interface AlarmChange {
  /** Epoch milliseconds of AWS's time. */
  readonly at: number;
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

export interface HistoryItem {
  readonly AlarmName: string;
  readonly AlarmType: "MetricAlarm";
  /** Epoch milliseconds of AWS's time. */
  readonly time: number;
  readonly HistoryItemType: "StateUpdate" | "Action";
  readonly HistorySummary: string;
  readonly HistoryData: string;
}

/** AWS keeps a month; here the newest suffice. */
const keptMax = 2_000;

/** As many items as AWS answers at once. */
const pageMax = 100;

export function createAlarmHistory() {
  const items: HistoryItem[] = [];

  function add(item: HistoryItem): void {
    items.push(item);
    if (items.length > keptMax) items.shift();
  }

  return {
    changed({ at, alarm, from, to, reason }: AlarmChange): void {
      add({
        AlarmName: alarm,
        AlarmType: "MetricAlarm",
        time: at,
        HistoryItemType: "StateUpdate",
        HistorySummary: `Alarm updated from ${from} to ${to}`,
        HistoryData: JSON.stringify({
          version: "1.0",
          oldState: { stateValue: from },
          newState: { stateValue: to, stateReason: reason },
        }),
      });
    },
    acted(at: number, alarm: string, state: AlarmState, action: string): void {
      add({
        AlarmName: alarm,
        AlarmType: "MetricAlarm",
        time: at,
        HistoryItemType: "Action",
        HistorySummary: `Successfully executed action ${action}`,
        HistoryData: JSON.stringify({ actionState: "Succeeded", stateUpdateTimestamp: at, stateValue: state }),
      });
    },
    /** Newest first. */
    list: (): readonly HistoryItem[] => [...items].reverse(),
  };
}

/** A time as either protocol has it: seconds, or ISO 8601. NaN where there is none. */
function timeOf(value: unknown): number {
  if (typeof value === "number") return value * 1_000;
  return textOf(value) === "" ? Number.NaN : Date.parse(textOf(value));
}

interface Page {
  readonly items: readonly HistoryItem[];
  /** Where the next page begins; `undefined`: there is none. */
  readonly next: string | undefined;
}

function pageOf(items: readonly HistoryItem[], { input }: Pick<Call, "input">): Page {
  const [alarm, type] = [textOf(input.AlarmName), textOf(input.HistoryItemType)];
  const [since, until] = [timeOf(input.StartDate), timeOf(input.EndDate)];
  const found = items.filter(
    (item) =>
      (alarm === "" || item.AlarmName === alarm) &&
      (type === "" || item.HistoryItemType === type) &&
      !(item.time < since) &&
      !(item.time > until),
  );
  const ordered = textOf(input.ScanBy) === "TimestampAscending" ? [...found].reverse() : found;
  const begin = Number(textOf(input.NextToken)) || 0;
  const end = begin + Math.min(pageMax, Number(input.MaxRecords) || pageMax);
  return { items: ordered.slice(begin, end), next: end < ordered.length ? String(end) : undefined };
}

/** Told when somebody sets an alarm's state. */
export type AlarmSetter = (name: string, state: AlarmState, reason: string) => Promise<void>;

/** By action, for the signing name `monitoring`. A state that is set acts before the call is answered. */
export function alarmInterceptors(
  list: () => readonly HistoryItem[],
  set: AlarmSetter,
): Readonly<Record<"DescribeAlarmHistory" | "SetAlarmState", Interceptor>> {
  return {
    async SetAlarmState(call, next) {
      const answer = await next(call);
      const { AlarmName, StateValue, StateReason } = call.input;
      if (answer.status === 200) await set(textOf(AlarmName), textOf(StateValue) as AlarmState, textOf(StateReason));
      return answer;
    },
    async DescribeAlarmHistory(call, next) {
      const { items, next: NextToken } = pageOf(list(), call);
      if (call.protocol === "json") {
        return jsonAnswer({
          AlarmHistoryItems: items.map(({ time, ...item }) => ({ ...item, Timestamp: time / 1_000 })),
          NextToken,
        });
      }
      if (call.protocol !== "query") return next(call);
      return queryAnswer("monitoring", call.action, call.requestId, {
        AlarmHistoryItems: items.map(({ time, ...item }) => ({ ...item, Timestamp: new Date(time).toISOString() })),
        NextToken,
      });
    },
  };
}
