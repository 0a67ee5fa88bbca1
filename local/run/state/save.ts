/**
 * Saves users, jobs and files of the running service. The emulator keeps everything in memory; what is saved is put back into
 * a fresh one by load.ts. A save copies only what no save has copied yet, so that it can be made all the time.
 */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { DescribeJobCommand, GetJobOutputCommand, InitiateJobCommand } from "@aws-sdk/client-glacier";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { paginateScan } from "@aws-sdk/lib-dynamodb";
import type { Job } from "../../../runtime/contract/job.ts";
import { withCompanions } from "../../../runtime/contract/keys.ts";
import type { StateClients } from "./clients.ts";
import type { Places } from "./places.ts";
import { fileIn, type SavedObject, type SavedState, writeSaved } from "./saved.ts";

export interface Saver {
  /** @throws when the emulator does not answer or the disk is full; what was saved before is whole then. */
  save(): Promise<SavedState>;
}

/** Objects come and go while they are copied: what the tables name may have left in between. Then all is looked at anew. */
const looksMax = 5;

class Gone extends Error {}

async function allItems(clients: StateClients, table: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  for await (const page of paginateScan({ client: clients.tables }, { TableName: table, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}

const isMissing = (error: unknown) =>
  ["NoSuchKey", "NotFound", "ResourceNotFoundException", "InvalidObjectState"].includes((error as Error).name);

/** As it lies: the services would see a restore, and take it for one of theirs (local/emulator/moto_server.py). */
async function openS3Archive(clients: StateClients, bucket: string, key: string): Promise<Readable> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key });
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["x-annofarm-reads-archive"] = "true";
      return next(args);
    },
    { step: "build" },
  );
  return (await clients.s3.send(command)).Body as Readable;
}

async function openVaultArchive(clients: StateClients, vaultName: string, archiveId: string): Promise<Readable> {
  const vault = { accountId: "-", vaultName };
  const { jobId } = await clients.glacier.send(
    new InitiateJobCommand({ ...vault, jobParameters: { Type: "archive-retrieval", ArchiveId: archiveId } }),
  );
  // The emulator ends a retrieval some seconds after it began and tells nobody.
  while (!(await clients.glacier.send(new DescribeJobCommand({ ...vault, jobId }))).Completed) await delay(200);
  const { body } = await clients.glacier.send(new GetJobOutputCommand({ ...vault, jobId }));
  return body as unknown as Readable;
}

const nameOf = ({ bucket, key }: Pick<SavedObject, "bucket" | "key">) => `${bucket}/${key}`;

/** @param before what was saved or put back last: its files are not copied again. */
export function createSaver(
  clients: StateClients,
  places: Places,
  directory: string,
  before: SavedState | undefined,
): Saver {
  const buckets = { inputs: places.inputsBucket, results: places.resultsBucket } as const;
  const openArchive = places.archiveStore === "s3" ? openS3Archive : openVaultArchive;
  let saved = before;

  /** Writes a file of its own; one that is left unfinished is removed by the next save. */
  async function keep(body: Readable): Promise<string> {
    await mkdir(join(directory, "files"), { recursive: true });
    const file = randomUUID();
    try {
      await pipeline(body, createWriteStream(fileIn(directory, file)));
    } catch (error) {
      await rm(fileIn(directory, file), { force: true });
      throw error;
    }
    return file;
  }

  /** What both buckets hold, added to `found`; `known` has what need not be copied. */
  async function look(known: ReadonlyMap<string, SavedObject>): Promise<Map<string, SavedObject>> {
    const found = new Map<string, SavedObject>();
    for (const bucket of ["inputs", "results"] as const) {
      for await (const page of paginateListObjectsV2({ client: clients.s3 }, { Bucket: buckets[bucket] })) {
        for (const { Key: key = "", ETag: etag = "" } of page.Contents ?? []) {
          const name = nameOf({ bucket, key });
          const same = known.get(name);
          const object = same?.etag === etag ? same : await copy(bucket, key);
          if (object !== undefined) found.set(name, object);
        }
      }
    }
    return found;
  }

  async function copy(bucket: SavedObject["bucket"], key: string): Promise<SavedObject | undefined> {
    try {
      const answer = await clients.s3.send(new GetObjectCommand({ Bucket: buckets[bucket], Key: key }));
      const contentType = answer.ContentType ?? "application/octet-stream";
      return { file: await keep(answer.Body as Readable), bucket, key, contentType, etag: answer.ETag ?? "" };
    } catch (error) {
      if (isMissing(error)) return undefined; // deleted since it was listed
      throw error;
    }
  }

  async function archiveFile(id: string): Promise<[string, string]> {
    const known = saved?.archives[id];
    if (known !== undefined) return [id, known];
    try {
      return [id, await keep(await openArchive(clients, places.archiveName, id))];
    } catch (cause) {
      throw isMissing(cause) ? new Gone(`archive ${id} is gone`, { cause }) : cause;
    }
  }

  /**
   * Files before tables and files again: what an item names was there when the item was read, so that it is in one of the two
   * looks, also if it has been archived or deleted meanwhile.
   */
  async function snapshot(): Promise<SavedState> {
    const known = new Map((saved?.objects ?? []).map((object) => [nameOf(object), object]));
    const early = await look(known);
    const time = new Date().toISOString();
    const jobs = (await allItems(clients, places.annotationsTable)) as unknown as Job[];
    const users = await allItems(clients, places.usersTable);
    const late = await look(early);
    const named = new Set(jobs.flatMap((job) => keysOf(job).map(nameOf)));
    const left = [...early].filter(([name]) => !late.has(name) && named.has(name));
    const ids = jobs.flatMap(({ results_file_archive_id: id }) => id ?? []);
    const archives = Object.fromEntries(await Promise.all(ids.map(archiveFile)));
    return { version: 2, time, jobs, users, objects: [...late.values(), ...left.map(([, each]) => each)], archives };
  }

  return {
    async save() {
      for (let looks = 1; ; looks++) {
        try {
          const state = await snapshot();
          await writeSaved(directory, state);
          saved = state;
          return state;
        } catch (error) {
          if (!(error instanceof Gone) || looks === looksMax) throw error;
        }
      }
    },
  };
}

function keysOf(job: Job): Pick<SavedObject, "bucket" | "key">[] {
  const { s3_key_result_file: result, s3_key_log_file: log } = job;
  const results = [...withCompanions(result), ...(log === undefined ? [] : [log])];
  return [
    { bucket: "inputs", key: job.s3_key_input_file },
    ...results.map((key) => ({ bucket: "results" as const, key })),
  ];
}
