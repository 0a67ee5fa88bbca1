/**
 * The web service as a function of its ports.
 *
 *     request ─▶ span ─▶ id, log ─▶ headers ─▶ static files, /healthz, public home          (no session, no look-up)
 *                                  ─▶ /stripe/webhook                               (signature over the raw body)
 *                                  ─▶ /api/v1                                       (bearer token)
 *                                  ─▶ /shared                                       (secret in the path)
 *                                  ─▶ session ─▶ cross-site check ─▶ pages          (cookie)
 */
import express, { type Express } from "express";
import { untraced } from "../jobs/tracing.ts";
import { createResultReader } from "../results/result-reader.ts";
import { createAddresses } from "./addresses.ts";
import { operations } from "./api/operations.ts";
import { apiRoutes } from "./api/routes.ts";
import { createBillingMails } from "./billing-mails.ts";
import { isFromInstance } from "./health.ts";
import { HttpError } from "./http/errors.ts";
import { knowUser, notAllowed, openSession } from "./http/gates.ts";
import { createPages, errorHandler } from "./http/pages.tsx";
import { logRequests } from "./http/request-log.ts";
import { refuseCrossSite, securityHeaders } from "./http/security.ts";
import { createSessions } from "./http/session.ts";
import { traceRequests } from "./http/trace-requests.ts";
import { annotateRoutes } from "./pages/annotate.tsx";
import { annotationsRoutes } from "./pages/annotations.tsx";
import { publicHome } from "./pages/home.tsx";
import { plainUploadRoutes } from "./pages/plain-upload.tsx";
import { profileRoutes } from "./pages/profile.tsx";
import { sharedRoutes } from "./pages/shared.ts";
import { signInRoutes } from "./pages/sign-in.ts";
import { subscribeRoutes } from "./pages/subscribe.tsx";
import { webhook } from "./pages/webhook.ts";
import { createPartUploads } from "./part-uploads.ts";
import { createPlans } from "./plans.ts";
import type { WebPorts } from "./ports.ts";
import { createPlaceInQueue } from "./queue-place.ts";
import { createSubmissions } from "./submissions.ts";
import { ApiDocs } from "./views/api-docs.tsx";
import { Home } from "./views/home.tsx";

export function createWeb(ports: WebPorts): Express {
  const { config, users, assets, log, tracer = untraced } = ports;
  const pages = createPages(config, assets);
  const sessions = createSessions(config);
  const submissions = createSubmissions(ports);
  const uploads = createPartUploads(ports, submissions);
  const plans = createPlans(ports);
  const reader = createResultReader(ports.objects);
  const placeInQueue = createPlaceInQueue(ports);
  const addresses = createAddresses(ports);

  const app = express();
  app.disable("x-powered-by").disable("etag");
  // One balancer in front: the address it saw is the client's, anything before it the client may have made up.
  app.set("trust proxy", 1);
  app.set("query parser", "simple");

  if (tracer !== untraced) app.use(traceRequests(tracer));
  app.use(logRequests(log, tracer), securityHeaders(config), assets.serve);
  app
    .route("/healthz")
    .get(async (request, response) => {
      const { healthy, report } = await ports.health();
      response
        .status(healthy ? 200 : 503)
        .set("cache-control", "no-store")
        .json(isFromInstance(request) ? report : { status: healthy ? "ok" : "failing" });
    })
    .all(notAllowed("GET"));
  app.use(publicHome(ports, pages, sessions));
  app
    .route("/stripe/webhook")
    .post(webhook(ports, plans, createBillingMails(ports)))
    .all(notAllowed("POST"));

  app.get("/api/v1/docs", openSession(sessions), knowUser(users), (_request, response) => {
    const content = (
      <ApiDocs operations={operations} publicUrl={config.publicUrl} perMinute={config.apiRequestsPerMinute} />
    );
    pages.send(response, { title: "Programming interface", section: "/api/v1/docs", content });
  });
  app.use("/api/v1", apiRoutes(ports, { submissions, uploads }, { reader, placeInQueue }));

  app.use(sharedRoutes(ports, pages, reader));

  app.use(openSession(sessions), refuseCrossSite(config));
  app
    .route("/")
    .get(knowUser(users), (_request, response) => {
      pages.send(response, {
        title: "Annotate your variants",
        content: <Home user={response.locals.user} config={config} />,
      });
    })
    .all(notAllowed("GET"));
  app.use(signInRoutes(ports, sessions, addresses));
  app.use(annotateRoutes(ports, pages, { submissions, uploads }), plainUploadRoutes(ports, pages, submissions));
  app.use(annotationsRoutes(ports, pages, { plans, submissions }, { reader, placeInQueue }));
  app.use(profileRoutes(ports, pages, addresses));
  app.use(subscribeRoutes(ports, pages, plans));

  // The frame of a page that does not exist still shows who is signed in.
  app.use(knowUser(users), (request) => {
    throw new HttpError(
      404,
      "not-found",
      `There is no page ${request.path}. It may have been moved, or the address mistyped.`,
      {
        action: { href: "/", label: "Go to the start page" },
      },
    );
  });
  app.use(errorHandler(pages));
  return app;
}
