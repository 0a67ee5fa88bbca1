/** Queues, alarms, jobs, mail and calls. */
import { nameWithinStack } from "../../../runtime/contract/names.ts";
import type { AlarmState, AlarmView, CallsView, ConsoleView, JobView, QueueView } from "../view.ts";
import { ago, commonPrefix, count, duration, plural } from "./format.ts";
import { Bar, Chip, Panel, type Tone } from "./parts.tsx";
import { standingOf } from "./standing.ts";

function QueueRow({ queue, name, most }: { queue: QueueView; name: string; most: number }) {
  const { visible, inFlight, delayed, deadLetters, oldestSeconds } = queue;
  return (
    <li>
      <span class="name" title={queue.name}>
        {name}
      </span>
      <span class="counts">
        <b>{count(visible)}</b> waiting
        <span class={inFlight ? "" : "muted"}> · {count(inFlight)} in flight</span>
        {delayed ? ` · ${count(delayed)} delayed` : ""}
      </span>
      <Bar
        whole={most}
        parts={[
          { kind: "visible", value: visible },
          { kind: "flight", value: inFlight },
          { kind: "delayed", value: delayed },
        ]}
      />
      {deadLetters !== undefined && deadLetters.messages > 0 ? (
        <Chip tone="bad" title={deadLetters.name}>
          {plural(deadLetters.messages, "dead letter")}
        </Chip>
      ) : null}
      {oldestSeconds !== undefined && visible > 0 ? (
        <small class="muted">oldest {duration(oldestSeconds * 1_000)}</small>
      ) : null}
    </li>
  );
}

export function Queues({ queues }: { queues: readonly QueueView[] }) {
  const prefix = commonPrefix(queues.map(({ name }) => name));
  const most = Math.max(10, ...queues.map((queue) => queue.visible + queue.inFlight + queue.delayed));
  return (
    <Panel id="queues" title="Queues">
      {queues.length === 0 ? <p class="empty">No queue has been declared.</p> : null}
      <ul class="rows">
        {queues.map((queue) => (
          <QueueRow
            key={queue.name}
            queue={queue}
            name={nameWithinStack(queue.name.slice(prefix.length))}
            most={most}
          />
        ))}
      </ul>
    </Panel>
  );
}

const alarmOrder: readonly AlarmState[] = ["ALARM", "OK", "INSUFFICIENT_DATA"];

