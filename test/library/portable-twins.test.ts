// Each setting of a component and what a program in another language says for it, or why it cannot. The compiler refuses a table
// that lacks a setting of the component (`npm run types`); the test, a setting of the twin that the table does not name.
import { readFile } from "node:fs/promises";
import type { PackageSpec } from "@pulumi/pulumi/provider/experimental/schema.js";
import test from "ava";
import type { Statement } from "../../components/base/policy-document.ts";
import type { TracesArgs } from "../../components/base/traces.ts";
import type { GroupArgs, GroupSize, SpotArgs } from "../../components/group/group-args.ts";
import type { MachineArgs } from "../../components/group/launch-template.ts";
import type { MaintenanceArgs } from "../../components/group/maintenance.ts";
import type { PredictiveArgs } from "../../components/group/predictive.ts";
import type { WarmPoolArgs } from "../../components/group/warm-pool.ts";
import type { ExistingNetworkArgs } from "../../components/network/existing-network.ts";
import type { NetworkArgs } from "../../components/network/network.ts";
import type { AnnotatorFarmArgs } from "../../components/pipelines/annotator-farm.ts";
import type { AnnotatorScaling } from "../../components/pipelines/annotator-scaling.ts";
import type { ArchivePipelineArgs } from "../../components/pipelines/archive-pipeline.ts";
import type { NotifyPipelineArgs } from "../../components/pipelines/notify-pipeline.ts";
import type { RestorePipelineArgs } from "../../components/pipelines/restore-pipeline.ts";
import type { WorkerQueueArgs } from "../../components/pipelines/worker-queue.ts";
import type * as portable from "../../components/portable/machines.ts";
import type { ScheduledSize } from "../../components/scaling/scheduled-size.ts";
import type { JobStoreArgs } from "../../components/storage/job-store.ts";
import type { ExistingListenerArgs } from "../../components/web/existing-balancer.ts";
import type { AppArgs } from "../../components/web/web-app.ts";
import type { DomainArgs } from "../../components/web/web-balancer.ts";
import type { AppFarmArgs, WebFarmArgs, WebFarmBaseArgs } from "../../components/web/web-farm.ts";
import type { WebScaling } from "../../components/web/web-scaling.ts";
import type { IdentityArgs, PaymentArgs } from "../../components/web/web-service.ts";
import { schemaFile } from "../support/portable-schema.ts";

/** Why a setting has no counterpart. */
interface Left {
  readonly because: string;
}
/** Every setting that one variant or another has. */
type OneOf<Union> = { readonly [Key in Union extends unknown ? keyof Union : never]: unknown };
/** Every setting, in the words of the twin. */
type Settings<Component> = { readonly [Key in keyof Required<Component>]: readonly string[] | Left };

const transforms = { because: "a function cannot cross; Pulumi's own `transforms` option sees every child" };
const entry = { because: "the module is bundled by the program's own process, which here is the plugin's" };

/** Of every type that the twins know, what it is the twin of; a nested setting stands with its object's type. */
const machine = {
  instanceType: ["instanceType"],
  architecture: ["architecture"],
  diskGiB: ["diskGiB"],
  imageId: ["imageId"],
  rolls: ["rolls"],
  logDays: ["logDays"],
  kmsKeyArn: ["kmsKeyArn"],
} as const satisfies Settings<MachineArgs> & { readonly [Key in keyof portable.MachineArgs]-?: unknown };
const size = { min: ["minSize"], max: ["maxSize"] } satisfies Settings<GroupSize>;
const spot = {
  onDemandBase: ["spotOnDemandBase"],
  onDemandPercent: ["spotOnDemandPercent"],
  instanceTypes: ["spotInstanceTypes"],
  // Not in other languages: weights and requirements are for fleets that are tuned by hand.
  requirements: [],
} satisfies Settings<SpotArgs>;
const group = {
  ...machine,
  size: Object.values(size).flat(),
  healthCheckGrace: ["healthCheckGraceSeconds"],
  cooldown: ["cooldownSeconds"],
  schedules: ["schedules"],
  spot: ["spot", ...Object.values(spot).flat()],
  warmPool: ["warmPool"],
  maintenance: ["maintenance"],
  predictive: ["predictive"],
  alarmActions: ["alarmActions"],
} satisfies Settings<GroupArgs>;
const pipeline = {
  jobs: ["jobs"],
  kmsKeyArn: ["kmsKeyArn"],
  sweepEvery: ["sweepSeconds"],
  traces: ["traces"],
  alarmActions: ["alarmActions"],
  entry,
  transform: transforms,
};
const web = {
  ...group,
  network: ["network"],
  balancer: ["balancer"],
  domain: ["domain"],
  publicUrl: ["publicUrl"],
  scaling: ["scaling"],
  accessLogsExpireAfter: ["accessLogsExpireAfterDays"],
  production: ["production"],
  transform: transforms,
} satisfies Settings<WebFarmBaseArgs>;

