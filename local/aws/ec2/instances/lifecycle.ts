/**
 * Lifecycle actions: an instance about to be terminated waits until somebody completes its action, or until the heartbeat
 * is overdue. The emulator has neither call, so the gateway answers them by this.
 */
import { randomUUID } from "node:crypto";
import { atLeastReal } from "../../../clock.ts";
import type { LocalClock } from "../../../types.ts";

/** A termination hook as declared. */
export interface LifecycleHook {
  readonly name: string;
  /** Local seconds (but a minute in reality) until the instance is given up, counted anew from each heartbeat. */
  readonly heartbeatSeconds: number;
}

type LifecycleResult = "CONTINUE" | "ABANDON";

/** How callers name an action: by instance or by token, as in the Auto Scaling API. */
interface LifecycleActionName {
  readonly groupName: string;
  readonly hookName: string;
  readonly instanceId?: string;
  readonly token?: string;
}

export interface LifecycleActions {
  /** Begins an action; resolves with its result, `TIMEOUT` when the heartbeat was overdue, `GONE` when the instance is. */
  begin(groupName: string, instanceId: string, hook: LifecycleHook): Promise<LifecycleResult | "TIMEOUT" | "GONE">;
  /** CompleteLifecycleAction. False: no such action is under way (AWS answers `ValidationError`). */
  complete(action: LifecycleActionName, result: LifecycleResult): boolean;
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
  readonly end: (result: LifecycleResult | "TIMEOUT" | "GONE") => void;
}

/** A job takes real time to finish, however fast the clock runs. AWS: an action lasts at most 48 hours or 100 heartbeats, whichever is less. */
const leastRealMilliseconds = 60_000;
const lastsAtMost = (heartbeat: number) => Math.min(48 * 3_600_000, 100 * heartbeat);

export function createLifecycleActions(clock: LocalClock): LifecycleActions {
  const actions = new Set<Action>();
  const find = (name: LifecycleActionName) =>
    [...actions].find(
      (action) =>
        action.groupName === name.groupName &&
        action.hookName === name.hookName &&
        (name.token === undefined ? action.instanceId === name.instanceId : action.token === name.token),
    );

  return {
    begin(groupName, instanceId, hook) {
      return new Promise((resolve) => {
        const heartbeat = atLeastReal(clock, hook.heartbeatSeconds * 1_000, leastRealMilliseconds);
        const latest = clock.now() + lastsAtMost(heartbeat);
        let cancel = () => {};
        const action: Action = {
          groupName,
          hookName: hook.name,
          instanceId,
          token: randomUUID(),
          extend() {
            cancel();
            cancel = clock.after(Math.min(heartbeat, Math.max(0, latest - clock.now())), () => action.end("TIMEOUT"));
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
    },
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
