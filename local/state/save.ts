/**
 * What outlives a run: users, jobs and files. The emulator keeps everything in memory, so an orderly stop writes them to the
 * state directory and the next start puts them back.
 *
 *     <directory>/tables.json             items of both tables
 *     <directory>/objects/<n>, index.json inputs and results: bucket role, key, content type
 *     <directory>/archives/<job id>       archived results, whichever store held them
 */
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { DescribeJobCommand, GetJobOutputCommand, InitiateJobCommand } from "@aws-sdk/client-glacier";
import { GetObjectCommand, paginateListObjectsV2, RestoreObjectCommand } from "@aws-sdk/client-s3";
import { paginateScan } from "@aws-sdk/lib-dynamodb";
import type { Job } from "../../runtime/contract/job.ts";
import { withoutArchiveTrailer } from "../gateway/glacier/nonce.ts";
import type { StateClients } from "./clients.ts";
import type { Places } from "./places.ts";

export interface SavedObject {
  readonly file: string;
  readonly bucket: "inputs" | "results";
  readonly key: string;
  readonly contentType: string;
}

export interface SavedTables {
  readonly version: 1;
  readonly jobs: Job[];
  readonly users: Record<string, unknown>[];
}

async function allItems(clients: StateClients, table: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  for await (const page of paginateScan({ client: clients.tables }, { TableName: table })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}

async function saveBucket(
  clients: StateClients,
  bucket: { name: string; role: SavedObject["bucket"] },
  directory: string,
  saved: SavedObject[],
): Promise<void> {
  for await (const page of paginateListObjectsV2({ client: clients.s3 }, { Bucket: bucket.name })) {
    for (const object of page.Contents ?? []) {
      const key = object.Key ?? "";
      const answer = await clients.s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: key }));
      const file = `objects/${saved.length}`;
      await pipeline(answer.Body as Readable, createWriteStream(join(directory, file)));
      const contentType = answer.ContentType ?? "application/octet-stream";
      saved.push({ file, bucket: bucket.role, key, contentType });
    }
  }
}

/** Straight from the emulator a restore is immediate: restore times are the gateway's doing. */
async function openS3Archive(clients: StateClients, bucket: string, key: string): Promise<Readable> {
  await clients.s3.send(new RestoreObjectCommand({ Bucket: bucket, Key: key, RestoreRequest: { Days: 1 } }));
  return (await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body as Readable;
}

async function openVaultArchive(clients: StateClients, vaultName: string, archiveId: string): Promise<Readable> {
  const vault = { accountId: "-", vaultName };
  const { jobId } = await clients.glacier.send(
    new InitiateJobCommand({ ...vault, jobParameters: { Type: "archive-retrieval", ArchiveId: archiveId } }),
  );
  // The emulator ends a retrieval some seconds after it began and tells nobody.
  while (!(await clients.glacier.send(new DescribeJobCommand({ ...vault, jobId }))).Completed) await delay(200);
  const { body } = await clients.glacier.send(new GetJobOutputCommand({ ...vault, jobId }));
  return (body as unknown as Readable).pipe(withoutArchiveTrailer());
}

/** Writes everything beside the last save, then takes its place: a stop that is interrupted leaves the old one whole. */
export async function saveState(clients: StateClients, places: Places, directory: string): Promise<{ jobs: number }> {
  const next = `${directory}.next`;
  await rm(next, { recursive: true, force: true });
  await mkdir(join(next, "objects"), { recursive: true });
  await mkdir(join(next, "archives"));

  const jobs = (await allItems(clients, places.annotationsTable)) as unknown as Job[];
  const users = await allItems(clients, places.usersTable);
  const tables: SavedTables = { version: 1, jobs, users };
  await writeFile(join(next, "tables.json"), JSON.stringify(tables));

  const objects: SavedObject[] = [];
  await saveBucket(clients, { name: places.inputsBucket, role: "inputs" }, next, objects);
  await saveBucket(clients, { name: places.resultsBucket, role: "results" }, next, objects);
  await writeFile(join(next, "objects", "index.json"), JSON.stringify(objects));

  const open = places.archiveStore === "s3" ? openS3Archive : openVaultArchive;
  await Promise.all(
    jobs.map(async (job) => {
      if (job.results_file_archive_id === undefined) return;
      const body = await open(clients, places.archiveName, job.results_file_archive_id);
      await pipeline(body, createWriteStream(join(next, "archives", job.job_id)));
    }),
  );

  await rm(directory, { recursive: true, force: true });
  await rename(next, directory);
  return { jobs: jobs.length };
}
