/** Puts saved users, jobs and files back into a freshly declared service, before its instances start. */
import { readFile } from "node:fs/promises";
import { UploadArchiveCommand } from "@aws-sdk/client-glacier";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Job } from "../../../runtime/contract/job.ts";
import type { StateClients } from "./clients.ts";
import type { Places } from "./places.ts";
import { fileIn, readSaved, type SavedState } from "./saved.ts";

/** The archive goes into the store of this run, which may be another than that of the last. */
async function storeArchive(clients: StateClients, places: Places, job: Job, body: Buffer): Promise<string> {
  if (places.archiveStore === "s3") {
    const key = job.s3_key_result_file ?? job.job_id;
    await clients.s3.send(
      new PutObjectCommand({ Bucket: places.archiveName, Key: key, Body: body, StorageClass: "GLACIER" }),
    );
    return key;
  }
  const answer = await clients.glacier.send(
    new UploadArchiveCommand({
      accountId: "-",
      vaultName: places.archiveName,
      archiveDescription: job.job_id,
      body,
    }),
  );
  if (answer.archiveId === undefined) throw new Error(`vault ${places.archiveName} gave no archive id`);
  return answer.archiveId;
}

const queueMessage = (job: Job) => ({ job_id: job.job_id, user_id: job.user_id, job_status: job.job_status });

/**
 * A job as it may go on: queues and retrievals of the last run are gone, so whatever was under way is waited for anew.
 * A job without an ending is found by the outbox sweep, a claim that nobody holds any more is given up.
 */
function resumed(job: Job, places: Places): Job {
  const next: Job = { ...job, s3_inputs_bucket: places.inputsBucket };
  if (next.s3_results_bucket !== undefined) next.s3_results_bucket = places.resultsBucket;
  if (next.job_status === "PENDING" || next.job_status === "RUNNING") {
    next.outbox = "job_requests";
    next.awaits = "ending";
    delete next.requested_time;
    // Given back, as by a worker that was told to stop: the end of a run is no fault of the job's.
    delete next.worker;
  }
  if (next.result_state === "ARCHIVING") next.archive_lease_until = 0;
  if (next.result_state === "RESTORING") {
    next.result_state = "ARCHIVED";
    delete next.restoring;
    delete next.restore_request_id;
    delete next.restore_tier;
    delete next.restore_requested_time;
    delete next.restore_expected_time;
  }
  return next;
}

/** @returns what was put back, with the archives by their new ids; `undefined` when nothing was saved. */
export async function loadState(
  clients: StateClients,
  places: Places,
  directory: string,
): Promise<SavedState | undefined> {
  const saved = await readSaved(directory);
  if (saved === undefined) return undefined;

  for (const object of saved.objects) {
    const bucket = object.bucket === "inputs" ? places.inputsBucket : places.resultsBucket;
    const Body = await readFile(fileIn(directory, object.file));
    await clients.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: object.key, Body, ContentType: object.contentType }),
    );
  }

  for (const user of saved.users) await clients.tables.put({ TableName: places.usersTable, Item: user });

  const restoring = new Set<string>();
  const archives: Record<string, string> = {};
  for (const before of saved.jobs) {
    const job = resumed(before, places);
    const file = saved.archives[job.results_file_archive_id ?? ""];
    if (file !== undefined) {
      job.results_file_archive_id = await storeArchive(clients, places, job, await readFile(fileIn(directory, file)));
      job.archive_store = places.archiveStore;
      archives[job.results_file_archive_id] = file;
    }
    await clients.tables.put({ TableName: places.annotationsTable, Item: job });
    if (before.result_state === "RESTORING") restoring.add(job.user_id);
    if (job.result_state === "AVAILABLE" || job.result_state === "ARCHIVING") {
      await clients.sqs.send(
        new SendMessageCommand({ QueueUrl: places.archiveQueueUrl, MessageBody: JSON.stringify(queueMessage(job)) }),
      );
    }
  }
  for (const user_id of restoring) {
    await clients.sqs.send(
      new SendMessageCommand({ QueueUrl: places.restoreQueueUrl, MessageBody: JSON.stringify({ user_id }) }),
    );
  }
  return { ...saved, archives };
}