const components = {
  AppFarm: { ...web, app: ["app"] } satisfies Settings<AppFarmArgs>,
  AnnotatorFarm: {
    ...group,
    network: ["network"],
    jobs: ["jobs"],
    scaling: ["scaling"],
    concurrency: ["concurrency"],
    engine: ["engine"],
    engineMemoryMiB: ["engineMemoryMiB"],
    reference: ["reference"],
    jobTimeout: ["jobTimeoutSeconds"],
    lease: ["leaseSeconds"],
    drain: ["drainSeconds"],
    traces: ["traces"],
    entry,
    transform: transforms,
  } satisfies Settings<AnnotatorFarmArgs>,
  ArchivePipeline: {
    ...pipeline,
    retention: ["retentionSeconds"],
    store: ["store"],
    production: ["production"],
  } satisfies Settings<ArchivePipelineArgs>,
  JobStore: {
    keyPrefix: ["keyPrefix"],
    inputsExpireAfter: ["inputsExpireAfterDays"],
    logsExpireAfter: ["logsExpireAfterDays"],
    kmsKeyArn: ["kmsKeyArn"],
    production: ["production"],
    transform: transforms,
  } satisfies Settings<JobStoreArgs>,
  Network: {
    existing: ["existing"],
    cidrBlock: ["cidrBlock"],
    zones: ["zones"],
    zoneNames: ["zoneNames"],
    instances: ["instances"],
    webPort: ["webPort"],
    flowLogs: ["flowLogs"],
    endpoints: ["endpoints"],
    kmsKeyArn: ["kmsKeyArn"],
    transform: transforms,
  } satisfies Settings<NetworkArgs>,
  NotifyPipeline: {
    ...pipeline,
    mailFrom: ["mailFrom"],
    archive: ["retentionSeconds"],
    archiveNotice: ["archiveNoticeSeconds"],
    zone: ["zone"],
    createIdentity: ["createIdentity"],
    publicUrl: ["publicUrl"],
  } satisfies Settings<NotifyPipelineArgs>,
  RestorePipeline: {
    ...pipeline,
    archive: ["archive", "store"],
    tier: ["tier"],
  } satisfies Settings<RestorePipelineArgs>,
  WebFarm: {
    ...web,
    jobs: ["jobs"],
    archive: ["archive", "retentionSeconds"],
    identity: ["identity"],
    payments: ["payments"],
    parameterPrefix: ["parameterPrefix"],
    mailFrom: ["mailFrom"],
    freeInputBytesMax: ["freeInputBytesMax"],
    premiumInputBytesMax: ["premiumInputBytesMax"],
    apiRequestsPerMinute: ["apiRequestsPerMinute"],
    traces: ["traces"],
    app: { because: "a farm of an own program is a component of its own, AppFarm" },
    entry,
  } satisfies Settings<WebFarmArgs>,
  /** Of no component's own: a queue, and a group that runs an own program on it. */
  WorkerFarm: {
    ...group,
    network: ["network"],
    app: ["app"],
    topics: ["topics"],
    filter: { because: "a map of lists; a program of your own reads what it is sent" },
    policy: { because: "a function cannot cross; the queue's ARN is an output, for a policy of your own" },
    visibility: ["visibilitySeconds"],
    retention: ["retentionSeconds"],
    receiptsMax: ["receiptsMax"],
    scaling: ["scaling"],
    concurrency: ["concurrency"],
    transform: transforms,
  } satisfies Settings<GroupArgs & WorkerQueueArgs & Pick<AnnotatorFarmArgs, "network" | "scaling" | "concurrency">> & {
    readonly app: unknown;
  },
} satisfies Record<string, Readonly<Record<string, readonly string[] | Left>>>;

