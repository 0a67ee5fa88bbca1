/** The last hour of AWS's time: each group's size and load, and what the alarms made of it. */
import { nameWithinStack } from "../../../runtime/contract/names.ts";
import type { AlarmHistory, ConsoleView, GroupHistory } from "../view.ts";
import { commonPrefix, plural } from "./format.ts";
import { Chip, Panel } from "./parts.tsx";
import { Plot, type PlotLine } from "./plot.tsx";
import { timeText } from "./plot-shape.ts";
import { standingOf } from "./standing.ts";

/** What the instances in service would get through in a minute; none where no capacity was declared. */
function capacityLine(view: ConsoleView, { name, inService }: GroupHistory): PlotLine[] {
  const capacity = view.capacities.find(({ group }) => group === name);
  if (capacity?.kind !== "web") return [];
  const values = inService.map((count) => count * capacity.rate * 60);
  return [{ label: "declared capacity", look: "limit", values, steps: true }];
}

function Alarm({ view, alarm, short }: { view: ConsoleView; alarm: AlarmHistory; short: string }) {
  const { minutes } = view.history;
  const state = alarm.states.at(-1) ?? "INSUFFICIENT_DATA";
  const { tone, words } = standingOf(view, { name: alarm.name, state });
  return (
    <Plot
      title={short}
      of={`alarm on ${alarm.metric}`}
      aside={<Chip tone={tone}>{words}</Chip>}
      minutes={minutes}
      states={alarm.states}
      lines={[
        { label: alarm.metric, look: "a", values: alarm.values },
        { label: alarm.sign, look: "threshold", values: minutes.map(() => alarm.threshold) },
      ]}
    />
  );
}

function Group({ view, group, short }: { view: ConsoleView; group: GroupHistory; short: string }) {
  const { minutes, alarms } = view.history;
  const { name, web } = group;
  const own = alarms.filter((alarm) => alarm.group === name);
  const within = nameWithinStack(name);
  const nameOf = (alarm: string) =>
    nameWithinStack(alarm.startsWith(`${within}-`) ? alarm.slice(within.length + 1) : alarm);
  const latency = view.capacities.some((each) => each.group === name)
    ? "Latency, AWS's seconds"
    : "Latency, your seconds";
  return (
    <div class="plots">
      <h3 title={name}>{short}</h3>
      <div class="plot-grid">
        <Plot
          title="Instances"
          of={name}
          minutes={minutes}
          lines={[
            { label: "in service", look: "a", values: group.inService, steps: true },
            { label: "desired", look: "b", values: group.desired, steps: true },
            { label: "min", look: "limit", values: group.min, steps: true },
            { label: "max", look: "limit", values: group.max, steps: true },
          ]}
        />
        {web === undefined ? null : (
          <>
            <Plot
              title="Requests a minute"
              of={name}
              minutes={minutes}
              lines={[
                { label: "requests", look: "a", values: web.requests, steps: true },
                ...capacityLine(view, group),
              ]}
            />
            <Plot
              title={latency}
              of={name}
              unit="s"
              minutes={minutes}
              lines={[
                { label: "p50", look: "a", values: web.p50 },
                { label: "p95", look: "b", values: web.p95 },
              ]}
            />
          </>
        )}
        {group.queues.map((queue) => (
          <Plot
            key={queue.name}
            title="Messages in the queue"
            of={queue.name}
            minutes={minutes}
            lines={[
              { label: "waiting", look: "a", values: queue.visible },
              { label: "in flight", look: "b", values: queue.inFlight },
            ]}
          />
        ))}
        {own.map((alarm) => (
          <Alarm key={alarm.name} alarm={alarm} view={view} short={nameOf(alarm.name)} />
        ))}
      </div>
    </div>
  );
}

export function Plots({ view }: { view: ConsoleView }) {
  const { minutes, groups, alarms } = view.history;
  const prefix = commonPrefix([...groups, ...alarms].map(({ name }) => name));
  const others = alarms.filter((alarm) => !groups.some(({ name }) => name === alarm.group));
  const end = minutes.at(-1);
  return (
    <Panel
      id="plots"
      title="Last hour"
      aside={end === undefined ? undefined : `AWS's time, to ${timeText(end + 60_000)} UTC`}
    >
      {minutes.length === 0 ? (
        <p class="empty">The first minute of AWS's time has not ended yet.</p>
      ) : (
        <>
          {groups.map((group) => (
            <Group
              key={group.name}
              view={view}
              group={group}
              short={nameWithinStack(group.name.slice(prefix.length))}
            />
          ))}
          {others.length === 0 ? null : (
            <details class="plots">
              <summary>{plural(others.length, "other alarm")}</summary>
              <div class="plot-grid">
                {others.map((alarm) => (
                  <Alarm
                    key={alarm.name}
                    alarm={alarm}
                    view={view}
                    short={nameWithinStack(alarm.name.slice(prefix.length))}
                  />
                ))}
              </div>
            </details>
          )}
          <p class="key muted">
            <small>
              Band of an alarm: <span class="state-key OK">OK</span> <span class="state-key ALARM">ALARM</span>{" "}
              <span class="state-key INSUFFICIENT_DATA">no data</span>
            </small>
          </p>
        </>
      )}
    </Panel>
  );
}
