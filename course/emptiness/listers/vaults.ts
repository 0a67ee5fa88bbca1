/** Glacier vaults. One that has archives takes a day or two to get rid of: AWS lists them within hours, and counts them once a day. */
import {
  DeleteArchiveCommand,
  DeleteVaultCommand,
  DescribeVaultCommand,
  GetJobOutputCommand,
  GlacierClient,
  InitiateJobCommand,
  paginateListJobs,
  paginateListVaults,
} from "@aws-sdk/client-glacier";
import * as z from "zod";
import { CannotRemove, cli, type Lister, onPages, unlessGone } from "../lister.ts";

const inventory = z.object({ ArchiveList: z.array(z.object({ ArchiveId: z.string() })) });

/** Glacier's own account: that of the caller. */
const own = "-";

interface InventoryJob {
  readonly id: string;
  readonly isDone: boolean;
}

/** The newest list of archives that was asked for and did not fail. */
async function inventoryJob(glacier: GlacierClient, vaultName: string): Promise<InventoryJob | undefined> {
  const all = onPages(paginateListJobs({ client: glacier }, { accountId: own, vaultName }), ({ JobList }) => JobList);
  const jobs: { id: string; isDone: boolean; at: string }[] = [];
  for await (const { Action, JobId: id = "", Completed: isDone = false, StatusCode, CreationDate: at = "" } of all) {
    if (Action === "InventoryRetrieval" && StatusCode !== "Failed") jobs.push({ id, isDone, at });
  }
  return jobs.sort((a, b) => b.at.localeCompare(a.at))[0];
}

/** @returns how many archives were deleted. */
async function removeArchives(
  glacier: GlacierClient,
  vaultName: string,
  jobId: string,
  onProgress: (text: string) => void,
): Promise<number> {
  const { body } = await glacier.send(new GetJobOutputCommand({ accountId: own, vaultName, jobId }));
  const { ArchiveList } = inventory.parse(JSON.parse((await body?.transformToString()) ?? "{}"));
  let removed = 0;
  for (const { ArchiveId: archiveId } of ArchiveList) {
    await unlessGone(glacier.send(new DeleteArchiveCommand({ accountId: own, vaultName, archiveId })));
    removed += 1;
    onProgress(`${removed} of ${ArchiveList.length} archives removed`);
  }
  return removed;
}

const again = "sweep again";

async function removeVault(
  glacier: GlacierClient,
  vaultName: string,
  onProgress: (text: string) => void,
): Promise<void> {
  const vault = { accountId: own, vaultName };
  const { NumberOfArchives = 0 } = await glacier.send(new DescribeVaultCommand(vault));
  if (NumberOfArchives === 0) {
    await removeEmpty(glacier, vaultName);
    return;
  }
  const job = await inventoryJob(glacier, vaultName);
  if (job === undefined) {
    await glacier.send(
      new InitiateJobCommand({ ...vault, jobParameters: { Type: "inventory-retrieval", Format: "JSON" } }),
    );
    throw new CannotRemove(
      `it has ${NumberOfArchives} archives, and Glacier takes 3 to 5 hours to list them; that is asked for now: ${again} then`,
    );
  }
  if (!job.isDone) {
    throw new CannotRemove(
      `it has ${NumberOfArchives} archives, and Glacier is still listing them (3 to 5 hours in all): ${again} then`,
    );
  }
  const removed = await removeArchives(glacier, vaultName, job.id, onProgress);
  onProgress(`${removed} archives removed`);
  await removeEmpty(glacier, vaultName);
}

async function removeEmpty(glacier: GlacierClient, vaultName: string): Promise<void> {
  try {
    await glacier.send(new DeleteVaultCommand({ accountId: own, vaultName }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "InvalidParameterValueException") throw error;
    throw new CannotRemove(
      `Glacier counts a vault's archives about once a day, and this one has changed since: ${again} tomorrow`,
      { cause: error },
    );
  }
}

export const vaults: Lister = {
  kind: "Glacier vault",
  service: "glacier",
  scope: "region",
  arns: ["glacier:vaults/"],
  async *list({ client, region }) {
    const glacier = client(GlacierClient);
    const all = onPages(paginateListVaults({ client: glacier }, { accountId: own }), ({ VaultList }) => VaultList);
    for await (const { VaultName = "", VaultARN = "", NumberOfArchives = 0 } of all) {
      yield {
        id: VaultName,
        names: [VaultName],
        arn: VaultARN,
        ...(NumberOfArchives > 0
          ? {}
          : { command: cli("glacier delete-vault", { "account-id": own, "vault-name": VaultName }, region) }),
        remove: (onProgress) => removeVault(glacier, VaultName, onProgress),
      };
    }
  },
};
