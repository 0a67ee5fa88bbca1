// One case for each rule of CloudWatch's "Dashboard body structure and syntax".
import test from "ava";
import { dashboardMistakes } from "../../../../local/aws/cloudwatch/dashboard-body.ts";
import { dashboardInterceptors } from "../../../../local/aws/cloudwatch/dashboard-calls.ts";
import type { Answer, Call } from "../../../../local/gateway/call.ts";

const arn = (name: string) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`;
const cpu = ["AWS/EC2", "CPUUtilization", "InstanceId", "i-012345"];
const graph = (properties: object = {}, place: object = {}) => ({
  type: "metric",
  ...place,
  properties: { region: "us-east-1", metrics: [cpu], ...properties },
});
const told = (...widgets: object[]) =>
  dashboardMistakes(JSON.stringify({ widgets })).map(({ dataPath, message }) => `${dataPath}: ${message}`);

const accepted: Readonly<Record<string, object>> = {
  "a graph": graph({ period: 300, stat: "Average", title: "CPU", view: "timeSeries", liveData: false }),
  "percentiles, and what a graph inherits": graph({
    metrics: [cpu, ["...", "i-2", { stat: "p99.9" }], [".", ".", ".", "i-3", { yAxis: "right", color: "#0000ff" }]],
  }),
  "math, of which the result is seen": graph({
    metrics: [[...cpu, { id: "cpu", visible: false }], [{ expression: "cpu * 2", label: "twice", id: "twice" }]],
  }),
  "lines, bands and moments": graph({
    annotations: {
      horizontal: [
        { value: 5, fill: "above" },
        [
          { value: 1, label: "from" },
          { value: 2, label: "to" },
        ],
      ],
      vertical: [{ value: "2026-11-27T06:00:00Z", fill: "after" }],
    },
  }),
  "an alarm's graph without metrics of its own": {
    type: "metric",
    properties: { region: "us-east-1", annotations: { alarms: [arn("one")] } },
  },
  "a gauge with both ends": graph({ view: "gauge", yAxis: { left: { min: 0, max: 100 } } }),
  "states of a hundred alarms": {
    type: "alarm",
    properties: {
      title: "all",
      alarms: Array.from({ length: 100 }, (_, index) => arn(`a${index}`)),
      states: ["ALARM"],
    },
  },
  "a text": { type: "text", x: 23, y: 1000, width: 1, height: 1000, properties: { markdown: "# Hello" } },
  "a query of logs": { type: "log", properties: { region: "us-east-1", query: "SOURCE 'a' | fields @message" } },
  "an explorer": { type: "explorer", properties: { metrics: [{ metricName: "CPUUtilization", stat: "Average" }] } },
  "a widget of one's own": { type: "custom", properties: { endpoint: "arn:aws:lambda:us-east-1:1:function:f" } },
};
for (const [what, widget] of Object.entries(accepted)) test(`accepted: ${what}`, (t) => t.deepEqual(told(widget), []));

const refused: Readonly<Record<string, readonly [object, string]>> = {
  "an alarm widget without alarms": [
    { type: "alarm", properties: { title: "none", alarms: [] } },
    "/widgets/0/properties/alarms: Should NOT have fewer than 1 items",
  ],
  "more alarms than a hundred": [
    { type: "alarm", properties: { alarms: Array.from({ length: 101 }, (_, index) => arn(`a${index}`)) } },
    "/widgets/0/properties/alarms: Should NOT have more than 100 items",
  ],
  "an alarm by its name alone": [
    { type: "alarm", properties: { alarms: ["scale-out"] } },
    "/widgets/0/properties/alarms/0: Should match /^arn:[\\w-]+:cloudwatch:[\\w-]+:\\d{12}:alarm:.+$/",
  ],
  "a type that there is not": [
    { type: "picture", properties: {} },
    "/widgets/0/type: Should be equal to one of the allowed values",
  ],
  "a widget without properties": [{ type: "text" }, "/widgets/0: Should have required property 'properties'"],
  "a text without its text": [
    { type: "text", properties: {} },
    "/widgets/0/properties: Should have required property 'markdown'",
  ],
  "a graph without a region": [
    { type: "metric", properties: { metrics: [cpu] } },
    "/widgets/0/properties: Should have required property 'region'",
  ],
  "a graph of nothing": [
    { type: "metric", properties: { region: "us-east-1" } },
    "/widgets/0/properties: Should have required property 'metrics'",
  ],
  "a width of 25": [graph({}, { width: 25 }), "/widgets/0/width: Should be <= 24"],
  "a width of 0": [graph({}, { width: 0 }), "/widgets/0/width: Should be >= 1"],
  "a height of 1,001": [graph({}, { height: 1_001 }), "/widgets/0/height: Should be <= 1000"],
  "half a column": [graph({}, { x: 1.5 }), "/widgets/0/x: Should be integer"],
  "column 24 of 0 to 23": [graph({}, { x: 24 }), "/widgets/0/x: Should be <= 23"],
  "a period of 45 seconds": [
    graph({ period: 45 }),
    "/widgets/0/properties/period: Should be 1, 5, 10, 30 or a multiple of 60",
  ],
  "a view that there is not": [
    graph({ view: "cake" }),
    "/widgets/0/properties/view: Should be equal to one of the allowed values",
  ],
  "a gauge without ends": [
    graph({ view: "gauge" }),
    "/widgets/0/properties/yAxis: A gauge should have specified the left axis's min and max",
  ],
  "a metric without a name": [
    graph({ metrics: [["AWS/EC2"]] }),
    "/widgets/0/properties/metrics/0: Should have a namespace and a metric's name",
  ],
  "a dimension without a value": [
    graph({ metrics: [["AWS/EC2", "CPUUtilization", "InstanceId"]] }),
    "/widgets/0/properties/metrics/0: Should have a value for each dimension",
  ],
  "31 dimensions": [
    graph({ metrics: [["a", "b", ...Array.from({ length: 62 }, (_, index) => `d${index}`)]] }),
    "/widgets/0/properties/metrics/0: Should NOT have more than 30 dimensions",
  ],
  "options that are not last": [
    graph({ metrics: [["AWS/EC2", { stat: "Sum" }, "CPUUtilization"]] }),
    "/widgets/0/properties/metrics/0/1: Should be string",
  ],
  "options alone": [
    graph({ metrics: [[{ id: "a" }]] }),
    "/widgets/0/properties/metrics/0: Should have required property 'expression'",
  ],
  "an id twice": [
    graph({
      metrics: [
        [...cpu, { id: "a" }],
        [...cpu, { id: "a" }],
      ],
    }),
    "/widgets/0/properties/metrics: Should NOT have the id 'a' twice",
  ],
  "a colour by its name": [
    graph({ metrics: [[...cpu, { color: "red" }]] }),
    "/widgets/0/properties/metrics/0/4/color: Should match /^#[0-9a-fA-F]{6}$/",
  ],
  "a line without a value": [
    graph({ annotations: { horizontal: [{ label: "limit" }] } }),
    "/widgets/0/properties/annotations/horizontal/0: Should have required property 'value'",
  ],
  "two alarms on one graph": [
    graph({ annotations: { alarms: [arn("one"), arn("two")] } }),
    "/widgets/0/properties/annotations/alarms: Should NOT have more than 1 items",
  ],
  "more than 500 metrics on one graph": [
    graph({ metrics: Array.from({ length: 501 }, () => cpu) }),
    "/widgets/0/properties/metrics: Should NOT have more than 500 items",
  ],
};
for (const [what, [widget, mistake]] of Object.entries(refused)) {
  test(`refused: ${what}`, (t) => t.true(told(widget).includes(mistake), told(widget).join("\n")));
}

test("a whole has at most 500 widgets and 2,500 metrics, and JSON that can be read", (t) => {
  const times = (count: number, widget: object) => Array.from({ length: count }, () => widget);
  const text = { type: "text", properties: { markdown: "" } };
  t.deepEqual(told(...times(500, text)), []);
  t.deepEqual(told(...times(501, text)), ["/widgets: Should NOT have more than 500 items"]);
  const full = graph({ metrics: times(500, cpu) });
  t.deepEqual(told(...times(5, full)), []);
  t.deepEqual(told(...times(5, full), graph()), ["/widgets: Should NOT have more than 2500 metrics"]);
  t.is(dashboardMistakes("{").length, 1);
  t.deepEqual(dashboardMistakes("{}"), [{ dataPath: "", message: "Should have required property 'widgets'" }]);
  t.deepEqual(dashboardMistakes('{"widgets":[],"periodOverride":"always"}').length, 1);
});

test("a call is refused with all that is wrong, and passed on otherwise, whatever JSON or form it came in", async (t) => {
  const passed: Answer = { status: 200, headers: {}, body: Buffer.alloc(0) };
  const put = (protocol: "json" | "query", DashboardName: string, DashboardBody: string) => {
    const call = { protocol, action: "PutDashboard", input: { DashboardName, DashboardBody } } as unknown as Call;
    return dashboardInterceptors.PutDashboard(call, async () => passed);
  };
  const empty = { type: "alarm", properties: { alarms: [] } };
  const body = JSON.stringify({ widgets: [empty, { ...empty, width: 30 }] });
  for (const protocol of ["json", "query"] as const) {
    t.is(await put(protocol, "farm_1", '{"widgets":[]}'), passed);
    const refusal = await t.throwsAsync(put(protocol, "farm", body));
    t.like(refusal, { name: "Refusal", status: 400, code: "InvalidParameterInput" });
    t.regex(refusal?.message ?? "", /^The dashboard body is invalid, there are 3 validation errors:/);
    t.like(await t.throwsAsync(put(protocol, "my farm", body)), { code: "InvalidParameterValue" });
  }
});
