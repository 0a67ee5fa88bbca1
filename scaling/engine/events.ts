/** What goes into the engine and what comes out of it. Times are epoch milliseconds of whatever clock the driver has. */
import type { AlarmState } from "../alarm.ts";
import type { MinuteStatistics } from "../windows.ts";
import type { ScalingProcess } from "./health.ts";
import type { HookResult } from "./hooks.ts";

/** One minute of one series, or ten seconds of it. */
export interface MetricData extends Omit<MinuteStatistics, "start"> {
  readonly namespace: string;
  readonly name: string;
  /** All that the series has. Alarms that name only some of them gather every series that fits. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Begin of its minute, epoch milliseconds, for data of an earlier minute that come late. @default the minute that ends */
  readonly start?: number;
}

/** A group as a driver finds it. */
export interface ObservedGroup {
  readonly group: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** @default none */
  readonly suspended?: readonly ScalingProcess[];
  /** All that it has, those that are on their way out included. */
  readonly instances: readonly {
    readonly id: string;
    readonly zone?: string;
    readonly version?: number;
    readonly phase: "Pending" | "InService" | "Terminating" | "Terminating:Wait";
    readonly protected: boolean;
  }[];
}

export type ScalingEvent =
  /** A minute has ended: `at` is its end, `data` what was measured in it. Alarms, schedules and time-outs are looked at. */
  | { readonly kind: "minute"; readonly at: number; readonly data: readonly MetricData[] }
  /**
   * Ten seconds have ended, `at` is their end: alarms with a period below a minute are looked at. At the end of a minute it comes before
   * that, whose data have the same samples once more. A driver of a plan without such alarms need not send it.
   */
  | { readonly kind: "ten-seconds"; readonly at: number; readonly data: readonly MetricData[] }
  /** A launch that was ordered has begun. */
  | {
      readonly kind: "launching";
      readonly at: number;
      readonly group: string;
      readonly instanceId: string;
      readonly zone?: string;
      /** Number of the launch template's version. @default 0 */
      readonly version?: number;
      /** Not into the group: it was ordered by `warm`. */
      readonly into?: "pool";
    }
  /**
   * A launch that was ordered came to nothing. The group tries another zone at once, if the `zone` is said and there is one;
   * else it tries again a minute later.
   */
  | {
      readonly kind: "launch-failed";
      readonly at: number;
      readonly group: string;
      readonly zone?: string;
      /** Not into the group: it was ordered by `warm`. */
      readonly into?: "pool";
    }
  /** The machine runs. Without a launch hook it is in service from now on. */
  | { readonly kind: "running"; readonly at: number; readonly instanceId: string }
  /** What a health check says; what it says within the grace period is remembered. */
  | {
      readonly kind: "health";
      readonly at: number;
      readonly instanceId: string;
      readonly by: "EC2" | "ELB";
      readonly healthy: boolean;
    }
  /** The machine is gone, though nobody asked for it. */
  | { readonly kind: "lost"; readonly at: number; readonly instanceId: string }
  /** Its termination is complete, deregistration from the balancer included. */
  | { readonly kind: "terminated"; readonly at: number; readonly instanceId: string }
  | { readonly kind: "protection"; readonly at: number; readonly instanceId: string; readonly protected: boolean }
  /** An instance that waits in a hook asks for more time. */
  | { readonly kind: "heartbeat"; readonly at: number; readonly instanceId: string; readonly hook?: string }
  | {
      readonly kind: "hook-completed";
      readonly at: number;
      readonly instanceId: string;
      readonly hook?: string;
      readonly result: HookResult;
    }
  /**
   * What stands, told by a driver whose instances somebody else brings up and takes away: it is taken as it is. Groups that are
   * not named stay as they were.
   */
  | { readonly kind: "observed"; readonly at: number; readonly groups: readonly ObservedGroup[] }
  /** Somebody sets an alarm's state by hand: it acts at once, and holds until the alarm is evaluated again. */
  | {
      readonly kind: "alarm-set";
      readonly at: number;
      readonly alarm: string;
      readonly state: AlarmState;
      readonly reason: string;
    }
  /** Somebody executes a policy by hand, whether or not it is enabled. */
  | {
      readonly kind: "execute";
      readonly at: number;
      readonly group: string;
      readonly policy: string;
      /** Of a step policy: how far the metric is from the threshold. */
      readonly distance?: number;
    }
  /** Somebody sets the desired capacity by hand. */
  | {
      readonly kind: "desired";
      readonly at: number;
      readonly group: string;
      readonly desired: number;
      /** @default a user request */
      readonly cause?: string;
      /** True: only when no cooldown is under way. @default false */
      readonly honorCooldown?: boolean;
    }
  /** Somebody changes how small and large the group may be. */
  | {
      readonly kind: "bounds";
      readonly at: number;
      readonly group: string;
      readonly min: number;
      readonly max: number;
    };

