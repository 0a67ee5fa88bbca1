import type * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import { ComponentResource, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import type { Duration } from "../base/duration.ts";
import type { Transform } from "../base/transform.ts";
import { check, rule } from "../base/validate.ts";
import type { WorkerQueue } from "../pipelines/worker-queue.ts";
import type { WebFarm } from "../web/web-farm.ts";
import { certificateAlarm, createAlarm, queueAlarm, type WatchRule, webAlarms } from "./alarm-rules.ts";
import { createDiskFilters, type DiskFilterTransform, diskAlarm } from "./disk-alarm.ts";
import { createGroupFailures, type GroupFailureNodes, type GroupFailureTransform } from "./group-failures.ts";

/** What is watched, and who is told. */
export interface ServiceAlarmsArgs {
  /** ARNs of SNS topics; at least one. Their policies must let CloudWatch and EventBridge publish, as an `AlarmTopic` does. */
  readonly alarmActions: readonly Input<string>[];
  /** Pages: errors of balancer and instances, unhealthy instances, the end of the certificate. @default none */
  readonly web?: WebFarm;
  /** Queues, each with the age at which its oldest message is too old. @default none */
  readonly queues?: readonly { readonly queue: WorkerQueue; readonly oldest: Duration }[];
  /** Names of Auto Scaling groups whose failed launches and failed instance refreshes are told. @default none */
  readonly groups?: readonly Input<string>[];
  /**
   * Names of the log groups of those groups' instances: disks that are more than 85 % full are told. One metric and one alarm for all, $0.40 a
   * month.
   * @default none
   */
  readonly disks?: readonly Input<string>[];
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: DiskFilterTransform &
    GroupFailureTransform & { readonly alarm?: Transform<cloudwatch.MetricAlarmArgs> };
}

/**
 * What operators expect to be told of beside dead letters and refused calls. The description of each alarm, which is in its mail,
 * says what to do; `annofarm doctor --stack` reads the same.
 */
export class ServiceAlarms extends ComponentResource {
  /** The raw resources. */
  readonly nodes: {
    readonly alarms: readonly cloudwatch.MetricAlarm[];
    readonly diskFilters: readonly cloudwatch.LogMetricFilter[];
  } & GroupFailureNodes;

  constructor(name: string, args: ServiceAlarmsArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:ServiceAlarms", name, {}, opts);
    const { alarmActions, web, queues = [], groups = [], disks = [], transform = {} } = args;
    check(`ServiceAlarms ${name}`, [
      rule(
        "alarmActions",
        alarmActions.length === 0,
        "is empty; give the ARN of an SNS topic, such as an AlarmTopic's",
      ),
      rule(
        "web",
        web === undefined && [queues, groups, disks].every(({ length }) => length === 0),
        "is omitted, and so is everything else: give a farm, queues, groups or disks to watch",
      ),
    ]);
    const rules: WatchRule[] = [
      ...(web === undefined ? [] : [...webAlarms(name, web), ...certificateAlarm(name, web)]),
      ...queues.map(({ queue, oldest }) => queueAlarm(queue, oldest)),
      ...(disks.length === 0 ? [] : [diskAlarm(name)]),
    ];
    const alarms = rules.map((each) => createAlarm(each, alarmActions, transform.alarm, this));
    const failures = groups.length === 0 ? {} : createGroupFailures(name, { groups, alarmActions }, transform, this);
    const diskFilters = createDiskFilters(name, disks, transform, this);
    this.nodes = { alarms, diskFilters, ...failures };
    this.registerOutputs({});
  }
}
