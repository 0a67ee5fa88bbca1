/** The console's one page, from one view. Rendered on the server first, then on each event in the browser. */
import type { ConsoleView } from "../view.ts";
import { Farm, Requests } from "./farm.tsx";
import { count, duration } from "./format.ts";
import { Alarms, Calls, Jobs, Mail, Queues } from "./lists.tsx";
import type { Tone } from "./parts.tsx";
import { Plots } from "./plots.tsx";
import { standingOf } from "./standing.ts";

export interface AppProps {
  title: string;
  view: ConsoleView;
  can: { kill: boolean; setDesired: boolean };
  /** `live`: events arrive; `lost`: the runner does not answer; `static`: no script has run yet. */
  connection: "live" | "lost" | "static";
  /** What the last action answered, when it failed. */
  failure?: string;
}

function Figure({ label, value, of, tone }: { label: string; value: number; of?: number; tone?: Tone }) {
  return (
    <div class={`figure ${tone ?? ""}`}>
      <b>
        {count(value)}
        {of === undefined ? null : <span>/{count(of)}</span>}
      </b>
      <small>{label}</small>
    </div>
  );
}

function Summary({ view }: { view: ConsoleView }) {
  const desired = view.groups.reduce((sum, group) => sum + group.desired, 0);
  const inService = view.groups.reduce((sum, group) => sum + group.inService, 0);
  const waiting = view.queues.reduce((sum, queue) => sum + queue.visible, 0);
  const dead = view.queues.reduce((sum, queue) => sum + (queue.deadLetters?.messages ?? 0), 0);
  const ringing = view.alarms.filter((alarm) => standingOf(view, alarm).trouble).length;
  const running = view.jobs.filter(({ status }) => status === "RUNNING").length;
  return (
    <div class="summary">
      <Figure label="in service" value={inService} of={desired} tone={inService < desired ? "wait" : "good"} />
      <Figure label="jobs running" value={running} />
      <Figure label="messages waiting" value={waiting} />
      <Figure label="dead letters" value={dead} {...(dead ? { tone: "bad" as const } : {})} />
      <Figure label="alarms ringing" value={ringing} {...(ringing ? { tone: "bad" as const } : {})} />
      <div class="figure traffic">
        <b>{count(view.balancer.requestsPerMinute.at(-1) ?? 0)}</b>
        <small>requests this minute</small>
        <Requests perMinute={view.balancer.requestsPerMinute} />
      </div>
    </div>
  );
}

const connectionWords = { live: "live", lost: "not answering", static: "as of now" } as const;

export function App({ title, view, can, connection, failure }: AppProps) {
  return (
    <>
      <header class="top">
        <div class="brand">
          <h1>{title}</h1>
          <span class={`live ${connection}`} role="status">
            {connectionWords[connection]}
          </span>
        </div>
        <p class="facts">
          stack <b>{view.stack}</b> · archive store <b>{view.store}</b> · AWS's clock <b>×{count(view.speed)}</b> · up{" "}
          <b>{duration(view.time - view.startedAt)}</b>
        </p>
        <nav aria-label="Parts of this run">
          {view.links.map((link) => (
            <a key={link.label} href={link.url} title={link.url}>
              {link.label}
            </a>
          ))}
        </nav>
      </header>
      <main id="content" tabindex={-1} class={connection === "lost" ? "stale" : ""}>
        {failure ? (
          <p class="notice bad" role="alert">
            {failure}
          </p>
        ) : null}
        {view.problems.length > 0 ? (
          <ul class="notice wait">
            {view.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        ) : null}
        <Summary view={view} />
        <div class="columns">
          <div>
            <Farm view={view} can={can} />
          </div>
          <div>
            <Queues queues={view.queues} />
            <Alarms view={view} />
          </div>
        </div>
        <Plots view={view} />
        <Jobs view={view} />
        <div class="columns even">
          <Mail view={view} />
          <Calls calls={view.calls} />
        </div>
      </main>
    </>
  );
}
