/** The deployed service, composed: configuration in, components, outputs out. `docs/architecture.md` draws it. */
import { Config, getProject } from "@pulumi/pulumi";
import {
  AlarmTopic,
  AnnotatorFarm,
  ArchivePipeline,
  boundEveryRole,
  CourseBudget,
  Dashboard,
  given,
  hours,
  JobStore,
  Network,
  NotifyPipeline,
  RestorePipeline,
  readSettings,
  ServiceAlarms,
  seconds,
  tagEverything,
  UtilityHost,
  WebFarm,
} from "./components/index.ts";

const settings = readSettings(new Config("annofarm"));
const { owner, domain, hostName, production, operatorEmail } = settings;
tagEverything({ project: getProject(), owner });
if (settings.permissionsBoundary !== undefined) boundEveryRole(settings.permissionsBoundary);
const { instanceType, architecture, imageId, rolls } = settings;
const machine = given({ instanceType, architecture, imageId, rolls });
/** Stores that use or serve those of `jobs` take its key by themselves. */
const encrypted = given({ kmsKeyArn: settings.kmsKeyArn });
const traced = given({ traces: settings.traces });
const alarmActions = [
  ...(operatorEmail === undefined
    ? []
    : [new AlarmTopic(`${owner}-alarms`, { email: operatorEmail, ...encrypted }).arn]),
  ...(settings.alarmTopic === undefined ? [] : [settings.alarmTopic]),
];
if (settings.budget !== undefined && operatorEmail !== undefined) {
  new CourseBudget(`${owner}-budget`, { usd: settings.budget, tags: { owner }, emails: [operatorEmail] });
}

const network = new Network(owner, {
  instances: settings.instances,
  flowLogs: settings.flowLogs,
  ...encrypted,
  ...given({ existing: settings.network, zoneNames: settings.zones, endpoints: settings.endpoints }),
});
const jobs = new JobStore(owner, { production, ...encrypted });

const archive = new ArchivePipeline(`${owner}-job-archive`, {
  jobs,
  store: settings.store,
  production,
  alarmActions,
  ...traced,
  ...given({ retention: settings.retention }),
});
const restore = new RestorePipeline(`${owner}-job-restore`, {
  jobs,
  archive,
  alarmActions,
  ...traced,
  ...given({ tier: settings.retrievalTier, sweepEvery: settings.sweepEvery }),
});
const annotator = new AnnotatorFarm(`${owner}-annotator`, {
  ...machine,
  network,
  jobs,
  size: settings.annotatorSize,
  schedules: settings.annotatorSchedules,
  alarmActions,
  ...traced,
  ...given({
    scaling: settings.annotatorScaling,
    reference: settings.reference,
    lease: settings.lease,
    spot: settings.spot ? {} : undefined,
    warmPool: settings.annotatorWarmPool,
    maintenance: settings.annotatorMaintenance,
  }),
});
const web = new WebFarm(`${owner}-web`, {
  ...machine,
  network,
  jobs,
  archive,
  production,
  alarmActions,
  size: settings.webSize,
  schedules: settings.webSchedules,
  identity: settings.identity,
  mailFrom: settings.mailFrom,
  payments: settings.payments,
  ...traced,
  ...given({
    scaling: settings.webScaling,
    warmPool: settings.webWarmPool,
    maintenance: settings.webMaintenance,
    balancer: settings.listener,
    domain:
      domain === undefined || hostName === undefined || settings.listener !== undefined
        ? undefined
        : { name: hostName, zone: domain },
    publicUrl: settings.publicUrl,
    parameterPrefix: settings.parameterPrefix,
  }),
});
const notify = new NotifyPipeline(`${owner}-job-notify`, {
  jobs,
  archive,
  mailFrom: settings.mailFrom,
  createIdentity: settings.createMailIdentity,
  publicUrl: web.url,
  alarmActions,
  ...traced,
  ...given({
    zone: settings.mailZone,
    archiveNotice: settings.archiveNotice,
    sweepEvery: settings.sweepEvery,
  }),
});
const utility = new UtilityHost(`${owner}-utility`, {
  ...machine,
  ...encrypted,
  network,
  services: [archive.service, restore.service, notify.service],
  alarmActions,
});
if (alarmActions.length > 0) {
  new ServiceAlarms(owner, {
    alarmActions,
    web,
    queues: [
      { queue: annotator.queue, oldest: hours(4) },
      // A message waits here until its result is due.
      { queue: archive.queue, oldest: seconds(archive.retention.toSeconds() + hours(1).toSeconds()) },
      ...[restore.queue, restore.eventsQueue, notify.queue].map((queue) => ({ queue, oldest: hours(1) })),
    ],
    groups: [web.groupName, annotator.groupName, utility.groupName],
    disks: [web, annotator, utility].map(({ nodes }) => nodes.logGroup.name),
  });
}
const watched = [annotator.queue, archive.queue, restore.queue, restore.eventsQueue, notify.queue];
const dashboard = settings.dashboard ? new Dashboard(owner, { web, annotator, queues: watched }) : undefined;

/** Where users find the service. */
export const url = web.url;
/** CloudWatch's view of both farms: load, answers, instances, alarms. */
export const dashboardUrl = dashboard?.url;
export const balancerArn = web.balancerArn;
export const balancerDnsName = web.balancerDnsName;
/** Auto Scaling groups. */
export const groups = { web: web.groupName, annotator: annotator.groupName, utility: utility.groupName };
export const buckets = { inputs: jobs.inputs.bucketName, results: jobs.results.bucketName, code: jobs.code.bucketName };
export const tables = { annotations: jobs.annotations.name, users: jobs.users.name, events: jobs.events.name };
export const topics = {
  jobRequests: jobs.topics.requests.arn,
  jobResults: jobs.topics.results.arn,
  jobRestore: jobs.topics.restore.arn,
};
/** Queue URLs; each has a dead-letter queue, whose name has `-dead-letters` after the queue's logical name. */
export const queues = {
  jobRequests: annotator.queue.url,
  jobArchive: archive.queue.url,
  jobRestore: restore.queue.url,
  archiveEvents: restore.eventsQueue.url,
  jobNotify: notify.queue.url,
};
/** Cold storage: which kind, and the vault's or bucket's name. */
export const archiveStore = { kind: archive.store.kind, name: archive.store.archiveName };
