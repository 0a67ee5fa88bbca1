/** What programs in other languages may construct; each class by the name that it has in them. */
export { AnnotatorFarm } from "./annotator-farm.ts";
export { AppFarm } from "./app-farm.ts";
export { ArchivePipeline } from "./archive-pipeline.ts";
export { JobStore } from "./job-store.ts";
export { Network } from "./network.ts";
export { NotifyPipeline } from "./notify-pipeline.ts";
export { RestorePipeline } from "./restore-pipeline.ts";
export { WebFarm } from "./web-farm.ts";
export { WorkerFarm } from "./worker-farm.ts";