export type ScalingDecision =
  | {
      readonly kind: "alarm";
      readonly at: number;
      readonly alarm: string;
      readonly from: AlarmState;
      readonly to: AlarmState;
      readonly reason: string;
    }
  /** Actions of an alarm that are no scaling policies, once at each transition. */
  | {
      readonly kind: "notify";
      readonly at: number;
      readonly alarm: string;
      readonly state: AlarmState;
      readonly actions: readonly string[];
      readonly reason: string;
    }
  | {
      readonly kind: "desired";
      readonly at: number;
      readonly group: string;
      readonly from: number;
      readonly to: number;
      /** In Auto Scaling's words, as activities have it. */
      readonly cause: string;
      /** Policy or scheduled action; `undefined`: by hand or by the bounds. */
      readonly by: string | undefined;
      /** That the policy heard. */
      readonly alarm?: string | undefined;
    }
  | {
      readonly kind: "bounds";
      readonly at: number;
      readonly group: string;
      readonly min: number;
      readonly max: number;
      readonly by: string;
    }
  /** A scheduled action was due and changed nothing: AWS refuses its sizes beside those that the group has by then. */
  | {
      readonly kind: "refused";
      readonly at: number;
      readonly group: string;
      readonly by: string;
      readonly why: string;
    }
  /** A policy heard its alarm and did nothing. */
  | {
      readonly kind: "ignored";
      readonly at: number;
      readonly group: string;
      readonly policy: string;
      readonly alarm: string;
      readonly why:
        | "activity"
        | "cooldown"
        | "warm-up"
        | "bounds"
        | "no step"
        | "others disagree"
        | "enough"
        | "suspended";
    }
  /** `count` instances are to be launched; the driver answers each with `launching`. */
  | {
      readonly kind: "launch";
      readonly at: number;
      readonly group: string;
      readonly count: number;
      /** Of each. */
      readonly zones: readonly string[];
      readonly cause: string;
    }
  /** `count` instances are to be launched into the warm pool; the driver answers each with `launching` into it. */
  | {
      readonly kind: "warm";
      readonly at: number;
      readonly group: string;
      readonly count: number;
      /** Of each. */
      readonly zones: readonly string[];
      readonly cause: string;
    }
  /** It waits in the warm pool from now on: stop it, or hibernate it, unless the pool's instances run. */
  | { readonly kind: "warmed"; readonly at: number; readonly group: string; readonly instanceId: string }
  /** It leaves the warm pool for the group: start it; the driver answers with `running`. */
  | {
      readonly kind: "start";
      readonly at: number;
      readonly group: string;
      readonly instanceId: string;
      readonly cause: string;
    }
  | { readonly kind: "in-service"; readonly at: number; readonly group: string; readonly instanceId: string }
  /** The instance must go: deregister it, and shut it down at once unless it `waits` for its hooks. */
  | {
      readonly kind: "terminate";
      readonly at: number;
      readonly group: string;
      readonly instanceId: string;
      readonly cause: string;
      readonly waits: boolean;
      /** It goes back to the warm pool once it has finished, instead of ending. @default false */
      readonly returns?: boolean;
    }
  /** The hooks of a terminating instance are through: shut it down as soon as it is deregistered. */
  | {
      readonly kind: "shut-down";
      readonly at: number;
      readonly group: string;
      readonly instanceId: string;
      /** Nobody answered in time. */
      readonly timedOut: boolean;
    };
