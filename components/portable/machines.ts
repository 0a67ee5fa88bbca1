/** What all components that bring instances may be told of them, and the same in the terms of the components. */
import type { Input } from "@pulumi/pulumi";
import { seconds } from "../base/duration.ts";
import { check, rule } from "../base/validate.ts";
import { given } from "../bundle/service.ts";
import type { GroupArgs as Group, SpotArgs } from "../group/group-args.ts";
import { architectures } from "../group/instance-type.ts";
import { type MachineArgs as Machine, rollings } from "../group/launch-template.ts";
import { type PredictiveArgs, predictiveModes } from "../group/predictive.ts";
import { type WarmPoolArgs, warmPoolStates } from "../group/warm-pool.ts";
import { duration, oneOf, requirePlain, requireSeconds } from "./plain.ts";

export interface MachineArgs {
  /** EC2 instance type. Default: `t4g.small`. */
  instanceType?: string;
  /**
   * For an instance type that is newer than the AWS provider's list of them: its architecture, `arm64` or `x86_64`. Default:
   * as the type's name has it.
   */
  architecture?: string;
  /** Root disk, 8 to 16,384 GiB. Default: 8. */
  diskGiB?: number;
  /** Machine image. Default: Amazon Linux 2023 as of the deployment. */
  imageId?: Input<string>;
  /**
   * When changed code, settings or machines reach instances: `onUp`, by an instance refresh that `pulumi up` starts; `byCommand`, by
   * `annofarm roll`, which goes back by itself when the new version does not do. Default: `onUp`.
   */
  rolls?: string;
  /** How long logs are kept, in days CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400. Default: 30. */
  logDays?: number;
  /** ARN of a KMS key of your own, that of the JobStore: `arn:aws:kms:…:key/…`. Default: the keys of each AWS service. */
  kmsKeyArn?: Input<string>;
}

/** A size that a group takes on by the clock. */
export interface ScheduledSize {
  /** Last part of its name, such as `class-begins`: small letters, digits and hyphens. */
  name: string;
  /** When, in five fields as cron has them: `50 17 * * MON-FRI`. */
  recurrence: string;
  /** Of those fields, IANA: `America/Chicago`. Default: UTC. */
  timeZone?: string;
  /** Instances kept at least from then on, 0 to 1,000. Default: as it is. */
  min?: number;
  /** Instances at most from then on, 1 to 1,000. Default: as it is. */
  max?: number;
  /** Instances wanted at that moment, 0 to 1,000. Default: as many as there are, within the bounds. */
  desired?: number;
}

/** Instances that boot beforehand and wait outside of the group until it grows. */
export interface WarmPool {
  /** What they do until then: `Stopped`, `Running` or `Hibernated`, which needs `diskGiB` for the memory. Default: `Stopped`. */
  state?: string;
  /** Instances kept in the pool at least, 0 to 1,000. Default: 0. */
  min?: number;
  /** Instances that group and pool have together at most, 1 to 1,000. Default: the group's greatest size. */
  maxPrepared?: number;
  /** True: an instance that a scale-in takes out goes back to the pool; of stopped ones only. Default: false. */
  reuse?: boolean;
}

/** Forecasts of the group's CPU time, two days ahead. */
export interface Predictive {
  /** Average CPU utilisation that the forecast's instances should have, 1 to 100 percent. */
  cpuPercent: number;
  /** `ForecastOnly`, or `ForecastAndScale`, which launches what is forecast. Default: `ForecastOnly`. */
  mode?: string;
  /** How long before a forecast's hour its instances are launched, 0 to 3,600 s. Default: 300 s. */
  launchAheadSeconds?: number;
  /** Lets a forecast raise the greatest size, so many percent above the forecast, 0 to 100. Default: the size holds. */
  beyondMaxPercent?: number;
}

/** How many instances are healthy, and alive, while Auto Scaling replaces others. */
export interface Maintenance {
  /** Healthy at least, 0 to 100 percent of the desired capacity. */
  minHealthyPercent: number;
  /** Alive at most, 100 to 200 percent, and at most 100 more than the least. */
  maxHealthyPercent: number;
}

