/** `/api/v1`: the pages' capabilities for programs. Bearer tokens only: cookies are never looked at here. */
import { json, type Request, type RequestHandler, Router } from "express";
import type { ResultReader } from "../../results/result-reader.ts";
import { setUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { notAllowed } from "../http/gates.ts";
import { limitPerMinute } from "../http/limits.ts";
import type { PartUploads } from "../part-uploads.ts";
import type { WebPorts } from "../ports.ts";
import type { PlaceInQueue } from "../queue-place.ts";
import type { Submissions } from "../submissions.ts";
import { jobHandlers } from "./jobs.ts";
import { openApiDocument } from "./openapi.ts";
import { type Operation, operations, scopeOf } from "./operations.ts";
import { shareHandlers } from "./sharing.ts";
import { submitHandlers } from "./submit.ts";
import { noteUse, ownerOfToken, scopesOf } from "./tokens.ts";
import { uploadRoutes } from "./uploads.ts";
import { variantHandlers } from "./variants.ts";

type Ports = Pick<
  WebPorts,
  "jobs" | "users" | "objects" | "submissionKeys" | "archiveQueue" | "config" | "clock" | "log"
>;

export function apiRoutes(
  ports: Ports,
  { submissions, uploads }: { readonly submissions: Submissions; readonly uploads: PartUploads },
  { reader, placeInQueue }: { readonly reader: ResultReader; readonly placeInQueue: PlaceInQueue },
): Router {
  const { config } = ports;
  const document = openApiDocument(config.publicUrl);
  const { list, show, label, cancel, remove, log, result } = jobHandlers(ports, placeInQueue);
  const { variants, summary, exported } = variantHandlers(ports, reader);
  const { share, withdraw } = shareHandlers(ports);
  const { submit, start, rerun } = submitHandlers(ports, submissions);

  const router = Router();
  router.use((_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });
  router.get("/openapi.json", (_request, response) => void response.json(document));
  // Counted by token where one is sent, before it is looked up: guessing tokens is limited as well (by address, too).
  const perAddress = limitPerMinute(config.apiRequestsPerMinute * 20);
  const perToken = limitPerMinute(config.apiRequestsPerMinute, bearerOf);
  router.use(perAddress, perToken, authenticate(ports));
  router
    .route("/jobs")
    .get(onlyKnown("listJobs"), list)
    .post(onlyKnown("submitJob"), json({ limit: "8kb" }), submit)
    .all(notAllowed("GET", "POST"));
  router
    .route("/jobs/:id")
    .get(onlyKnown("showJob"), show)
    .patch(onlyKnown("labelJob"), json({ limit: "32kb" }), label)
    .delete(onlyKnown("deleteJob"), remove)
    .all(notAllowed("GET", "PATCH", "DELETE"));
  router.route("/jobs/:id/cancel").post(onlyKnown("cancelJob"), cancel).all(notAllowed("POST"));
  router.route("/jobs/:id/resubmit").post(onlyKnown("resubmitJob"), rerun).all(notAllowed("POST"));
  router
    .route("/jobs/:id/share")
    .post(onlyKnown("shareResult"), json({ limit: "8kb" }), share)
    .delete(onlyKnown("withdrawLink"), withdraw)
    .all(notAllowed("POST", "DELETE"));
  router.route("/jobs/:id/start").post(onlyKnown("startJob"), start).all(notAllowed("POST"));
  router.route("/jobs/:id/log").get(onlyKnown("readLog"), log).all(notAllowed("GET"));
  router.route("/jobs/:id/result").get(onlyKnown("downloadResult"), result).all(notAllowed("GET"));
  router.route("/jobs/:id/summary").get(onlyKnown("summarizeResult"), summary).all(notAllowed("GET"));
  router.route("/jobs/:id/variants").get(onlyKnown("listVariants"), variants).all(notAllowed("GET"));
  router.route("/jobs/:id/export").get(onlyKnown("exportResult"), exported).all(notAllowed("GET"));
  router.use("/uploads", uploadRoutes(ports, uploads, onlyKnown));
  // Nothing below here goes on to the pages, which look at cookies and at where a form comes from.
  router.use((request) => {
    throw new HttpError(
      404,
      "not-found",
      `There is no ${request.baseUrl}${request.path}. The API is described at ${config.publicUrl}/api/v1/docs.`,
    );
  });
  return router;
}

/** Refuses query parameters that the operation does not have: a mistyped one would be ignored in silence. */
function onlyKnown(id: Operation["id"]): RequestHandler {
  const known = Object.keys(operations.find((operation) => operation.id === id)?.query ?? {});
  return (request, _response, next) => {
    const unknown = Object.keys(request.query).find((name) => !known.includes(name));
    if (unknown === undefined) return next();
    const takes = known.length === 0 ? "no query parameters" : `the query parameters ${known.join(", ")}`;
    throw new HttpError(
      400,
      "unknown-parameter",
      `There is no query parameter "${unknown}": this address takes ${takes}.`,
    );
  };
}

const bearerOf = (request: Request): string | undefined =>
  /^Bearer (\S+)$/i.exec(request.get("authorization") ?? "")?.[1];

function authenticate(ports: Ports): RequestHandler {
  return async (request, response, next) => {
    const token = bearerOf(request);
    const owner = token === undefined ? undefined : await ownerOfToken(ports.users, token);
    if (owner === undefined) {
      throw new HttpError(
        401,
        "bad-token",
        token === undefined
          ? "Send a token: Authorization: Bearer gas_… (make one on your profile page)."
          : "This token is not valid (any more). Make a new one on your profile page.",
        { headers: { "www-authenticate": token === undefined ? "Bearer" : 'Bearer error="invalid_token"' } },
      );
    }
    setUser(response, owner.user);
    noteUse(ports, owner.user, owner.stored);
    const scope = scopeOf(request.method);
    if (!scopesOf(owner.stored).includes(scope)) throw beyondScope(owner.stored.label, scope);
    next();
  };
}

const beyondScope = (label: string, scope: string) =>
  new HttpError(
    403,
    "insufficient-scope",
    `The token "${label}" may not ${scope}. Make one that may on your profile page.`,
    { headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${scope}"` } },
  );
