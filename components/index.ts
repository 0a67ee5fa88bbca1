/** The components and what their arguments are made of. */

export type { SimpleStatistic, Statistic } from "../runtime/contract/statistic.ts";
export { Duration, days, hours, minutes, parseDuration, seconds } from "./base/duration.ts";
export { allow, type Statement } from "./base/policy-document.ts";
export { type Tags, tagEverything } from "./base/tags.ts";
export type { TracesArgs } from "./base/traces.ts";
export type { Transform } from "./base/transform.ts";
export { ArgumentsError, type Mistake } from "./base/validate.ts";
export { type OwnServiceArgs, ownService } from "./bundle/own-service.ts";
export { given, type Service } from "./bundle/service.ts";
export { ServiceBundle, type ServiceBundleArgs } from "./bundle/service-bundle.ts";
export { boundEveryRole } from "./course/boundary.ts";
export { CourseBudget, type CourseBudgetArgs } from "./course/course-budget.ts";
export {
  CourseShared,
  type CourseSharedArgs,
  type CourseSharedNodes,
  type SharedBalancersArgs,
  type SharedNetworkArgs,
} from "./course/course-shared.ts";
export type { GroupArgs, GroupSize, ScaledGroupArgs, ScaledGroupTransform, SpotArgs } from "./group/group-args.ts";
export type { MachineArgs } from "./group/launch-template.ts";
export type { MaintenanceArgs } from "./group/maintenance.ts";
export type { AmountBounds, TypeRequirements, WeightedType } from "./group/mixed-instances.ts";
export type { PredictiveArgs, PredictiveMode } from "./group/predictive.ts";
export { ScaledGroup, type ScaledGroupNodes } from "./group/scaled-group.ts";
export type { SecurityGroupTransform } from "./group/security-group.ts";
export { UtilityHost, type UtilityHostArgs } from "./group/utility-host.ts";
export type { WarmPoolArgs, WarmPoolState } from "./group/warm-pool.ts";
export { AlarmTopic, type AlarmTopicArgs } from "./monitoring/alarm-topic.ts";
export { Dashboard, type DashboardArgs } from "./monitoring/dashboard.ts";
export type { DiskFilterTransform } from "./monitoring/disk-alarm.ts";
export type { GroupFailureNodes, GroupFailureTransform } from "./monitoring/group-failures.ts";
export { ServiceAlarms, type ServiceAlarmsArgs } from "./monitoring/service-alarms.ts";
export type { ExistingNetworkArgs } from "./network/existing-network.ts";
export type { FlowLogNodes, FlowLogTransform } from "./network/flow-log.ts";
export { Network, type NetworkArgs, type NetworkIds, type NetworkNodes } from "./network/network.ts";
export type { VpcTransform } from "./network/vpc.ts";
export { AnnotatorFarm, type AnnotatorFarmArgs } from "./pipelines/annotator-farm.ts";
export type {
  AnnotatorScaling,
  BacklogArgs,
  BacklogPerInstanceScaling,
  BacklogScaling,
  JobsSentScaling,
} from "./pipelines/annotator-scaling.ts";
export { ArchivePipeline, type ArchivePipelineArgs, type ArchivePlaces } from "./pipelines/archive-pipeline.ts";
export { type BcftoolsCsqFiles, externalEngines, type SnpEffData, type VepData } from "./pipelines/external-engines.ts";
export { NotifyPipeline, type NotifyPipelineArgs } from "./pipelines/notify-pipeline.ts";
export { RestorePipeline, type RestorePipelineArgs } from "./pipelines/restore-pipeline.ts";
export { WorkerQueue, type WorkerQueueArgs, type WorkerQueueNodes } from "./pipelines/worker-queue.ts";
export { type CourseScaling, courseScaling } from "./scaling/course-scaling.ts";
export type {
  Adjustment,
  AlarmRule,
  Metric,
  MetricMath,
  Pacing,
  RequestsPerTargetRule,
  ScalingRule,
  TargetRule,
} from "./scaling/scaling-rules.ts";
export type { ScheduledSize } from "./scaling/scheduled-size.ts";
export { readSettings, type Settings } from "./settings/settings.ts";
export { type ArchiveNotices, ArchiveStore, type ArchiveStoreArgs } from "./storage/archive-store.ts";
export type { BucketIds, JobPlaces, QueueIds, TableIds } from "./storage/job-places.ts";
export { JobStore, type JobStoreArgs, type JobTopics } from "./storage/job-store.ts";
export { SecureBucket, type SecureBucketArgs, type SecureBucketNodes } from "./storage/secure-bucket.ts";
export type { CertificateTransform } from "./web/certificate.ts";
export type {
  ExistingBalancerArgs,
  ExistingListenerArgs,
  ExistingTargetGroupArgs,
  TargetDimensions,
} from "./web/existing-balancer.ts";
export type { PublicBalancerTransform } from "./web/public-balancer.ts";
export type { AppArgs, AppTransform } from "./web/web-app.ts";
export type { DomainArgs, WebBalancerNodes, WebBalancerTransform } from "./web/web-balancer.ts";
export {
  type AppFarmArgs,
  WebFarm,
  type WebFarmArgs,
  type WebFarmBaseArgs,
  type WebFarmNodes,
} from "./web/web-farm.ts";
export type { RequestsPerTargetScaling, RequestsScaling, WebLoadScaling, WebScaling } from "./web/web-scaling.ts";
export type { IdentityArgs, PaymentArgs, WebServiceArgs, WebServiceTransform } from "./web/web-service.ts";