const types = {
  App: {
    code: ["code", "folder"],
    assets: ["assets"],
    name: ["name"],
    environment: ["environment"],
    permissions: ["permissions"],
    healthPath: ["healthPath"],
    stopWithin: ["stopWithinSeconds"],
  } satisfies Settings<AppArgs>,
  Permission: {
    Sid: ["id"],
    Action: ["actions"],
    Resource: ["resources"],
    Effect: { because: "what is not allowed is forbidden already" },
    Condition: { because: "an object of any depth has no schema" },
    NotAction: { because: "a permission names what it allows" },
    NotResource: { because: "a permission names what it is on" },
    Principal: { because: "a role's policy names none" },
    NotPrincipal: { because: "a role's policy names none" },
  } satisfies Settings<Statement>,
  AnnotatorScaling: {
    by: ["by"],
    window: ["windowSeconds"],
    scaleOutAt: ["scaleOutAt"],
    scaleInBelow: ["scaleInBelow"],
    pause: ["pauseSeconds"],
    acceptableWait: ["acceptableWaitSeconds"],
    jobTakes: ["jobTakesSeconds"],
    warmUp: ["warmUpSeconds"],
  } satisfies Settings<OneOf<AnnotatorScaling>>,
  WebScaling: {
    by: ["by"],
    requestsPerTarget: ["requestsPerTarget"],
    responseSeconds: ["responseSeconds"],
    warmUp: ["warmUpSeconds"],
    requestsPerMinute: ["requestsPerMinute"],
    pause: ["pauseSeconds"],
  } satisfies Settings<OneOf<WebScaling>>,
  Identity: { issuer: ["issuer"], clientId: ["clientId"] } satisfies Settings<IdentityArgs>,
  Payments: {
    publishableKey: ["publishableKey"],
    priceId: ["priceId"],
    apiUrl: ["apiUrl"],
    jsUrl: ["jsUrl"],
  } satisfies Settings<PaymentArgs>,
  Traces: { endpoint: ["endpoint"], percent: ["percent"] } satisfies Settings<TracesArgs>,
  Domain: { name: ["name"], zone: ["zone"] } satisfies Settings<DomainArgs>,
  ExistingListener: {
    listenerArn: ["listenerArn"],
    priority: ["priority"],
    hostNames: ["hostNames"],
  } satisfies Settings<ExistingListenerArgs>,
  ExistingVpc: {
    vpcId: ["vpcId"],
    instanceSubnetIds: ["instanceSubnetIds"],
    publicSubnetIds: ["publicSubnetIds"],
    balancerSecurityGroupId: ["balancerSecurityGroupId"],
  } satisfies Settings<ExistingNetworkArgs>,
  ScheduledSize: {
    name: ["name"],
    recurrence: ["recurrence"],
    timeZone: ["timeZone"],
    min: ["min"],
    max: ["max"],
    desired: ["desired"],
  } satisfies Settings<ScheduledSize>,
  WarmPool: {
    state: ["state"],
    min: ["min"],
    maxPrepared: ["maxPrepared"],
    reuse: ["reuse"],
  } satisfies Settings<WarmPoolArgs>,
  Predictive: {
    cpuPercent: ["cpuPercent"],
    mode: ["mode"],
    launchAhead: ["launchAheadSeconds"],
    beyondMaxPercent: ["beyondMaxPercent"],
  } satisfies Settings<PredictiveArgs>,
  Maintenance: {
    minHealthyPercent: ["minHealthyPercent"],
    maxHealthyPercent: ["maxHealthyPercent"],
  } satisfies Settings<MaintenanceArgs>,
};

/** Pipelines are run by a host of yours in TypeScript; their twins bring one. */
const hosted = ["ArchivePipeline", "NotifyPipeline", "RestorePipeline"];
const ofHost = ["network", ...Object.values(machine).flat()];

const names = (settings: Readonly<Record<string, readonly string[] | Left>>) =>
  Object.values(settings).flatMap((each) => ("because" in each ? [] : each));
const sorted = (list: Iterable<string>) => [...new Set(list)].sort();

test("a component's twin for other languages takes every setting that can cross", async (t) => {
  const schema = JSON.parse(await readFile(schemaFile, "utf8")) as PackageSpec;
  t.deepEqual(
    sorted(Object.keys(schema.resources)),
    sorted(Object.keys(components).map((name) => `annofarm:index:${name}`)),
  );
  for (const [name, settings] of Object.entries(components)) {
    const own = Object.keys(schema.resources[`annofarm:index:${name}`]?.inputProperties ?? {});
    t.deepEqual(sorted(own), sorted([...names(settings), ...(hosted.includes(name) ? ofHost : [])]), name);
  }
});

test("so do the objects within its settings", async (t) => {
  const schema = JSON.parse(await readFile(schemaFile, "utf8")) as PackageSpec;
  const written = Object.keys(schema.types).filter((name) => !name.endsWith("Reference"));
  t.deepEqual(sorted(written), sorted(Object.keys(types).map((name) => `annofarm:index:${name}`)));
  for (const [name, settings] of Object.entries(types)) {
    const own = Object.keys(schema.types[`annofarm:index:${name}`]?.properties ?? {});
    t.deepEqual(sorted(own), sorted(names(settings)), name);
  }
});
