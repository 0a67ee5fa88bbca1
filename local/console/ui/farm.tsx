/** Groups and their instances, and the balancer in front of them. */

import { nameWithinStack } from "../../../runtime/contract/names.ts";
import { capacityWords } from "../../capacity/words.ts";
import type { InstanceView, TargetHealth } from "../../types.ts";
import type { BalancerView, ConsoleView, GroupView, RefreshView } from "../view.ts";
import { ago, commonPrefix, count, duration } from "./format.ts";
import { Bar, Chip, type Tone } from "./parts.tsx";
import { takesBack } from "./standing.ts";

const stateTones: Record<InstanceView["state"], Tone> = {
  Pending: "wait",
  InService: "good",
  Terminating: "wait",
  Terminated: "idle",
};
const healthTones: Record<InstanceView["services"][number]["health"], Tone> = {
  starting: "wait",
  healthy: "good",
  unhealthy: "bad",
  stopped: "idle",
};
const targetTones: Record<TargetHealth, Tone> = {
  initial: "wait",
  healthy: "good",
  unhealthy: "bad",
  draining: "idle",
};
const stateWords: Record<InstanceView["state"], string> = {
  Pending: "pending",
  InService: "in service",
  Terminating: "terminating",
  Terminated: "terminated",
};

interface InstanceProps {
  instance: InstanceView;
  targets: BalancerView["targets"];
  now: number;
  canKill: boolean;
}

function InstanceCard({ instance, targets, now, canKill }: InstanceProps) {
  const { instanceId, state } = instance;
  const target = targets.find((each) => each.instanceId === instanceId);
  const gone = state === "Terminated";
  return (
    <article class={`instance ${gone ? "gone" : ""}`} aria-label={instanceId}>
      <header>
        <code title={instanceId}>
          {instanceId.length > 12 ? `${instanceId.slice(0, 2)}…${instanceId.slice(-6)}` : instanceId}
        </code>
        <Chip tone={stateTones[state]}>{stateWords[state]}</Chip>
      </header>
      <ul>
        {instance.services.map((service) => (
          <li key={service.name}>
            <span class={`dot ${healthTones[service.health]}`} title={service.health} />
            <span class="service">
              <b>{service.name}</b>
              <span class="sr">{service.health}</span>
            </span>
            <small>
              {service.pid === undefined ? service.health : `pid ${service.pid}`}
              {service.restarts > 0 ? <em> ↻ {service.restarts}</em> : null}
            </small>
            <a href={`/_local/logs/${encodeURIComponent(instanceId)}/${encodeURIComponent(service.name)}`}>log</a>
          </li>
        ))}
      </ul>
      <footer>
        <small>
          up {duration(now - instance.launchedAt)}
          {target ? (
            <span class={`target ${targetTones[target.health]}`}>
              {" · "}
              {target.health} target
            </span>
          ) : null}
          {instance.protectedFromScaleIn ? " · protected" : ""}
          <span title={`launch template ${instance.template.id}, version ${instance.template.version}`}>
            {" "}
            · v{instance.template.version}
          </span>
        </small>
        {canKill && !gone ? (
          <form method="post" action={`/_local/instances/${encodeURIComponent(instanceId)}/kill`} data-action>
            <button type="submit" class="danger" aria-label={`Kill ${instanceId}`}>
              Kill
            </button>
          </form>
        ) : null}
      </footer>
    </article>
  );
}

function Capacity({ view, group, canSet }: { view: ConsoleView; group: GroupView; canSet: boolean }) {
  const taker = takesBack(view, group);
  const action = `/_local/groups/${encodeURIComponent(group.name)}/desired`;
  const step = (desired: number, sign: string, word: string) => (
    <form method="post" action={action} data-action>
      <input type="hidden" name="desired" value={desired} />
      <button type="submit" disabled={desired < group.min || desired > group.max} aria-label={`${word} ${group.name}`}>
        {sign}
      </button>
    </form>
  );
  return (
    <>
      <div class="capacity">
        <span>
          <b>{group.inService}</b> of {group.desired} in service
        </span>
        <small>
          min {group.min}, max {group.max}
        </small>
        {canSet && group.max > group.min ? (
          <span class="steps">
            {step(group.desired - 1, "−", "One less in")}
            {step(group.desired + 1, "+", "One more in")}
          </span>
        ) : null}
      </div>
      {canSet && group.max > group.min && taker !== undefined ? (
        <small class="muted taken-back" title={taker.reason}>
          What is added is taken back down to {group.min}: the alarm {taker.name} asks to scale in.
        </small>
      ) : null}
    </>
  );
}

