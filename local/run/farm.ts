/** The farm itself: instances in their groups behind the balancer, watched by alarms, shown on the console. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { activityEvent, groupArn, refreshEvent } from "../aws/autoscaling/events.ts";
import { type Groups, startGroups } from "../aws/autoscaling/groups.ts";
import { runningGroups } from "../aws/autoscaling/running.ts";
import type { Scaler } from "../aws/autoscaling/scaler.ts";
import { createHypervisor, type Hypervisor } from "../aws/ec2/instances/hypervisor.ts";
import { startWithoutBalancer } from "../aws/elb/absent.ts";
import { type Balancer, startBalancer } from "../aws/elb/balancer.ts";
import { createEventBus, type ServiceEvent } from "../aws/events/bus.ts";
import type { GroupCapacity } from "../capacity/capacity.ts";
import { createCollector } from "../console/collect.ts";
import { type Console, createConsole, isForConsole } from "../console/console.ts";
import { createHistory } from "../console/history.ts";
import { createRequestMeter } from "../console/request-meter.ts";
import { isConfined } from "../net/caller.ts";
import { balancedGroups, resourcesOfType } from "../resources/declared.ts";
import type { RunContext } from "./context.ts";
import { type ScalingLoop, startLoop } from "./loop.ts";
import { createReadiness, type Farm } from "./ready.ts";
import type { BackingServices } from "./services.ts";
import type { Places } from "./state/places.ts";

export interface RunningFarm {
  readonly hypervisor: Hypervisor;
  readonly groups: Groups;
  readonly loop: ScalingLoop;
  readonly balancer: Balancer;
}

function serviceLog(farm: Hypervisor, instanceId: string, service: string): string | undefined {
  const instance = farm.instances().find((each) => each.instanceId === instanceId);
  return instance?.services.find(({ name }) => name === service)?.logFile;
}

/** Until the console is there: its page reloads by itself, all else is the balancer's to answer. */
function sayStarting(request: IncomingMessage, response: ServerResponse): boolean {
  if (!isForConsole(request)) return false;
  response
    .writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "1", refresh: "1" })
    .end("The console is starting.\n");
  return true;
}

/** The console acts for whoever sits at this machine, which code that is not trusted does not. */
function refuseConfined(request: IncomingMessage, response: ServerResponse): boolean {
  if (!isForConsole(request) || !isConfined(request.socket)) return false;
  response.writeHead(403, { "content-type": "text/plain; charset=utf-8" }).end("The console is not for the service.\n");
  return true;
}

type FarmServices = BackingServices & { readonly capacities: readonly GroupCapacity[] };
type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Answers at the run's port: the declared balancer, or one that says that there is none. */
async function openBalancer(
  { clock }: RunContext,
  { plan, port, emulator, capacities }: FarmServices,
  farm: Hypervisor,
  { intercept, onRequest, onHealth }: { intercept: Intercept; onRequest: () => void; onHealth: () => void },
): Promise<Balancer> {
  const webCapacities = new Map(capacities.flatMap((each) => (each.kind === "web" ? [[each.group, each]] : [])));
  const groupOf = (instanceId: string) => farm.instances().find((each) => each.instanceId === instanceId)?.groupName;
  const [loadBalancer] = resourcesOfType(plan, "aws:lb/loadBalancer:LoadBalancer");
  if (loadBalancer === undefined) return startWithoutBalancer({ port, intercept });
  return startBalancer({
    emulator,
    loadBalancerArn: String(loadBalancer.outputs.arn),
    port,
    clock,
    intercept,
    onRequest,
    onHealth,
    capacityOf: (instanceId) => webCapacities.get(groupOf(instanceId) ?? ""),
  });
}

