/** Uploads in parts, for programs and for the upload page alike. */
import { json, type RequestHandler, Router } from "express";
import { uploadPartBytes, uploadParts } from "../../contract/limits.ts";
import { currentUser } from "../http/context.ts";
import { jobIdOf, notAllowed } from "../http/gates.ts";
import type { PartUploads } from "../part-uploads.ts";
import type { WebPorts } from "../ports.ts";
import { checkedName } from "../upload-checks.ts";
import { sendCreated } from "./created-job.ts";
import { parsed } from "./parsed.ts";
import {
  completeUploadSchema,
  type PartsArrived,
  type PartUploadBegun,
  type PartUrls,
  partsWantedSchema,
  submitSchema,
  unfinishedUploadSchema,
} from "./schemas.ts";

const expected = (what: "body" | "query") => `The ${what} is not what this address takes`;

function uploadHandlers({ config }: Pick<WebPorts, "config">, uploads: PartUploads) {
  const begin: RequestHandler = async (request, response) => {
    const { file_name, size } = parsed(submitSchema, request.body, expected("body"));
    const { jobId, uploadId } = await uploads.begin(currentUser(response), { name: file_name, bytes: size });
    const begun: PartUploadBegun = {
      job_id: jobId,
      upload_id: uploadId,
      part_bytes: uploadPartBytes,
      parts: uploadParts(size),
    };
    response.status(201).json(begun);
  };

  const urls: RequestHandler = async (request, response) => {
    const { upload_id, file_name, size, parts } = parsed(partsWantedSchema, request.body, expected("body"));
    const upload = { jobId: jobIdOf(request), uploadId: upload_id, name: file_name, bytes: size };
    const made = await uploads.urls(currentUser(response), upload, parts);
    const answer: PartUrls = { urls: made.map(({ number, bytes, url }) => ({ part: number, bytes, url })) };
    response.json(answer);
  };

  const arrived: RequestHandler = async (request, response) => {
    const { upload_id, file_name } = parsed(unfinishedUploadSchema, request.query, expected("query"));
    const upload = { jobId: jobIdOf(request), uploadId: upload_id, name: checkedName(file_name) };
    const parts = await uploads.arrived(currentUser(response), upload);
    const answer: PartsArrived = { parts: parts.map(({ number, bytes }) => ({ part: number, bytes })) };
    response.json(answer);
  };

  const complete: RequestHandler = async (request, response) => {
    const { upload_id, file_name, size } = parsed(completeUploadSchema, request.body, expected("body"));
    const upload = { jobId: jobIdOf(request), uploadId: upload_id, name: file_name, bytes: size };
    sendCreated(config, await uploads.complete(currentUser(response), upload), response);
  };

  const abort: RequestHandler = async (request, response) => {
    const { upload_id, file_name } = parsed(unfinishedUploadSchema, request.query, expected("query"));
    const upload = { jobId: jobIdOf(request), uploadId: upload_id, name: checkedName(file_name) };
    await uploads.abort(currentUser(response), upload);
    response.status(204).end();
  };

  return { begin, urls, arrived, complete, abort };
}

/** @param before what each operation's request passes first, by the operation's id; omitted: nothing. */
export function uploadRoutes(
  ports: Pick<WebPorts, "config">,
  uploads: PartUploads,
  before: (id: string) => RequestHandler = () => (_request, _response, next) => next(),
): Router {
  const { begin, urls, arrived, complete, abort } = uploadHandlers(ports, uploads);
  const body = json({ limit: "32kb" });
  const router = Router();
  router.use((_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });
  router.route("/").post(before("beginUpload"), body, begin).all(notAllowed("POST"));
  router.route("/:id").delete(before("abortUpload"), abort).all(notAllowed("DELETE"));
  router.route("/:id/urls").post(before("presignParts"), body, urls).all(notAllowed("POST"));
  router.route("/:id/parts").get(before("listParts"), arrived).all(notAllowed("GET"));
  router.route("/:id/complete").post(before("completeUpload"), body, complete).all(notAllowed("POST"));
  return router;
}
