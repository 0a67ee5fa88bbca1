/** What the demo looks up behind the scenes for its evidence: the operator's view, never the service's own. */
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import type { Job } from "../../runtime/contract/job.ts";
import type { LocalService } from "../run/start.ts";
import { stateClients } from "../run/state/clients.ts";
import { type Places, placesOf } from "../run/state/places.ts";

export interface Backstage {
  readonly places: Places;
  job(jobId: string): Promise<Job>;
  hasJob(jobId: string): Promise<boolean>;
  /** Storage class of an object; `undefined` when there is none. */
  storageClass(bucket: string, key: string): Promise<string | undefined>;
  close(): void;
}

export function openBackstage(service: Pick<LocalService, "emulator" | "gateway" | "plan">): Backstage {
  // Through the gateway, where calls wait while an emulator that has ended is brought back.
  const { gateway, emulator } = service;
  const clients = stateClients({ endpoint: gateway.endpoint, region: emulator.region }, gateway.administrator);
  const places = placesOf(service.plan);
  const itemOf = (jobId: string) => clients.tables.get({ TableName: places.annotationsTable, Key: { job_id: jobId } });
  return {
    places,
    hasJob: async (jobId) => (await itemOf(jobId)).Item !== undefined,
    async job(jobId) {
      const answer = await itemOf(jobId);
      if (answer.Item === undefined) throw new Error(`the annotations table has no job ${jobId}`);
      return answer.Item as Job;
    },
    async storageClass(bucket, key) {
      try {
        const head = await clients.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return head.StorageClass ?? "STANDARD";
      } catch (error) {
        if ((error as Error).name === "NotFound") return undefined;
        throw error;
      }
    },
    close: () => clients.destroy(),
  };
}
