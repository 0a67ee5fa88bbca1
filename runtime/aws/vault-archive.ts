/** Archives in an Amazon Glacier vault, as the course keeps them. Open to accounts that used vaults before 15 December 2025. */

import type { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  DeleteArchiveCommand,
  DescribeJobCommand,
  DescribeVaultCommand,
  GetJobOutputCommand,
  type GlacierClient,
  InitiateJobCommand,
  InitiateMultipartUploadCommand,
  InsufficientCapacityException,
  ListJobsCommand,
  PolicyEnforcedException,
  ResourceNotFoundException,
  UploadArchiveCommand,
  UploadMultipartPartCommand,
} from "@aws-sdk/client-glacier";
import * as z from "zod";
import type { RetrievalTier } from "../contract/storage.ts";
import { ArchiveNotFoundError, TierUnavailableError } from "../jobs/errors.ts";
import type { ArchiveStore, ObjectRef, Probed, StoredArchive } from "../jobs/ports.ts";
import { blocks } from "./blocks.ts";
import { leafBytes, leafHashes, treeHash } from "./tree-hash.ts";

/** Upper end of what AWS documents for each tier, in seconds: 5 minutes, 5 hours, 12 hours. */
export const tierSeconds: Readonly<Record<RetrievalTier, number>> = {
  Expedited: 300,
  Standard: 5 * 3600,
  Bulk: 12 * 3600,
};

/** Up to here an archive is sent in one request, held in memory; beyond it in parts. */
const singleBytesMax = 32 * leafBytes;
const partsMax = 10_000;

/** Smallest part (a power of two MiB, 8 at least) by which `bytes` fit into 10,000 parts. */
export function partBytesFor(bytes: number): number {
  let part = 8 * leafBytes;
  while (part * partsMax < bytes) part *= 2;
  return part;
}

/** Output of an inventory retrieval, as far as it is read. Descriptions are job ids; others' may be anything. */
const inventorySchema = z.looseObject({
  ArchiveList: z.array(z.looseObject({ ArchiveId: z.string(), ArchiveDescription: z.string().catch("") })),
});

interface Vault {
  readonly client: GlacierClient;
  readonly vault: string;
  /** Reads the object to be archived. */
  readonly read: (source: ObjectRef) => Promise<Readable>;
}

const idsOf = ({ vault }: Pick<Vault, "vault">) => ({ accountId: "-", vaultName: vault });

export function createVaultArchive(vault: Vault): ArchiveStore & Probed {
  return {
    kind: "vault",

    async probe() {
      await vault.client.send(new DescribeVaultCommand(idsOf(vault)));
    },

    ...storing(vault),
    ...retrieving(vault),
    inventory: createInventory(vault),
  };
}

