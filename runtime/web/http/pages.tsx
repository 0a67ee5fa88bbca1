/** Turns views into responses: markup, policy, caching; and refusals into pages or problem documents (RFC 9457). */
import type { ErrorRequestHandler, Request, Response } from "express";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { UnavailableError } from "../../jobs/errors.ts";
import type { Assets } from "../assets.ts";
import type { WebConfig } from "../config.ts";
import { IdentityUnavailableError } from "../identity/port.ts";
import { PaymentsMisconfiguredError, PaymentsUnavailableError, UnknownSetupError } from "../payments/port.ts";
import { ErrorPage } from "../views/error.tsx";
import { Layout, type PageView } from "../views/layout.tsx";
import { requestId, requestLog, userIfAny } from "./context.ts";
import { asHttpError, errorTitles, HttpError } from "./errors.ts";
import { contentSecurityPolicy, freshNonce, type PageNeeds } from "./security.ts";

export interface Pages {
  send(response: Response, page: PageView, options?: { status?: number; needs?: PageNeeds }): void;
  /** A part of a page, which its script puts in place of the old one. */
  sendFragment(response: Response, content: VNode): void;
  /** Markup and policy of a page without scripts that is the same for everybody. */
  renderPublic(page: PageView): { body: string; policy: string };
}

const doctype = "<!doctype html>";

export function createPages(config: WebConfig, assets: Assets): Pages {
  return {
    send(response, page, { status = 200, needs = {} } = {}) {
      const nonce = page.scripts === undefined && page.foreignScripts === undefined ? undefined : freshNonce();
      response
        .status(status)
        .type("html")
        .set({ "content-security-policy": contentSecurityPolicy(config, nonce, needs), "cache-control": "no-store" })
        .send(
          doctype + renderToString(<Layout page={page} user={userIfAny(response)} assets={assets} nonce={nonce} />),
        );
    },
    sendFragment(response, content) {
      response.type("html").set("cache-control", "no-store").send(renderToString(content));
    },
    renderPublic: (page) => ({
      body: doctype + renderToString(<Layout page={page} user={undefined} assets={assets} nonce={undefined} />),
      policy: contentSecurityPolicy(config, undefined),
    }),
  };
}

/** Programs and our own scripts want a document, people want a page. */
export const wantsProblem = (request: Request): boolean =>
  request.path.startsWith("/api/") ||
  request.baseUrl.startsWith("/api/") ||
  request.accepts(["html", "json"]) === "json";

/** Problem document of a refusal. `redirect` tells our own scripts where to send the user. */
function problemOf(error: HttpError, id: string): object {
  return {
    type: `urn:annofarm:problem:${error.code}`,
    title: errorTitles[error.status],
    status: error.status,
    detail: error.message,
    instance: `urn:uuid:${id}`,
    ...(error.action === undefined ? {} : { redirect: error.action.href }),
  };
}

/** Somebody else's outage is told as such. */
function refusalOf(error: unknown): HttpError {
  const retry = { headers: { "retry-after": "30" } };
  if (error instanceof IdentityUnavailableError) {
    return new HttpError(503, "sign-in-unavailable", "The sign-in service does not answer. Try again in a minute.", {
      ...retry,
      action: { href: "/login", label: "Try again" },
      cause: error,
    });
  }
  if (error instanceof PaymentsUnavailableError) {
    return new HttpError(
      503,
      "payments-unavailable",
      "The payment service does not answer. Nothing has been charged twice; try again in a minute.",
      { ...retry, action: { href: "/subscribe", label: "Try again" }, cause: error },
    );
  }
  if (error instanceof UnavailableError) {
    return new HttpError(503, "storage-unavailable", "The service's storage does not answer. Try again in a minute.", {
      ...retry,
      cause: error,
    });
  }
  if (error instanceof PaymentsMisconfiguredError) {
    return new HttpError(
      500,
      "payments-misconfigured",
      "Payments are not set up correctly on our side, so trying again does not help. You have not been charged, and your plan " +
        "stays as it is. The operator has been told; write to them with the request number below if it lasts.",
      { action: { href: "/profile#plan", label: "Go to your plan" }, cause: error },
    );
  }
  if (error instanceof UnknownSetupError) {
    return new HttpError(400, "unknown-setup", "This card setup does not exist. Enter your card again.", {
      action: { href: "/subscribe", label: "Enter the card again" },
      cause: error,
    });
  }
  return asHttpError(error);
}

export function errorHandler(pages: Pages): ErrorRequestHandler {
  return (thrown, request, response, _next) => {
    const error = refusalOf(thrown);
    if (error.status >= 500) requestLog(response).error({ err: thrown }, "request failed");
    if (response.headersSent) {
      // Too late for a page: break off, so that half a file is not taken for a whole one.
      response.destroy();
      return;
    }
    response.set(error.headers);
    // What is left of a refused upload is not read.
    if (!request.complete) response.set("connection", "close");
    if (wantsProblem(request)) {
      response
        .status(error.status)
        .set("cache-control", "no-store")
        .type("application/problem+json")
        .send(JSON.stringify(problemOf(error, requestId(response))));
      return;
    }
    const content = <ErrorPage error={error} requestId={requestId(response)} />;
    pages.send(response, { title: errorTitles[error.status], content }, { status: error.status });
  };
}
