import test from "ava";
import { alarmInterceptors, createAlarmHistory } from "../../../../local/aws/cloudwatch/alarm-calls.ts";
import type { Answer, Call } from "../../../../local/gateway/call.ts";
import { elementsOf, firstText, parseXml } from "../../../../local/gateway/xml-document.ts";

const begin = Date.UTC(2026, 0, 5, 12);

function asked(protocol: "json" | "query" | "cbor") {
  const history = createAlarmHistory();
  for (let n = 0; n < 130; n++) {
    history.changed({
      at: begin + n * 60_000,
      alarm: n % 2 === 0 ? "a" : "b",
      from: "OK",
      to: "ALARM",
      reason: `${n}`,
    });
  }
  history.acted(begin + 130 * 60_000, "a", "ALARM", "arn:aws:sns:us-east-1:1:operators");
  const { DescribeAlarmHistory } = alarmInterceptors(history.list, async () => {});
  const passed: Answer = { status: 501, headers: {}, body: Buffer.from("passed on") };
  return async (input: Record<string, unknown>): Promise<string> => {
    const call = { protocol, action: "DescribeAlarmHistory", requestId: "r", input } as unknown as Call;
    return String((await DescribeAlarmHistory(call, async () => passed)).body);
  };
}

interface Found {
  readonly AlarmHistoryItems: readonly { AlarmName: string; HistoryItemType: string; Timestamp: number }[];
  readonly NextToken?: string;
}
const json = async (input: Record<string, unknown>): Promise<Found> => JSON.parse(await asked("json")(input)) as Found;

test("newest first, a hundred at once, the rest by the token", async (t) => {
  const first = await json({});
  t.is(first.AlarmHistoryItems.length, 100);
  t.like(first.AlarmHistoryItems[0], { HistoryItemType: "Action", Timestamp: (begin + 130 * 60_000) / 1000 });
  const second = await json({ NextToken: first.NextToken });
  t.is(second.AlarmHistoryItems.length, 31);
  t.is(second.NextToken, undefined);
  t.is(second.AlarmHistoryItems.at(-1)?.Timestamp, begin / 1000);
});

test("of one alarm, of one kind, of a span of time, oldest first", async (t) => {
  const found = await json({
    AlarmName: "a",
    HistoryItemType: "StateUpdate",
    StartDate: begin / 1000 + 60,
    EndDate: begin / 1000 + 600,
    ScanBy: "TimestampAscending",
  });
  t.deepEqual(
    found.AlarmHistoryItems.map(({ AlarmName, Timestamp }) => [AlarmName, Timestamp - begin / 1000]),
    [120, 240, 360, 480, 600].map((seconds) => ["a", seconds]),
  );
});

test("the query protocol is answered in XML, with ISO 8601 both ways; others by the emulator", async (t) => {
  const xml = await asked("query")({ StartDate: new Date(begin + 129.5 * 60_000).toISOString(), MaxRecords: "5" });
  const document = parseXml(xml);
  t.is(document.name, "DescribeAlarmHistoryResponse");
  t.is(document.attributes.xmlns, "http://monitoring.amazonaws.com/doc/2010-08-01/");
  t.is(elementsOf(document, "member").length, 1);
  t.is(firstText(document, "Timestamp"), "2026-01-05T14:10:00.000Z");
  t.is(await asked("cbor")({}), "passed on");
});
