/** What every farm stands on, in tests, and the manifest that its instances boot from. */
import { ArchivePipeline, type ArchivePipelineArgs, JobStore, Network } from "../../components/index.ts";
import { type BootManifest, readBootManifest } from "../../runtime/contract/boot.ts";
import type { Declaration } from "./declare.ts";

/** A service that builds in no time. */
export const entry = "test/components/fixtures/service.ts";

export function ground(archive: Partial<ArchivePipelineArgs> = {}) {
  const network = new Network("gas");
  const jobs = new JobStore("gas");
  return { network, jobs, archive: new ArchivePipeline("gas-job-archive", { jobs, entry, ...archive }) };
}

export function bootManifestOf(declared: Declaration<unknown>, launchTemplate: string): BootManifest {
  const { userData } = declared.inputs("aws:ec2/launchTemplate:LaunchTemplate", launchTemplate);
  return readBootManifest(Buffer.from(String(userData), "base64").toString());
}
