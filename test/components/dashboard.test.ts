import test from "ava";
import {
  AnnotatorFarm,
  type AnnotatorScaling,
  ArgumentsError,
  courseScaling,
  Dashboard,
  WebFarm,
  type WebScaling,
} from "../../components/index.ts";
import { dashboardMistakes } from "../../local/aws/cloudwatch/dashboard-body.ts";
import { declare } from "./declare.ts";
import { entry, ground } from "./farm.ts";

type Widget = {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly region?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
    readonly annotations?: { readonly horizontal: readonly { readonly label: string; readonly value: number }[] };
  };
};

/** What CloudWatch would refuse of all dashboards here. */
const refused: object[] = [];
test.afterEach((t) => t.deepEqual(refused.splice(0), []));

async function widgetsOf(
  build: (farms: { web: WebFarm; annotator: AnnotatorFarm }) => Dashboard,
  scaling: { readonly web?: WebScaling; readonly annotator?: AnnotatorScaling } = {},
) {
  const scales = <Scaling>(by: Scaling | undefined) => (by === undefined ? {} : { scaling: by });
  const declared = await declare(() => {
    const { network, jobs, archive } = ground();
    const web = new WebFarm("gas-web", {
      network,
      jobs,
      archive,
      entry,
      ...scales(scaling.web),
      identity: { issuer: "https://issuer.example", clientId: "gas" },
      payments: { publishableKey: "pk_test_1", priceId: "price_1" },
    });
    const annotator = new AnnotatorFarm("gas-annotator", { network, jobs, entry, ...scales(scaling.annotator) });
    return build({ web, annotator });
  });
  const { dashboardName, dashboardBody } = declared.inputs("aws:cloudwatch/dashboard:Dashboard", "gas");
  refused.push(...dashboardMistakes(String(dashboardBody)));
  const { widgets } = JSON.parse(String(dashboardBody)) as { widgets: Widget[] };
  return { declared, dashboardName, widgets };
}

const overlap = (a: Widget, b: Widget) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test.serial("both farms and the dead letters are on one page, side by side and none over another", async (t) => {
  const { dashboardName, widgets } = await widgetsOf(
    ({ web, annotator }) => new Dashboard("gas", { web, annotator, queues: [annotator.queue] }),
  );
  t.is(dashboardName, "gas");
  t.deepEqual(
    widgets.map(({ properties }) => properties.title),
    [
      "Web: requests and failures a minute",
      "Web: response time",
      "Web: instances",
      "Web: alarms",
      "Web: load by gas-web-scale-out",
      "Web: load by gas-web-scale-in",
      "Annotator: jobs sent a minute",
      "Annotator: backlog",
      "Annotator: instances",
      "Annotator: alarms",
      "Annotator: load by gas-annotator-scale-out",
      "Annotator: load by gas-annotator-scale-in",
      "Dead letters",
    ],
  );
  for (const [at, widget] of widgets.entries()) {
    t.true(widget.x + widget.width <= 24, widget.properties.title);
    for (const other of widgets.slice(at + 1)) t.false(overlap(widget, other), `${at} and another`);
  }
});

test.serial("a plot watches what the alarms watch, and draws their thresholds", async (t) => {
  const { declared, widgets } = await widgetsOf(({ web, annotator }) => new Dashboard("gas", { web, annotator }), {
    web: courseScaling(),
    annotator: courseScaling(),
  });
  for (const [title, alarm] of [
    ["Web: requests and failures a minute", "gas-web-scale-out"],
    ["Web: response time", "gas-web-scale-in"],
    ["Annotator: jobs sent a minute", "gas-annotator-scale-out"],
  ] as const) {
    const { threshold, metricName, dimensions } = declared.inputs("aws:cloudwatch/metricAlarm:MetricAlarm", alarm);
    const properties = widgets.find((widget) => widget.properties.title === title)?.properties;
    const line = properties?.annotations?.horizontal.find(({ label }) => label === alarm);
    t.is(line?.value, threshold as number);
    const [dimension] = Object.entries(dimensions as Record<string, string>);
    t.true(properties?.metrics?.some((series) => series[1] === metricName && series[3] === dimension?.[1]));
    t.is(properties?.region, "us-east-1");
  }
  const states = widgets.filter(({ type }) => type === "alarm").flatMap(({ properties }) => properties.alarms ?? []);
  t.is(states.length, 4);
  for (const arn of states) t.regex(arn, /^arn:aws:cloudwatch:us-east-1:\d+:alarm:gas-/);
});

test.serial("an alarm over an expression has a plot of its own queries, of which the result is drawn", async (t) => {
  const { declared, widgets } = await widgetsOf(({ web, annotator }) => new Dashboard("gas", { web, annotator }));
  for (const [farm, name] of [
    ["Web", "gas-web-scale-in"],
    ["Annotator", "gas-annotator-scale-out"],
  ] as const) {
    const { threshold, metricQueries } = declared.inputs("aws:cloudwatch/metricAlarm:MetricAlarm", name);
    const plot = widgets.find(({ properties }) => properties.title === `${farm}: load by ${name}`)?.properties;
    t.deepEqual(
      plot?.annotations?.horizontal.map(({ label, value }) => [label, value]),
      [[name, threshold]],
    );
    const options = (plot?.metrics ?? []).map((series) => series.at(-1) as { id: string; visible: boolean });
    const queries = metricQueries as readonly { id: string; returnData: boolean }[];
    t.deepEqual(
      options.map(({ id, visible }) => [id, visible]),
      queries.map(({ id, returnData }) => [id, returnData]),
    );
  }
});

test.serial(
  "a farm without alarms of ours has no widget of their states, but a plot of what AWS keeps at a target",
  async (t) => {
    const { widgets } = await widgetsOf(
      ({ web, annotator }) => new Dashboard("gas", { web, annotator, queues: [annotator.queue] }),
      { web: { by: "requestsPerTarget", requestsPerTarget: 900 }, annotator: { by: "backlogPerInstance" } },
    );
    t.false(widgets.some(({ type }) => type === "alarm"));
    const plotOf = (title: string) => widgets.find((widget) => widget.properties.title === title)?.properties;
    const requests = plotOf("Web: load by gas-web-requests");
    t.like(requests?.annotations?.horizontal, [{ label: "target", value: 900 }]);
    const [series = []] = requests?.metrics ?? [];
    t.deepEqual(series.slice(0, 2), ["AWS/ApplicationELB", "RequestCountPerTarget"]);
    t.regex(`${series[3]} ${series[5]}`, /^app\/gas-web\/\w+ targetgroup\/gas-w-\w+\/\w+$/);
    const backlog = plotOf("Annotator: load by gas-annotator-backlog");
    t.like(backlog?.annotations?.horizontal, [{ label: "target", value: 2 }]);
    t.deepEqual(
      backlog?.metrics?.map((each) => (each.at(-1) as { visible: boolean }).visible),
      [false, false, false, true],
    );
  },
);

test.serial("a program may show one farm, change the rest, and must show something", async (t) => {
  const { widgets } = await widgetsOf(({ web }) => new Dashboard("gas", { web }));
  t.true(widgets.every(({ properties }) => properties.title.startsWith("Web")));
  const changed = await widgetsOf(
    ({ web }) => new Dashboard("gas", { web, transform: { dashboard: { dashboardName: "mine" } } }),
  );
  t.is(changed.dashboardName, "mine");
  await declare(() => {
    const error = t.throws(() => new Dashboard("gas", {}), { instanceOf: ArgumentsError });
    t.regex(error?.message ?? "", /web: is omitted/);
  });
});