const refreshWords: Readonly<Record<string, [tone: Tone, words: string]>> = {
  Pending: ["wait", "begins"],
  InProgress: ["wait", "in progress"],
  Successful: ["good", "successful"],
  Failed: ["bad", "failed"],
  Cancelling: ["wait", "is being cancelled"],
  Cancelled: ["idle", "cancelled"],
  RollbackInProgress: ["bad", "rolling back"],
  RollbackSuccessful: ["idle", "rolled back"],
  RollbackFailed: ["bad", "rollback failed"],
};

function Refresh({ refresh, now }: { refresh: RefreshView; now: number }) {
  const { status, percent, reason, version, ended } = refresh;
  const [tone, words] = refreshWords[status] ?? ["info", status];
  return (
    <div class="refresh">
      <span>
        Refresh{version === undefined ? "" : ` to version ${version}`} <Chip tone={tone}>{words}</Chip>
        <small>{ended === undefined ? `${percent} %` : ago(ended, now)}</small>
      </span>
      {ended === undefined ? <Bar parts={[{ kind: "done", value: percent }]} whole={100} /> : null}
      {reason === undefined ? null : <small class="muted">{reason}</small>}
    </div>
  );
}

export function Farm({ view, can }: { view: ConsoleView; can: { kill: boolean; setDesired: boolean } }) {
  const prefix = commonPrefix(view.groups.map(({ name }) => name));
  const known = new Set(view.groups.map(({ name }) => name));
  const strays = view.instances.filter(({ groupName }) => !known.has(groupName));
  const card = (instance: InstanceView) => (
    <InstanceCard
      key={instance.instanceId}
      instance={instance}
      targets={view.balancer.targets}
      now={view.time}
      canKill={can.kill}
    />
  );
  return (
    <section class="panel farm" aria-labelledby="farm">
      <h2 id="farm">Farm</h2>
      {view.groups.map((group) => {
        const members = view.instances.filter(({ groupName }) => groupName === group.name);
        const [latest] = group.activities;
        const capacity = view.capacities.find((each) => each.group === group.name);
        return (
          <div class="group" key={group.name}>
            <div class="group-head">
              <h3 title={group.name}>{nameWithinStack(group.name.slice(prefix.length))}</h3>
              <Capacity view={view} group={group} canSet={can.setDesired} />
            </div>
            {capacity === undefined ? null : (
              <p class="declared">
                <small>Declared capacity: {capacityWords(capacity)}</small>
              </p>
            )}
            {group.refresh ? <Refresh refresh={group.refresh} now={view.time} /> : null}
            <div class="instances">
              {members.map(card)}
              {members.length === 0 ? <p class="empty">No instance.</p> : null}
            </div>
            {latest ? (
              <details class="activities">
                <summary>
                  <small>
                    {latest.description} <span class="muted">{ago(latest.time, view.time)}</span>
                  </small>
                </summary>
                <ol>
                  {group.activities.map((activity) => (
                    <li key={activity.id} title={activity.cause}>
                      <small>
                        {activity.description}{" "}
                        <span class="muted">
                          {activity.status}, {ago(activity.time, view.time)}
                        </span>
                      </small>
                    </li>
                  ))}
                </ol>
              </details>
            ) : null}
          </div>
        );
      })}
      {strays.length > 0 ? <div class="instances">{strays.map(card)}</div> : null}
      {view.groups.length + strays.length === 0 ? <p class="empty">No group has been declared.</p> : null}
    </section>
  );
}

/** Requests a minute as bars, the newest on the right. */
export function Requests({ perMinute }: { perMinute: readonly number[] }) {
  const shown = perMinute.slice(-30);
  const highest = Math.max(1, ...shown);
  const label =
    shown.length === 0 ? "no request yet" : `${count(shown.at(-1) ?? 0)} in this minute, highest ${count(highest)}`;
  return (
    <svg class="requests" viewBox="0 0 120 24" preserveAspectRatio="none" role="img" aria-label={`Requests: ${label}`}>
      {shown.map((value, i) => {
        const height = value === 0 ? 0.6 : Math.max(1.5, (value / highest) * 23);
        const x = 120 - (shown.length - i) * 4;
        return <rect key={i} x={x} y={24 - height} width="3" height={height} rx="0.6" />;
      })}
    </svg>
  );
}
