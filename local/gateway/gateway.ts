/**
 * The door to the emulator: every call of an instance, and every presigned request of a browser, passes here. What happens
 * to one is told in requests.ts; here stands what it is made of.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PublishCommand } from "@aws-sdk/client-sns";
import { type AlarmSetter, alarmInterceptors, type HistoryItem } from "../alarms/history.ts";
import { activityInterceptors, type ListActivities } from "../groups/activity-calls.ts";
import { capacityInterceptors, type GroupCalls, healthInterceptor } from "../groups/capacity-calls.ts";
import { type InGrace, instanceInterceptors, type LeavingOf, type VersionOf } from "../groups/instance-calls.ts";
import { notPlayed } from "../groups/not-played.ts";
import { refreshInterceptors } from "../groups/refresh-calls.ts";
import type { RefreshCalls } from "../groups/refreshes.ts";
import { type ScheduleCalls, scheduleInterceptors } from "../groups/schedule-calls.ts";
import type { Emulator, Gateway, GatewayCall, LocalClock } from "../types.ts";
import type { Answer, Call, Interceptor, Protocol } from "./aws/call.ts";
import { Refusal } from "./aws/errors.ts";
import { forwarder } from "./aws/forward.ts";
import { gatewayClients } from "./clients.ts";
import { createFaults } from "./faults.ts";
import { createVaults } from "./glacier/vaults.ts";
import { notePeers } from "./http.ts";
import { conditionKeys } from "./identity/condition-keys.ts";
import { createCredentials } from "./identity/credentials.ts";
import { type Authorize, type Permission, type Place, permissionsOf } from "./identity/permissions.ts";
import { assumeRole, callerIdentity } from "./identity/roles.ts";
import { serviceScope } from "./identity/scope.ts";
import { type LifecycleReceiver, lifecycleInterceptors } from "./lifecycle.ts";
import { createMailbox } from "./mail.ts";
import { createMeter } from "./meter.ts";
import { createServiceMetrics } from "./metrics.ts";
import { requestHandler } from "./requests.ts";
import { createCors } from "./s3/cors.ts";
import { createPostObject } from "./s3/post-object.ts";
import { createRestores } from "./s3/restore.ts";

export interface GatewayOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region" | "accountId">;
  /** Time of AWS's side: retrieval times and the minutes of metrics. */
  readonly clock: LocalClock;
  /** Default: any free port. */
  readonly port?: number;
  /** Interface to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Name by which instances and browsers reach it; it is part of every presigned URL. Default `localhost`. */
  readonly publicHost?: string;
  /** Asked before each call of a role; see identity/authorizer.ts. Default: everything is allowed. */
  readonly authorize?: Authorize;
  /** Lifetime of the credentials that are issued; milliseconds of the wall clock. Default six hours. */
  readonly sessionMilliseconds?: number;
  /** Makes retrieval times repeatable. Default `annofarm`. */
  readonly seed?: string;
  /** Who is told of lifecycle actions; omitted or `undefined`: none are under way. */
  readonly lifecycle?: () => LifecycleReceiver | undefined;
  /** Scaling activities, newest first; omitted: none. */
  readonly activities?: ListActivities;
  /** Launch template versions of the instances; omitted: as the emulator has them. */
  readonly templateVersion?: VersionOf;
  /** Instances on their way out; omitted: none. */
  readonly leaving?: LeavingOf;
  /** Instances with time left to become healthy; omitted: none. */
  readonly inGrace?: InGrace;
  /** What has become of alarms, newest first; omitted: nothing. */
  readonly alarmHistory?: () => readonly HistoryItem[];
  /** Told when somebody sets an alarm's state; omitted: nothing comes of it. */
  readonly onAlarmSet?: AlarmSetter;
  /** Who does instance refreshes; omitted or `undefined`: nobody runs instances. */
  readonly refreshes?: () => RefreshCalls | undefined;
  /** Who runs the groups; omitted or `undefined`: nobody, the emulator is told alone. */
  readonly groups?: () => GroupCalls | undefined;
  /** Who runs scheduled actions; omitted or `undefined`: nobody. */
  readonly schedules?: () => ScheduleCalls | undefined;
  /** Holds annotators to a declared time of a job; see job-times.ts. Omitted or `undefined`: they are as fast as they can. */
  readonly jobTimes?: () => Interceptor | undefined;
  /** Name of the group an instance belongs to: calls that name only the instance are permitted by its group. */
  readonly groupOf?: (instanceId: string) => string | undefined;
  /** Calls that come before this resolves wait for it: the emulator is gone and comes back. Omitted: it is there. */
  readonly whole?: () => Promise<void>;
  readonly log: { error(fields: object, message: string): void };
}