/** The console, which shows the farm and acts on it. */
function openConsole(
  { clock, closers }: RunContext,
  { emulator, gateway, identity, url, plan, capacities }: FarmServices,
  places: Places | undefined,
  { hypervisor, groups, balancer }: Omit<RunningFarm, "loop">,
  { history, meter }: { history: ReturnType<typeof createHistory>; meter: ReturnType<typeof createRequestMeter> },
): Console {
  const collector = createCollector({
    emulator,
    gateway,
    clock,
    instances: () => hypervisor.instances(),
    activities: (groupName) => groups.activities(groupName),
    refreshes: (groupName) => groups.refreshes.list(groupName),
    targets: () => balancer.targets(),
    requestsPerMinute: () => meter.perMinute(),
    history: () => history.view(),
    ...(places === undefined ? {} : { tables: { annotations: places.annotationsTable, users: places.usersTable } }),
    stack: plan.stack,
    store: places?.archiveStore ?? "none",
    capacities,
    links: [
      { label: "Service", url },
      { label: "Sign-in", url: identity.issuer },
    ],
  });
  closers.add("console's clients", () => collector.destroy());
  const shown = createConsole({
    title: `annofarm · ${plan.stack}`,
    view: () => collector.view(),
    mails: () => gateway.mails(),
    logFile: (instanceId, service) => serviceLog(hypervisor, instanceId, service),
    actions: {
      kill: (instanceId) => hypervisor.kill(instanceId),
      setDesired: (name, desired) => groups.setDesired(name, desired),
    },
  });
  closers.add("console", () => shown.close());
  return shown;
}

/**
 * Resolves when every group has its desired capacity in service.
 *
 * @throws when the balancer cannot start or instances do not come into service.
 */
export async function startFarm(
  context: RunContext,
  services: FarmServices,
  places: Places | undefined,
): Promise<RunningFarm> {
  const { options, step, closers, clock, children, log, problem } = context;
  const { emulator, gateway, plan } = services;
  const { stateDirectory, signal } = options;
  const farm = createHypervisor({ emulator, gateway, clock, children, directory: stateDirectory });
  closers.add("instances", () => farm.stop());
  let whole: Farm | undefined;
  const readiness = createReadiness(() => whole);
  farm.on((event) => {
    log.info(event, event.kind);
    readiness.changed();
  });

  const meter = createRequestMeter();
  let console_: Console | undefined;
  const balancer = await openBalancer(context, services, farm, {
    intercept: (request, response) =>
      refuseConfined(request, response) ||
      (console_ === undefined ? sayStarting(request, response) : console_.handle(request, response)),
    onRequest: () => meter.record(),
    onHealth: () => readiness.changed(),
  });
  closers.add("balancer", () => balancer.stop());
  farm.on(({ kind, instanceId }) => {
    if (kind === "lost") balancer.cut(instanceId);
  });

  const bus = createEventBus(emulator, (error) => problem("an event could not be delivered", error));
  closers.add("event bus", () => bus.destroy());
  const tell = (event: ServiceEvent | undefined) => void (event && bus.put(event));
  let seen: Scaler | undefined;
  const groups = startGroups({
    emulator,
    hypervisor: farm,
    balancers: [balancer],
    clock,
    maintenanceOf: (groupName) => seen?.plan.groups.find(({ name }) => name === groupName)?.maintenance,
    onActivity: (activity) => {
      log.info(activity, "activity");
      tell(activityEvent(activity, groupArn(emulator, activity.groupName)));
      readiness.changed();
    },
    onRefresh: (refresh) => {
      log.info(refresh, "instance refresh");
      tell(refreshEvent(refresh, groupArn(emulator, refresh.groupName), clock.now()));
      options.onRefresh?.(refresh);
    },
    onError: (error) => problem("the groups' loop met an error and goes on", error),
  });
  closers.add("groups", () => groups.stop());
  gateway.attach(runningGroups(farm, groups));
  const history = createHistory({
    seen: () => seen && { plan: seen.plan, state: seen.state() },
    balanced: balancedGroups(plan),
  });
  const loop = await startLoop(context, services, { balancer, groups, hypervisor: farm }, [history.minutes]);
  seen = loop.scaler;
  gateway.attach({
    alarmHistory: loop.alarmHistory,
    setAlarm: (...told) => loop.scaler.setAlarm(...told),
    schedules: loop.scaler.schedules,
    isCooling: (groupName) => loop.scaler.isCooling(groupName),
  });

  const parts = { groups, hypervisor: farm, balancer };
  console_ = openConsole(context, services, places, parts, { history, meter });
  whole = parts;

  await step("Instances in service", (evidence, progress) => readiness.wait({ evidence, progress, signal }));
  return { ...parts, loop };
}
