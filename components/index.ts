/** The components and what their arguments are made of. */
export { AlarmTopic, type AlarmTopicArgs } from "./alarm-topic.ts";
export { AnnotatorFarm, type AnnotatorFarmArgs } from "./annotator-farm.ts";
export type {
  AnnotatorScaling,
  BacklogArgs,
  BacklogPerInstanceScaling,
  BacklogScaling,
  JobsSentScaling,
} from "./annotator-scaling.ts";
export { ArchivePipeline, type ArchivePipelineArgs, type ArchivePlaces } from "./archive-pipeline.ts";
export { type ArchiveNotices, ArchiveStore, type ArchiveStoreArgs } from "./archive-store.ts";
export { boundEveryRole } from "./boundary.ts";
export type { CertificateTransform } from "./certificate.ts";
export { CourseBudget, type CourseBudgetArgs } from "./course-budget.ts";
export { type CourseScaling, courseScaling } from "./course-scaling.ts";
export {
  CourseShared,
  type CourseSharedArgs,
  type CourseSharedNodes,
  type SharedBalancersArgs,
  type SharedNetworkArgs,
} from "./course-shared.ts";
export { Dashboard, type DashboardArgs } from "./dashboard.ts";
export { Duration, days, hours, minutes, parseDuration, seconds } from "./duration.ts";
export type { ExistingBalancerArgs, ExistingListenerArgs, ExistingTargetGroupArgs } from "./existing-balancer.ts";
export type { ExistingNetworkArgs } from "./existing-network.ts";
export type { FlowLogNodes, FlowLogTransform } from "./flow-log.ts";
export type { GroupArgs, GroupSize, ScaledGroupArgs, ScaledGroupTransform, SpotArgs } from "./group-args.ts";
export type { BucketIds, JobPlaces, QueueIds, TableIds } from "./job-places.ts";
export { JobStore, type JobStoreArgs, type JobTopics } from "./job-store.ts";
export type { MachineArgs } from "./launch-template.ts";
export { Network, type NetworkArgs, type NetworkIds, type NetworkNodes } from "./network.ts";
export { NotifyPipeline, type NotifyPipelineArgs } from "./notify-pipeline.ts";
export { type OwnServiceArgs, ownService } from "./own-service.ts";
export { allow, type Statement } from "./policy-document.ts";
export type { PublicBalancerTransform } from "./public-balancer.ts";
export { RestorePipeline, type RestorePipelineArgs } from "./restore-pipeline.ts";
export { ScaledGroup, type ScaledGroupNodes } from "./scaled-group.ts";
export type {
  Adjustment,
  AlarmRule,
  Metric,
  MetricMath,
  Pacing,
  RequestsPerTargetRule,
  ScalingRule,
  TargetRule,
} from "./scaling-rules.ts";
export type { ScheduledSize } from "./scheduled-size.ts";
export { SecureBucket, type SecureBucketArgs, type SecureBucketNodes } from "./secure-bucket.ts";
export type { SecurityGroupTransform } from "./security-group.ts";
export { given, type Service } from "./service.ts";
export { ServiceBundle, type ServiceBundleArgs } from "./service-bundle.ts";
export { readSettings, type Settings } from "./settings.ts";
export { type Tags, tagEverything } from "./tags.ts";
export type { Transform } from "./transform.ts";
export { UtilityHost, type UtilityHostArgs } from "./utility-host.ts";
export { ArgumentsError, type Mistake } from "./validate.ts";
export type { VpcTransform } from "./vpc.ts";
export type { AppArgs, AppTransform } from "./web-app.ts";
export type { DomainArgs, WebBalancerNodes, WebBalancerTransform } from "./web-balancer.ts";
export { type AppFarmArgs, WebFarm, type WebFarmArgs, type WebFarmBaseArgs, type WebFarmNodes } from "./web-farm.ts";
export type { RequestsPerTargetScaling, RequestsScaling, WebLoadScaling, WebScaling } from "./web-scaling.ts";
export type { IdentityArgs, PaymentArgs, WebServiceArgs, WebServiceTransform } from "./web-service.ts";
export { WorkerQueue, type WorkerQueueArgs, type WorkerQueueNodes } from "./worker-queue.ts";
