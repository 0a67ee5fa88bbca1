/**
 * The door to the emulator: every call of an instance, and every presigned request of a browser, passes here. What happens
 * to one is told in requests.ts; here stands what it is made of.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PublishCommand } from "@aws-sdk/client-sns";
import { activityInterceptors, type ListActivities } from "../aws/autoscaling/activity-calls.ts";
import {
  type InGrace,
  instanceInterceptors,
  type LeavingOf,
  type VersionOf,
} from "../aws/autoscaling/instance-calls.ts";
import { type LifecycleReceiver, lifecycleInterceptors } from "../aws/autoscaling/lifecycle-calls.ts";
import { notPlayed } from "../aws/autoscaling/not-played.ts";
import { refreshInterceptors } from "../aws/autoscaling/refresh-calls.ts";
import type { RefreshCalls } from "../aws/autoscaling/refreshes.ts";
import { type AlarmSetter, alarmInterceptors, type HistoryItem } from "../aws/cloudwatch/alarm-calls.ts";
import { createVaults } from "../aws/glacier/vaults.ts";
import { conditionKeys } from "../aws/iam/condition-keys.ts";
import { type Authorize, type Permission, type Place, permissionsOf } from "../aws/iam/permissions.ts";
import { createCors } from "../aws/s3/cors.ts";
import { createPostObject } from "../aws/s3/post-object.ts";
import { createRestores } from "../aws/s3/restore.ts";
import { createMailbox } from "../aws/ses/calls.ts";
import { assumeRole, callerIdentity } from "../aws/sts/calls.ts";
import type { Emulator, Gateway, GatewayCall, LocalClock } from "../types.ts";
import type { Answer, Call, Interceptor, Protocol } from "./call.ts";
import { gatewayClients } from "./clients.ts";
import { createCredentials } from "./credentials.ts";
import { Refusal } from "./errors.ts";
import { createFaults } from "./faults.ts";
import { forwarder } from "./forward.ts";
import { notePeers } from "./http.ts";
import { createMeter } from "./meter.ts";
import { createServiceMetrics } from "./metrics.ts";
import { requestHandler } from "./requests.ts";
import { serviceScope } from "./scope.ts";

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
function interceptorsOf(
  options: GatewayOptions,
  stores: Readonly<Record<"s3" | "glacier" | "ses", Readonly<Record<string, Interceptor>>>>,
  assume: Interceptor,
): Interceptors {
  return {
    ...stores,
    autoscaling: {
      ...lifecycleInterceptors(options.lifecycle ?? (() => undefined)),
      ...activityInterceptors(options.activities ?? (() => [])),
      ...instanceInterceptors(
        options.templateVersion ?? (() => undefined),
        options.leaving ?? (() => undefined),
        options.inGrace ?? (() => false),
      ),
      ...notPlayed.autoscaling,
      ...refreshInterceptors(options.refreshes ?? (() => undefined)),
    },
    ec2: notPlayed.ec2,
    monitoring: alarmInterceptors(options.alarmHistory ?? (() => []), options.onAlarmSet ?? (async () => {})),
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
