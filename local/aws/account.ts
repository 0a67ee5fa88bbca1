/** An AWS account as callers see it: the emulator behind the gateway, with all that our services add to the emulator's answers. */
import { PublishCommand } from "@aws-sdk/client-sns";
import { type Interceptor, pass } from "../gateway/call.ts";
import { createCredentials } from "../gateway/credentials.ts";
import { forwarder } from "../gateway/forward.ts";
import { type GatewayOptions, startGateway } from "../gateway/gateway.ts";
import { serviceScope } from "../gateway/scope.ts";
import type { Service } from "../gateway/service.ts";
import type { Emulator, Gateway, LocalClock, ReceivedMail } from "../types.ts";
import { createCertificateMetrics } from "./acm/minutes.ts";
import { aroundCalled, unlessCalled } from "./autoscaling/called.ts";
import { notPlayed } from "./autoscaling/not-played.ts";
import type { RunningGroups, RunningScaling } from "./autoscaling/running.ts";
import { autoscalingService } from "./autoscaling/service.ts";
import { awsClients } from "./clients.ts";
import { type AlarmSetter, alarmInterceptors, type HistoryItem } from "./cloudwatch/alarm-calls.ts";
import { checkedData } from "./cloudwatch/alarm-request.ts";
import { dashboardInterceptors } from "./cloudwatch/dashboard-calls.ts";
import type { Measure } from "./cloudwatch/minutes.ts";
import { createVaults } from "./glacier/vaults.ts";
import { permissionCheck } from "./iam/check.ts";
import type { Authorize } from "./iam/permissions.ts";
import { createBucketMetrics } from "./s3/minutes.ts";
import { createRestores } from "./s3/restore.ts";
import { s3Service } from "./s3/service.ts";
import { createMailbox } from "./ses/calls.ts";
import { createTopicMetrics } from "./sns/minutes.ts";
import { checkedTopics } from "./sns/request.ts";
import { createQueueMetrics } from "./sqs/minutes.ts";
import { checkedQueues } from "./sqs/request.ts";
import { assumeRole, callerIdentity } from "./sts/calls.ts";

export interface AccountOptions extends Pick<GatewayOptions, "port" | "host" | "publicHost" | "whole"> {
  readonly emulator: Pick<Emulator, "endpoint" | "region" | "accountId">;
  /** Time of AWS's side: retrieval times and the minutes of metrics. */
  readonly clock: LocalClock;
  /** Asked before each call of a role; see iam/authorizer.ts. Default: everything is allowed. */
  readonly authorize?: Authorize;
  /** Lifetime of the credentials that are issued; milliseconds of the wall clock. Default six hours. */
  readonly sessionMilliseconds?: number;
  /** Makes retrieval times repeatable. Default `annofarm`. */
  readonly seed?: string;
  readonly log: { error(fields: object, message: string): void };
}

/** What of a farm answers calls. It runs only after the program has been deployed, through the account. */
export interface RunningFarm extends RunningGroups, RunningScaling {
  /** What has become of alarms, newest first. */
  alarmHistory(): readonly HistoryItem[];
  /** Told when somebody sets an alarm's state. */
  readonly setAlarm: AlarmSetter;
  /** Holds annotators to a declared time of a job; see ../capacity/job-times.ts. */
  readonly jobTimes: Interceptor;
}

export interface EmulatedAccount extends Gateway {
  /** From now on these parts answer what is asked of them; other parts stay as they are. */
  attach(parts: Partial<RunningFarm>): void;
  mails(): readonly ReceivedMail[];
  /** What SQS, SNS, S3 and ACM publish of their minutes on AWS. */
  readonly measure: Measure;
  /** Retrievals and restores that wait for their time are given up: the emulator that had them is gone. */
  forgetWaiting(): void;
}

function monitoringService(running: () => Partial<RunningFarm>, now: () => number): Service {
  const called = () => running().called;
  return {
    name: "monitoring",
    around: aroundCalled("monitoring", called),
    calls: {
      ...alarmInterceptors(
        () => running().alarmHistory?.() ?? [],
        async (...told) => running().setAlarm?.(...told),
      ),
      ...dashboardInterceptors,
      ...unlessCalled(notPlayed.monitoring, "monitoring", called),
    },
    behind: checkedData(now),
  };
}

/** The services that do more than the emulator, and what else there is to say of them. */
export function createServices(options: AccountOptions, running: () => Partial<RunningFarm>) {
  const { emulator, clock, log, seed = "annofarm" } = options;
  const { region } = emulator;
  const onError = (error: unknown) => log.error({ err: error }, "gateway failed");
  const clients = awsClients(emulator);
  const forward = forwarder(emulator.endpoint);
  const credentials = createCredentials(options.sessionMilliseconds);
  const groupOf = (instanceId: string) => running().groupOf?.(instanceId);
  const allow = permissionCheck(options.authorize ?? (async () => ({ allowed: true })), { ...emulator, groupOf });
  const background = { clock, forward, seed, onError };

  const topics = createTopicMetrics(clients.sns);
  const queues = createQueueMetrics(clients.sqs, topics.takeDelivered);
  const buckets = createBucketMetrics();
  const mailbox = createMailbox();
  const s3Authorization = serviceScope(region, "s3");
  const restores = createRestores({ ...background, authorization: s3Authorization });
  const vaults = createVaults({
    ...background,
    place: emulator,
    ssm: clients.ssm,
    authorization: serviceScope(region, "glacier"),
    async publish(TopicArn, Subject, Message) {
      await clients.sns.send(new PublishCommand({ TopicArn, Subject, Message }));
      topics.note(TopicArn);
    },
  });
  const services: Service[] = [
    autoscalingService(running, () => clock.now()),
    ...(["ec2", "elasticloadbalancing"] as const).map((name) => ({ name, calls: notPlayed[name] })),
    { name: "glacier", calls: vaults.interceptors, stop: vaults.stop },
    monitoringService(running, () => clock.now()),
    s3Service({
      s3: clients.s3,
      forward,
      credentials,
      authorization: s3Authorization,
      allow,
      restores,
      metrics: buckets,
      hold: (call, next) => (running().jobTimes ?? pass)(call, next),
    }),
    { name: "ses", calls: mailbox.interceptors },
    { name: "sns", around: checkedTopics, behind: topics.count },
    { name: "sqs", around: checkedQueues, behind: queues.count },
    {
      name: "sts",
      calls: {
        AssumeRole: assumeRole(clients.iam, credentials, emulator),
        GetCallerIdentity: callerIdentity(emulator.accountId),
      },
    },
  ];
  return {
    clients,
    gateway: { forward, credentials, allow, services, onError },
    topics,
    queues,
    buckets,
    mailbox,
    restores,
    vaults,
  };
}

/** Resolves when the account can be called. */
export async function startEmulatedAccount(options: AccountOptions): Promise<EmulatedAccount> {
  const { port, host, publicHost, whole } = options;
  const running: Partial<RunningFarm> = {};
  const made = createServices(options, () => running);
  const gateway = await startGateway({ ...made.gateway, port, host, publicHost, whole });
  const certificates = createCertificateMetrics(made.clients.acm);
  const measures = [made.queues, made.topics, made.buckets, certificates].map(({ measure }) => measure);
  return {
    ...gateway,
    attach: (parts) => void Object.assign(running, parts),
    mails: made.mailbox.mails,
    measure: async (starts) => (await Promise.all(measures.map((measure) => measure(starts)))).flat(),
    forgetWaiting() {
      made.restores.stop();
      made.vaults.forget();
    },
    async stop() {
      await gateway.stop();
      made.clients.destroy();
    },
  };
}
