/**
 * Lifecycle actions: an instance that comes or goes waits in the hooks of its transition, by the engine's rules of hooks, until
 * somebody completes its action or the heartbeat is overdue. The emulator has neither call, so the gateway answers them by this.
 */
import { randomUUID } from "node:crypto";
import {
  beginWait,
  type HookResult,
  type HookRule,
  outcomeOf,
  renewed,
  waitsAfter,
} from "../../../../scaling/engine/hooks.ts";
import type { HookPlan } from "../../../../scaling/scaling-plan.ts";
import { atLeastReal } from "../../../clock.ts";
import type { LocalClock } from "../../../types.ts";

/** How an action ended: answered, `TIMEOUT` when the heartbeat was overdue, `GONE` when the instance is. */
type Ending = HookResult | "TIMEOUT" | "GONE";

/** How callers name an action: by instance or by token, as in the Auto Scaling API. */
interface LifecycleActionName {
  readonly groupName: string;
  readonly hookName: string;
  readonly instanceId?: string;
  readonly token?: string;
}

/** What has become of an instance in its hooks, and the hook that was answered last. */
interface Passage {
  readonly outcome: ReturnType<typeof outcomeOf>;
  readonly hook: string | undefined;
}

export interface LifecycleActions {
  /** Begins an action; resolves with its end. A heartbeat lasts at least a minute in reality. */
  begin(groupName: string, instanceId: string, hook: Omit<HookRule, "defaultResult">): Promise<Ending>;
  /** Begins an action for each hook; resolves when the instance waits for none of them any more. */
  pass(
    groupName: string,
    instanceId: string,
    transition: HookPlan["transition"],
    hooks: readonly HookRule[],
  ): Promise<Passage>;
  /** CompleteLifecycleAction. False: no such action is under way (AWS answers `ValidationError`). */
  complete(action: LifecycleActionName, result: HookResult): boolean;
  /** RecordLifecycleActionHeartbeat. False: no such action is under way. */
  heartbeat(action: LifecycleActionName): boolean;
  /** The instance has ended by itself: nothing is waited for any more. */
  forget(instanceId: string): void;
  /** Actions under way. */
  waiting(): readonly { readonly groupName: string; readonly hookName: string; readonly instanceId: string }[];
}

interface Action {
  readonly groupName: string;
  readonly hookName: string;
  readonly instanceId: string;
  readonly token: string;
  readonly extend: () => boolean;
  readonly end: (result: Ending) => void;
}

/** A job takes real time to finish, however fast the clock runs. */
const leastRealMilliseconds = 60_000;

export function createLifecycleActions(clock: LocalClock): LifecycleActions {
  const actions = new Set<Action>();
  const find = (name: LifecycleActionName) =>
    [...actions].find(
      (action) =>
        action.groupName === name.groupName &&
        action.hookName === name.hookName &&
        (name.token === undefined ? action.instanceId === name.instanceId : action.token === name.token),
    );

  const begin: LifecycleActions["begin"] = (groupName, instanceId, hook) =>
    new Promise((resolve) => {
      const heartbeatSeconds = atLeastReal(clock, hook.heartbeatSeconds * 1_000, leastRealMilliseconds) / 1_000;
      const wait = beginWait({ name: hook.name, heartbeatSeconds }, clock.now());
      let cancel = () => {};
      const action: Action = {
        groupName,
        hookName: hook.name,
        instanceId,
        token: randomUUID(),
        extend() {
          cancel();
          const left = renewed(wait, heartbeatSeconds, clock.now()) - clock.now();
          cancel = clock.after(Math.max(0, left), () => action.end("TIMEOUT"));
          return true;
        },
        end(result) {
          cancel();
          actions.delete(action);
          resolve(result);
        },
      };
      actions.add(action);
      action.extend();
    });

  const pass: LifecycleActions["pass"] = (groupName, instanceId, transition, hooks) =>
    new Promise((resolve) => {
      let waits = hooks.map((rule) => ({ hook: rule.name, rule }));
      const settle = (result: HookResult, hook?: string) => resolve({ outcome: outcomeOf(transition, result), hook });
      if (waits.length === 0) settle("CONTINUE");
      for (const wait of waits) {
        void begin(groupName, instanceId, wait.rule).then((ending) => {
          if (!waits.includes(wait)) return;
          // Of an instance that is gone nothing depends on the answer any more.
          const result = ending === "TIMEOUT" ? wait.rule.defaultResult : ending === "GONE" ? "CONTINUE" : ending;
          const others = waits.filter((each) => each !== wait);
          waits = waitsAfter(waits, wait, result);
          if (waits.length > 0) return;
          for (const { hook: hookName } of others) find({ groupName, hookName, instanceId })?.end(result);
          settle(result, wait.hook);
        });
      }
    });

  return {
    begin,
    pass,
    complete(name, result) {
      const action = find(name);
      action?.end(result);
      return action !== undefined;
    },
    heartbeat: (name) => find(name)?.extend() ?? false,
    forget(instanceId) {
      for (const action of [...actions]) if (action.instanceId === instanceId) action.end("GONE");
    },
    waiting: () => [...actions].map(({ groupName, hookName, instanceId }) => ({ groupName, hookName, instanceId })),
  };
}