/** What services call a refusal that call it otherwise. */
const deniedCodes: Readonly<Record<string, string>> = { ec2: "UnauthorizedOperation", sns: "AuthorizationError" };
/** DynamoDB's refusals come with the status of a bad request. */
const deniedStatus: Readonly<Record<string, number>> = { dynamodb: 400 };
const isJson = new Set<Protocol>(["json", "rest-json", "cbor"]);

/** Asks `authorize` for everything a call needs, or for `permissions`. Administrators may do everything. */
function permissionCheck(authorize: Authorize, place: Place) {
  return async (call: Call, permissions?: readonly Permission[]): Promise<void> => {
    const { caller, protocol, service } = call;
    if (caller === "administrator") return;
    const asked = permissions ?? permissionsOf(call, place);
    const verdict = await authorize({ caller, permissions: asked, context: conditionKeys(call, place) });
    if (verdict.allowed) return;
    const { action, resource } = verdict.denied;
    const code = deniedCodes[service] ?? (isJson.has(protocol) ? "AccessDeniedException" : "AccessDenied");
    const message = `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${verdict.why}`;
    throw new Refusal(deniedStatus[service] ?? 403, code, message);
  };
}

/** Who may not list a bucket is not told that an object is missing, but that looking is forbidden. */
function missingToListers(allow: ReturnType<typeof permissionCheck>): Interceptor {
  return async (call, next) => {
    const answer = await next(call);
    if (answer.status !== 404 || (call.action !== "GetObject" && call.action !== "HeadObject")) return answer;
    await allow(call, [{ action: "s3:ListBucket", resource: `arn:aws:s3:::${call.bucket}` }]);
    return answer;
  };
}

/** The emulator answers what it does not offer with a web page, which no client can read (S3's are in order). */
function understood({ service, action }: Call, answer: Answer): Answer {
  const isPage = answer.headers["content-type"]?.startsWith("text/html") === true;
  if (answer.status < 400 || !isPage || service === "s3") return answer;
  if (!Buffer.isBuffer(answer.body)) answer.body.resume();
  if (answer.status >= 500) throw new Refusal(500, "InternalFailure", `The emulator failed at ${service}:${action}`);
  throw new Refusal(501, "NotImplemented", `The emulator does not offer ${service}:${action}`);
}

type Interceptors = Readonly<Record<string, Readonly<Record<string, Interceptor>>>>;

/** By service, then action: what is done about a call beside passing it on. */
export function interceptorsOf(
  options: GatewayOptions,
  stores: Readonly<Record<"s3" | "glacier" | "ses", Readonly<Record<string, Interceptor>>>>,
  assume: Interceptor,
): Interceptors {
  const groups = options.groups ?? (() => undefined);
  const instances = instanceInterceptors(
    options.templateVersion ?? (() => undefined),
    options.leaving ?? (() => undefined),
    options.inGrace ?? (() => false),
  );
  return {
    ...stores,
    autoscaling: {
      ...lifecycleInterceptors(options.lifecycle ?? (() => undefined)),
      ...activityInterceptors(options.activities ?? (() => [])),
      ...instances,
      SetInstanceHealth: healthInterceptor(groups, instances.SetInstanceHealth),
      ...capacityInterceptors(groups),
      ...scheduleInterceptors(options.schedules ?? (() => undefined), () => options.clock.now()),
      ...notPlayed.autoscaling,
      ...refreshInterceptors(options.refreshes ?? (() => undefined)),
    },
    ec2: notPlayed.ec2,
    elasticloadbalancing: notPlayed.elasticloadbalancing,
    monitoring: {
      ...alarmInterceptors(options.alarmHistory ?? (() => []), options.onAlarmSet ?? (async () => {})),
      ...notPlayed.monitoring,
    },
    sts: { AssumeRole: assume, GetCallerIdentity: callerIdentity(options.emulator.accountId) },
  };
}

