/** A group on a virtual clock: launches what it is short of, boots it for a while, and is refreshed. */
import { advanceRefresh } from "../../../scaling/refresh/advance.ts";
import { healthyBounds, type RefreshPreferences } from "../../../scaling/refresh/preferences.ts";
import {
  type AlarmStates,
  type InstanceRefresh,
  isActive,
  launchSource,
  type RefreshGroup,
  type RefreshInstance,
  type TemplateVersion,
} from "../../../scaling/refresh/refresh.ts";
import { startRefresh } from "../../../scaling/refresh/requests.ts";

export const version = (number: number): TemplateVersion => ({ id: "lt-1", version: String(number) });

export interface WorldOptions {
  readonly desired: number;
  readonly preferences?: Partial<RefreshPreferences>;
  /** Seconds from launch to healthy. */
  readonly bootSeconds?: number;
  /** Template versions whose instances never become healthy. */
  readonly broken?: readonly string[];
  /** Changes to the first members. */
  readonly members?: readonly Partial<RefreshInstance>[];
  /** What the alarms say at these milliseconds; at the start as at 0. Default: nothing. */
  readonly alarms?: (now: number) => AlarmStates;
  /** Loses the power of the oldest member at these seconds. */
  readonly losses?: readonly number[];
  readonly stepSeconds?: number;
}

interface Member extends RefreshInstance {
  readonly healthyAt: number;
}

export interface Moment {
  readonly now: number;
  readonly refresh: InstanceRefresh;
  readonly terminated: readonly string[];
  /** After what this look has brought about. */
  readonly alive: number;
  readonly serving: number;
}

export function createWorld(options: WorldOptions) {
  const {
    desired,
    preferences = {},
    bootSeconds = 60,
    broken = [],
    members = [],
    losses = [],
    alarms = () => ({}),
    stepSeconds = 30,
  } = options;
  let now = 0;
  let born = 0;
  let refresh: InstanceRefresh;
  let alive: Member[] = [];
  const moments: Moment[] = [];

  function launch(template: TemplateVersion, healthyAt: number): void {
    born += 1;
    const id = `i-${born}`;
    alive.push({ id, template, state: "Pending", healthy: false, protectedFromScaleIn: false, healthyAt });
  }

  function boot(): void {
    alive = alive.map((each) =>
      each.healthyAt <= now && each.state === "Pending" ? { ...each, state: "InService", healthy: true } : each,
    );
  }

  const group = (): RefreshGroup => ({ desired, instances: alive });

  for (let i = 0; i < desired; i++) launch(version(1), 0);
  boot();
  alive = alive.map((each, i) => ({ ...each, ...members[i] }));
  refresh = startRefresh(
    {
      id: "refresh-1",
      groupName: "web",
      now,
      preferences,
      desired: version(2),
      current: version(1),
      target: version(2),
      warmup: 300,
      alarms: alarms(now),
    },
    group(),
  );

  /** One look; then the group fills itself up. */
  function step(): Moment {
    if (losses.some((at) => at * 1_000 >= now && at * 1_000 < now + stepSeconds * 1_000)) alive.shift();
    now += stepSeconds * 1_000;
    boot();
    const next = advanceRefresh(refresh, group(), now, { alarms: alarms(now) });
    refresh = next.refresh;
    alive = alive.filter(({ id }) => !next.terminate.includes(id));
    const template = launchSource(refresh) ?? version(1);
    const never = broken.includes(template.version) ? Number.POSITIVE_INFINITY : 0;
    while (alive.length < desired + next.extra) launch(template, now + bootSeconds * 1_000 + never);
    while (alive.length > desired + next.extra) alive.pop();
    const serving = alive.filter(({ healthy, state }) => healthy && state === "InService").length;
    const moment = { now, refresh, terminated: next.terminate, alive: alive.length, serving };
    moments.push(moment);
    return moment;
  }

  return {
    step,
    moments,
    bounds: healthyBounds(refresh.preferences, desired),
    get refresh() {
      return refresh;
    },
    get group() {
      return group();
    },
    get now() {
      return now;
    },
    /** Replaces the refresh by what a request makes of it. */
    request(change: (before: InstanceRefresh) => InstanceRefresh) {
      refresh = change(refresh);
    },
    versions: () => alive.map(({ template }) => template.version),
    /** @throws {Error} when it has not ended within `steps` looks. */
    toEnd(steps = 20_000): InstanceRefresh {
      for (let i = 0; i < steps && isActive(refresh); i++) step();
      if (isActive(refresh)) throw new Error(`still ${refresh.status} after ${steps} looks: ${refresh.statusReason}`);
      return refresh;
    },
  };
}
