/** What vaults do and the emulator's do not: retrievals take their tier's time and are announced when they end. */
import type { SSMClient } from "@aws-sdk/client-ssm";
import { type Call, emptyAnswer, type Interceptor, jsonAnswer, textOf } from "../../gateway/call.ts";
import type { Calls } from "../../gateway/service.ts";
import type { AccountPlace } from "../iam/permissions.ts";
import { createArchives } from "./archives.ts";
import { describeJob, type RetrievalJob } from "./job.ts";
import {
  deleteVaultNotifications,
  getVaultNotifications,
  setVaultNotifications,
  type VaultNotifications,
} from "./notifications.ts";
import { invalid, lastOf, notFound } from "./refusals.ts";
import { isTier } from "./retrieval-time.ts";
import { type RetrievalOptions, Retrievals } from "./retrievals.ts";

export interface VaultOptions extends RetrievalOptions {
  readonly place: AccountPlace;
}

/** What InitiateJob asks for. @throws {Refusal} */
function retrievalAsked({ input }: Call) {
  const { Type, ArchiveId, Tier = "Standard", RetrievalByteRange } = input;
  const tier = textOf(Tier);
  if (!isTier(tier)) throw invalid(`Invalid tier: ${tier}`);
  if (Type !== "archive-retrieval" && Type !== "inventory-retrieval") {
    throw invalid(`Invalid job type: ${textOf(Type)}`);
  }
  if (RetrievalByteRange !== undefined) throw invalid("RetrievalByteRange is not offered by the local vault");
  const archiveId = Type === "archive-retrieval" ? textOf(ArchiveId) : null;
  if (archiveId === "") throw invalid("ArchiveId must not be null");
  return { tier, archiveId };
}

function initiateJob(
  retrievals: Retrievals,
  { region, accountId }: AccountPlace,
  isDeleted: (vault: string, archiveId: string) => boolean,
): Interceptor {
  return async (call, next) => {
    const { vault = "", input } = call;
    const { tier, archiveId } = retrievalAsked(call);
    if (archiveId !== null && isDeleted(vault, archiveId)) throw notFound("archive ID", archiveId);
    // Held back here, so the emulator may be as quick as it can.
    const body = Buffer.from(JSON.stringify({ ...input, Tier: "Expedited" }));
    const answer = await next({ ...call, body });
    const id = answer.headers["x-amz-job-id"];
    if (answer.status !== 202 || id === undefined) return answer;
    retrievals.begin({
      id,
      vault,
      vaultArn: `arn:aws:glacier:${region}:${accountId}:vaults/${vault}`,
      action: archiveId === null ? "InventoryRetrieval" : "ArchiveRetrieval",
      archiveId,
      description: textOf(input.Description) || null,
      snsTopic: textOf(input.SNSTopic) || null,
      tier,
      creationDate: new Date().toISOString(),
    });
    return { ...answer, headers: { ...answer.headers, location: `/${accountId}/vaults/${vault}/jobs/${id}` } };
  };
}

function jobCalls(retrievals: Retrievals): Calls {
  function jobOf({ vault }: Call, id: string): RetrievalJob {
    const job = retrievals.of(vault, id);
    if (job === undefined) throw notFound("job ID", id);
    return job;
  }
  return {
    DescribeJob: async (call) => jsonAnswer(describeJob(jobOf(call, lastOf(call.path)))),
    async ListJobs({ vault, query }) {
      const listed = retrievals
        .list(vault)
        .map(describeJob)
        .filter(({ Completed }) => !query.has("completed") || String(Completed) === query.get("completed"))
        .filter(({ StatusCode }) => !query.has("statuscode") || StatusCode === query.get("statuscode"));
      return jsonAnswer({ JobList: listed, Marker: null });
    },
    async GetJobOutput(call, next) {
      const job = jobOf(call, lastOf(call.path.replace(/\/output$/, "")));
      if (job.completion?.status !== "Succeeded") {
        throw invalid(`The job is not currently available for download: ${job.id}`);
      }
      if (call.headers.range !== undefined) {
        throw invalid("Range is not offered by the local vault; read the whole output");
      }
      const answer = await next(call);
      if (job.action === "InventoryRetrieval" || answer.status !== 200) return answer;
      const treeHash = job.completion.treeHash ?? "";
      const headers = { ...answer.headers, "x-amz-sha256-tree-hash": treeHash, "accept-ranges": "bytes" };
      return { ...answer, headers };
    },
  };
}

/** The emulator has no notification configurations. */
function notificationCalls(ssm: SSMClient): Calls {
  return {
    async SetVaultNotifications({ vault = "", input }) {
      await setVaultNotifications(ssm, vault, input as unknown as VaultNotifications);
      return emptyAnswer(204);
    },
    async GetVaultNotifications({ vault = "" }) {
      const found = await getVaultNotifications(ssm, vault);
      if (found === undefined) throw notFound("notification configuration of vault", vault);
      return jsonAnswer(found);
    },
    async DeleteVaultNotifications({ vault = "" }) {
      await deleteVaultNotifications(ssm, vault);
      return emptyAnswer(204);
    },
  };
}

export function createVaults(options: VaultOptions) {
  const retrievals = new Retrievals(options);
  const archives = createArchives(options.place, options.authorization);
  return {
    interceptors: {
      UploadArchive: archives.upload,
      DeleteArchive: archives.remove,
      InitiateJob: initiateJob(retrievals, options.place, archives.isDeleted),
      ...jobCalls(retrievals),
      ...notificationCalls(options.ssm),
    } satisfies Calls,
    /** The emulator has lost all archives and retrievals. */
    forget() {
      retrievals.forget();
      archives.forget();
    },
    stop: () => retrievals.stop(),
  };
}