function storing({ client, vault: vaultName, read }: Vault): Pick<ArchiveStore, "store" | "delete" | "deleteAll"> {
  const vault = idsOf({ vault: vaultName });
  async function storeWhole(body: Buffer, archiveDescription: string): Promise<string | undefined> {
    const checksum = treeHash(leafHashes(body));
    const { archiveId } = await client.send(new UploadArchiveCommand({ ...vault, archiveDescription, checksum, body }));
    return archiveId;
  }

  async function storeInParts(parts: AsyncIterable<Buffer>, partBytes: number, archiveDescription: string) {
    const { uploadId } = await client.send(
      new InitiateMultipartUploadCommand({ ...vault, archiveDescription, partSize: String(partBytes) }),
    );
    const upload = { ...vault, uploadId };
    try {
      const leaves: Buffer[] = [];
      let start = 0;
      for await (const body of parts) {
        const part = leafHashes(body);
        leaves.push(...part);
        const range = `bytes ${start}-${start + body.length - 1}/*`;
        start += body.length;
        await client.send(new UploadMultipartPartCommand({ ...upload, range, checksum: treeHash(part), body }));
      }
      const { archiveId } = await client.send(
        new CompleteMultipartUploadCommand({ ...upload, archiveSize: String(start), checksum: treeHash(leaves) }),
      );
      return archiveId;
    } catch (error) {
      // Unfinished uploads cost nothing and end by themselves after a day: the first error is the one to tell.
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
      throw error;
    }
  }

  async function remove(archiveId: string): Promise<void> {
    try {
      await client.send(new DeleteArchiveCommand({ ...vault, archiveId }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }

  return {
    async store(source, { description, bytes }) {
      const body = await read(source);
      const partBytes = bytes <= singleBytesMax ? singleBytesMax + 1 : partBytesFor(bytes);
      const parts = blocks(body, partBytes);
      let archiveId: string | undefined;
      if (bytes <= singleBytesMax) {
        const whole: Buffer[] = [];
        for await (const part of parts) whole.push(part);
        archiveId = await storeWhole(Buffer.concat(whole), description);
      } else {
        archiveId = await storeInParts(parts, partBytes, description);
      }
      if (archiveId === undefined) throw new Error(`vault ${vaultName} answered without an archive id`);
      return { archiveId };
    },

    delete: remove,

    async deleteAll({ archiveId }) {
      if (archiveId !== undefined) await remove(archiveId);
    },
  };
}

/** Jobs of the vault that bring an archive where it can be read. */
function retrieving({ client, vault: vaultName }: Vault): Pick<ArchiveStore, "requestRestore" | "status" | "open"> {
  const vault = idsOf({ vault: vaultName });
  return {
    async requestRestore(archiveId, tier, description) {
      try {
        const { jobId } = await client.send(
          new InitiateJobCommand({
            ...vault,
            jobParameters: { Type: "archive-retrieval", ArchiveId: archiveId, Tier: tier, Description: description },
          }),
        );
        if (jobId === undefined) throw new Error(`vault ${vaultName} answered without a retrieval job id`);
        return { requestId: jobId, expectedSeconds: tierSeconds[tier] };
      } catch (error) {
        if (error instanceof InsufficientCapacityException || error instanceof PolicyEnforcedException) {
          throw new TierUnavailableError(`vault ${vaultName} does not offer ${tier} now`, { cause: error });
        }
        if (!(error instanceof ResourceNotFoundException)) throw error;
        throw new ArchiveNotFoundError(`vault ${vaultName} has no archive ${archiveId}`, { cause: error });
      }
    },

    async status({ requestId }) {
      try {
        const { StatusCode } = await client.send(new DescribeJobCommand({ ...vault, jobId: requestId }));
        if (StatusCode === "Succeeded") return "ready";
        return StatusCode === "Failed" ? "failed" : "in-progress";
      } catch (error) {
        // A retrieval job is forgotten about a day after its end; whether the archive still exists, a new one will tell.
        if (error instanceof ResourceNotFoundException) return "not-requested";
        throw error;
      }
    },

    async open({ archiveId, requestId }) {
      try {
        const { body } = await client.send(new GetJobOutputCommand({ ...vault, jobId: requestId }));
        return body as Readable;
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        throw new ArchiveNotFoundError(`retrieval ${requestId} of archive ${archiveId} is not readable`, {
          cause: error,
        });
      }
    },
  };
}

/** Asks for the vault's list of archives, and reads it once the vault has made it, hours later. */
function createInventory({ client, vault: vaultName }: Vault): ArchiveStore["inventory"] {
  const vault = idsOf({ vault: vaultName });
  /** Inventory jobs whose output this process has read. */
  const readInventories = new Set<string>();

  async function inventoryJobs() {
    const found: { id: string; ready: boolean }[] = [];
    let marker: string | undefined;
    do {
      const page = await client.send(new ListJobsCommand({ ...vault, ...(marker === undefined ? {} : { marker }) }));
      for (const { Action, JobId, StatusCode } of page.JobList ?? []) {
        if (Action !== "InventoryRetrieval" || JobId === undefined || StatusCode === "Failed") continue;
        if (!readInventories.has(JobId)) found.push({ id: JobId, ready: StatusCode === "Succeeded" });
      }
      marker = page.Marker ?? undefined;
    } while (marker !== undefined);
    return found;
  }

  async function* inventoried(jobId: string): AsyncGenerator<StoredArchive> {
    const { body } = await client.send(new GetJobOutputCommand({ ...vault, jobId }));
    const { ArchiveList } = inventorySchema.parse(await json(body as Readable));
    for (const { ArchiveId: archiveId, ArchiveDescription: description } of ArchiveList) {
      yield { archiveId, ...(z.uuid().safeParse(description).success ? { jobId: description } : {}) };
    }
    readInventories.add(jobId);
  }

  return async () => {
    const found = await inventoryJobs();
    const ready = found.find((job) => job.ready);
    if (ready !== undefined) return inventoried(ready.id);
    if (found.length === 0) {
      const jobParameters = {
        Type: "inventory-retrieval",
        Format: "JSON",
        Description: "archives that no item names",
      };
      await client.send(new InitiateJobCommand({ ...vault, jobParameters }));
    }
    return undefined;
  };
}