export function Alarms({ view }: { view: ConsoleView }) {
  const prefix = commonPrefix(view.alarms.map(({ name }) => name));
  const rank = (alarm: AlarmView) => (standingOf(view, alarm).trouble ? -1 : alarmOrder.indexOf(alarm.state));
  const ordered = [...view.alarms].sort((a, b) => rank(a) - rank(b));
  return (
    <Panel id="alarms" title="Alarms">
      {ordered.length === 0 ? <p class="empty">No alarm has been declared.</p> : null}
      <ul class="rows">
        {ordered.map((alarm) => (
          <li key={alarm.name}>
            <span class="name" title={alarm.name}>
              {nameWithinStack(alarm.name.slice(prefix.length))}
            </span>
            <Chip tone={standingOf(view, alarm).tone} title={`${alarm.state}: ${alarm.reason}`}>
              {standingOf(view, alarm).words}
            </Chip>
            <small class="muted wide" title={alarm.reason}>
              {alarm.metric} {alarm.threshold}
              {alarm.since === undefined ? "" : `, for ${duration(view.time - alarm.since)}`}
            </small>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const jobTones: Record<string, Tone> = {
  PENDING: "wait",
  RUNNING: "info",
  COMPLETED: "good",
  FAILED: "bad",
  CANCELLED: "idle",
};
const resultTones: Record<string, Tone> = { AVAILABLE: "good", ARCHIVING: "wait", ARCHIVED: "idle", RESTORING: "wait" };

function resultNote(job: JobView, now: number): string {
  const seconds = now / 1_000;
  if (job.resultState === "RESTORING" && job.restoreExpectedTime !== undefined) {
    const rest = job.restoreExpectedTime - seconds;
    return rest > 0 ? `back in ${duration(rest * 1_000)}` : "overdue";
  }
  if (job.resultState === "AVAILABLE" && job.archiveDueTime !== undefined && job.archiveDueTime > seconds) {
    return `archived in ${duration((job.archiveDueTime - seconds) * 1_000)}`;
  }
  return "";
}

function JobRow({ job, now }: { job: JobView; now: number }) {
  const note = resultNote(job, now);
  return (
    <tr>
      <td>
        <span class="file" title={job.file}>
          {job.file}
        </span>
        <code class="muted" title={job.id}>
          {job.id.slice(0, 8)}
        </code>
      </td>
      <td>
        <span class="file" title={job.user}>
          {job.user}
        </span>
      </td>
      <td>
        <Chip tone={jobTones[job.status] ?? "idle"}>{job.status.toLowerCase()}</Chip>{" "}
        {job.status === "RUNNING" && job.progressPercent !== undefined ? (
          <small>{Math.floor(job.progressPercent)} %</small>
        ) : null}
        {(job.attempts ?? 0) > 1 ? <small class="muted"> attempt {job.attempts}</small> : null}
      </td>
      <td class={job.resultState || job.failure ? "" : "none"}>
        {job.resultState === undefined ? null : (
          <Chip tone={resultTones[job.resultState] ?? "idle"}>{job.resultState.toLowerCase()}</Chip>
        )}{" "}
        {note || job.failure ? <small class="muted">{note || job.failure}</small> : null}
      </td>
      <td>
        <small>{ago(job.submitTime * 1_000, now)}</small>
        {job.completeTime === undefined ? null : (
          <small class="muted"> took {duration((job.completeTime - job.submitTime) * 1_000)}</small>
        )}
      </td>
      <td class={job.worker ? "" : "none"}>
        {job.worker ? (
          <code class="muted" title={job.worker}>
            {job.worker}
          </code>
        ) : null}
      </td>
    </tr>
  );
}

export function Jobs({ view }: { view: ConsoleView }) {
  return (
    <Panel id="jobs" title="Jobs" aside="newest first">
      {view.jobs.length === 0 ? (
        <p class="empty">No job yet. Sign in to the service and upload a VCF file.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">User</th>
              <th scope="col">Status</th>
              <th scope="col">Result</th>
              <th scope="col">Submitted</th>
              <th scope="col">Worker</th>
            </tr>
          </thead>
          <tbody>
            {view.jobs.map((job) => (
              <JobRow key={job.id} job={job} now={view.time} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

export function Mail({ view }: { view: ConsoleView }) {
  return (
    <Panel id="mail" title="Mail" aside={<a href="/_local/mail">all {count(view.mails.length)}</a>}>
      {view.mails.length === 0 ? <p class="empty">Nothing has been sent.</p> : null}
      <ul class="rows">
        {view.mails.slice(0, 6).map((mail) => (
          <li key={mail.id}>
            <a class="name" href={`/_local/mail/${encodeURIComponent(mail.id)}`}>
              {mail.subject || "(no subject)"}
            </a>
            <small class="muted">{ago(mail.time, view.time)}</small>
            <small class="muted wide">{mail.to.join(", ")}</small>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function Calls({ calls }: { calls: CallsView }) {
  const most = Math.max(1, ...calls.top.map((call) => call.count));
  return (
    <Panel id="calls" title="Calls to AWS" aside={`${count(calls.total)} since start`}>
      {calls.top.length === 0 ? <p class="empty">No call yet.</p> : null}
      <ul class="rows">
        {calls.top.map((call) => (
          <li key={`${call.service}:${call.action}`}>
            <span class="name">
              <span class="muted">{call.service}</span> {call.action}
            </span>
            <span class="counts">{count(call.count)}</span>
            <Bar whole={most} parts={[{ kind: "visible", value: call.count }]} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