export interface GroupArgs extends MachineArgs {
  /** Instances kept at least, 0 to 1,000. Default: 2. */
  minSize?: number;
  /** Instances at most, 1 to 1,000. Default: 10. */
  maxSize?: number;
  /** A new instance's time to become healthy, 0 to 7200 seconds. Default: 300. */
  healthCheckGraceSeconds?: number;
  /** Pause after a simple scaling activity whose policy names none, 0 to 86,400 seconds. Default: 300. */
  cooldownSeconds?: number;
  /** Sizes that change by the clock, for load that is known beforehand, such as a class. Default: none. */
  schedules?: ScheduledSize[];
  /** True: spot capacity above `spotOnDemandBase`. Default: false. */
  spot?: boolean;
  /** With spot capacity: instances that are on-demand whatever happens, 0 to 1,000. Default: 1. */
  spotOnDemandBase?: number;
  /** With spot capacity: share of on-demand above that base, 0 to 100 percent. Default: 0. */
  spotOnDemandPercent?: number;
  /** With spot capacity: more types of the same architecture to choose from. Default: the one type. */
  spotInstanceTypes?: string[];
  /** Instances that boot beforehand and wait outside of the group; not with spot capacity. Default: none. */
  warmPool?: WarmPool;
  /** How many instances are healthy while others are replaced. Default: as AWS does each. */
  maintenance?: Maintenance;
  /** Let AWS forecast the load of each day and week, and launch ahead of it. Default: no forecast. */
  predictive?: Predictive;
  /** ARNs told when AWS refuses calls of its services; by a queue of its own, of dead letters as well. Default: nobody. */
  alarmActions?: Input<string>[];
}

/** @throws {ArgumentsError} */
export function machineOf(what: string, args: MachineArgs): Machine {
  const { instanceType, architecture, diskGiB, imageId, rolls, logDays, kmsKeyArn } = args;
  requirePlain(what, { instanceType, architecture, diskGiB, rolls, logDays });
  const known = oneOf(what, "architecture", architecture, architectures);
  return given({
    instanceType,
    architecture: known,
    diskGiB,
    imageId,
    rolls: oneOf(what, "rolls", rolls, rollings),
    logDays,
    kmsKeyArn,
  });
}

/** Of arguments that are known to be plain. @throws {ArgumentsError} */
export function groupOf(what: string, args: GroupArgs): Group {
  const { minSize, maxSize, healthCheckGraceSeconds, cooldownSeconds, schedules, alarmActions } = args;
  requireSeconds(what, { healthCheckGraceSeconds, cooldownSeconds });
  return {
    ...machineOf(what, args),
    size: given({ min: minSize, max: maxSize }),
    ...given({
      healthCheckGrace: duration(healthCheckGraceSeconds),
      cooldown: duration(cooldownSeconds),
      schedules,
      alarmActions,
      spot: spotOf(what, args),
      warmPool: warmPoolOf(what, args.warmPool),
      maintenance: args.maintenance,
      predictive: predictiveOf(what, args.predictive),
    }),
  };
}

function predictiveOf(what: string, predictive: Predictive | undefined): PredictiveArgs | undefined {
  if (predictive === undefined) return undefined;
  const { cpuPercent, mode, launchAheadSeconds, beyondMaxPercent } = predictive;
  return {
    cpuPercent,
    ...given({
      mode: oneOf(what, "predictive.mode", mode, predictiveModes),
      launchAhead: launchAheadSeconds === undefined ? undefined : seconds(launchAheadSeconds),
      beyondMaxPercent,
    }),
  };
}

function warmPoolOf(what: string, pool: WarmPool | undefined): WarmPoolArgs | undefined {
  if (pool === undefined) return undefined;
  const { state, min, maxPrepared, reuse } = pool;
  return given({ state: oneOf(what, "warmPool.state", state, warmPoolStates), min, maxPrepared, reuse });
}

function spotOf(what: string, args: GroupArgs): SpotArgs | undefined {
  const { spot, spotOnDemandBase, spotOnDemandPercent, spotInstanceTypes } = args;
  const details = { spotOnDemandBase, spotOnDemandPercent, spotInstanceTypes };
  check(
    what,
    Object.entries(details).map(([path, value]) =>
      rule(
        path,
        spot !== true && value !== undefined,
        "has no effect without spot capacity; set spot: true, or leave it out",
      ),
    ),
  );
  if (spot !== true) return undefined;
  return given({
    onDemandBase: spotOnDemandBase,
    onDemandPercent: spotOnDemandPercent,
    instanceTypes: spotInstanceTypes,
  });
}
