/** Cold storage of both kinds, side by side: each with a store of jobs, an archiver, a restorer, and a host for the two. */
import { Config } from "@pulumi/pulumi";
import { ArchivePipeline, JobStore, minutes, Network, RestorePipeline, UtilityHost } from "annofarm";

const retention = minutes(new Config().getNumber("retentionMinutes") ?? 30);
const network = new Network("cold");

/** Accounts without a Glacier vault since before 15 December 2025 cannot make one: leave `vault` out there. */
const kinds = ["s3", "vault"] as const;

export const archives = kinds.map((store) => {
  const jobs = new JobStore(`cold-${store}`);
  const archive = new ArchivePipeline(`cold-${store}-archive`, { jobs, store, retention });
  const restore = new RestorePipeline(`cold-${store}-restore`, { jobs, archive, tier: "Expedited" });
  const host = new UtilityHost(`cold-${store}`, { network, services: [archive.service, restore.service] });
  return {
    store,
    name: archive.store.archiveName,
    /** Tell it that a job has ended, and its result is archived once `retention` is over. */
    ended: jobs.topics.results.arn,
    /** Tell it a user's id, and everything archived of that user comes back. */
    restore: jobs.topics.restore.arn,
    host: host.groupName,
  };
});