/** The way of a call that is permitted: through what is done about it, counted, to the emulator. */
function dispatcher(
  options: GatewayOptions,
  interceptors: Interceptors,
  meters: Readonly<Record<string, Interceptor>>,
  { forward, missing }: { forward: ReturnType<typeof forwarder>; missing: Interceptor },
): (call: Call) => Promise<Answer> {
  const pass: Interceptor = (call, next) => next(call);
  return (call) => {
    const special = interceptors[call.service]?.[call.action] ?? pass;
    const metered = meters[call.service] ?? pass;
    const answer = (known: Call) => metered(known, async (last) => understood(last, await forward(last)));
    const asked: Interceptor = call.service === "s3" ? missing : pass;
    const timed = options.jobTimes?.() ?? pass;
    return timed(call, (due) => asked(due, (known) => special(known, answer)));
  };
}

/** Resolves when it listens. */
async function listen(
  serve: ReturnType<typeof requestHandler>,
  { port = 0, host = "127.0.0.1" }: Pick<GatewayOptions, "port" | "host">,
  onError: (error: unknown) => void,
): Promise<Server> {
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      onError(error);
      response.destroy();
    });
  });
  notePeers(server);
  // Uploads of several gigabytes and long polls take their time; callers reuse connections for longer than 5 s.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 75_000;
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

/** Starts the gateway in front of an emulator and resolves when it listens. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { emulator, clock, log, publicHost = "localhost", seed = "annofarm" } = options;
  const onError = (error: unknown) => log.error({ err: error }, "gateway failed");
  const clients = gatewayClients(emulator);
  const forward = forwarder(emulator.endpoint);
  const credentials = createCredentials(options.sessionMilliseconds);
  const faults = createFaults();
  const mailbox = createMailbox();
  const meter = createMeter();
  const background = { clock, forward, seed, onError };
  const restores = createRestores({ ...background, authorization: serviceScope(emulator.region, "s3") });
  const vaults = createVaults({
    ...background,
    place: emulator,
    ssm: clients.ssm,
    authorization: serviceScope(emulator.region, "glacier"),
    async publish(TopicArn, Subject, Message) {
      await clients.sns.send(new PublishCommand({ TopicArn, Subject, Message }));
      meter.published(TopicArn);
    },
  });

  const interceptors = interceptorsOf(
    options,
    { s3: restores.interceptors, glacier: vaults.interceptors, ses: mailbox.interceptors },
    assumeRole(clients.iam, credentials, emulator),
  );
  const allow = permissionCheck(options.authorize ?? (async () => ({ allowed: true })), {
    ...emulator,
    ...(options.groupOf === undefined ? {} : { groupOf: options.groupOf }),
  });
  const dispatch = dispatcher(options, interceptors, meter.interceptors, { forward, missing: missingToListers(allow) });

  const listeners = new Set<(call: GatewayCall) => void>();
  const counts = new Map<string, number>();

  const serve = requestHandler({
    credentials,
    whole: options.whole ?? (async () => {}),
    allow,
    faults: faults.intercept,
    dispatch,
    cors: createCors(clients.s3),
    postObject: createPostObject({
      credentials,
      forward,
      authorization: serviceScope(emulator.region, "s3"),
      onStored: restores.forget,
    }),
    tell(call, request) {
      const name = `${call.service}:${call.action}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      if (call.service === "s3") meter.request(request, call.status);
      for (const listener of listeners) listener(call);
    },
    onError,
  });
  const server = await listen(serve, options, onError);

  return {
    endpoint: `http://${publicHost}:${(server.address() as AddressInfo).port}`,
    administrator: credentials.administrator,
    credentialsFor: (roleArn) => credentials.issue(roleArn),
    onCall(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    callCounts: () => counts,
    mails: mailbox.mails,
    measure: createServiceMetrics({ meter, ...clients }),
    inject: faults.inject,
    forgetWaiting() {
      restores.stop();
      vaults.forget();
    },
    async stop() {
      if (!server.listening) return;
      restores.stop();
      vaults.stop();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      clients.destroy();
    },
  };
}
