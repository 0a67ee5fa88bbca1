/** Response headers and the cross-site check: what a hostile page or a hostile file name cannot do. */
import { randomBytes } from "node:crypto";
import type { RequestHandler } from "express";
import helmet from "helmet";
import type { WebConfig } from "../config.ts";
import { HttpError } from "./errors.ts";

/** What one page needs beyond its own origin. */
export interface PageNeeds {
  readonly connect?: readonly string[];
  readonly script?: readonly string[];
  readonly frame?: readonly string[];
  /** Where its forms are sent. */
  readonly form?: readonly string[];
}

/** A fresh nonce: scripts run only when their tag carries it. */
export const freshNonce = (): string => randomBytes(16).toString("base64");

/** Content-Security-Policy of a page. Without a nonce no script runs at all. */
export function contentSecurityPolicy(config: WebConfig, nonce: string | undefined, needs: PageNeeds = {}): string {
  const script = [...(nonce === undefined ? [] : [`'nonce-${nonce}'`]), ...(needs.script ?? [])];
  const directives = {
    "default-src": ["'none'"],
    "script-src": script.length === 0 ? ["'none'"] : script,
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'", ...(needs.connect ?? [])],
    "frame-src": needs.frame ?? ["'none'"],
    // Chrome follows this through redirects: signing out may lead to the identity provider.
    "form-action": ["'self'", config.issuerOrigin, ...(needs.form ?? [])],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, values]) => `${name} ${[...new Set(values)].join(" ")}`)
    .join("; ");
}

/** Headers of every response; pages replace the policy by their own. */
export function securityHeaders(config: WebConfig): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { "default-src": ["'none'"], "frame-ancestors": ["'none'"] },
    },
    strictTransportSecurity: config.publicUrl.startsWith("https:") ? { maxAge: 31_536_000 } : false,
    // `no-referrer` would make browsers send `Origin: null` with our own forms, which the check below must refuse.
    referrerPolicy: { policy: "same-origin" },
  });
}

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses state changes that another site's page makes in a user's browser.
 *
 * Judged by what the browser itself states (`Sec-Fetch-Site`, else `Origin`) rather than by a token in each form: there is
 * nothing to thread through forms and scripts, nothing to leak, and nothing that expires in a tab left open over lunch.
 * Every browser in use sends one of the two with a POST; a request with neither is not a browser's and is refused, since
 * programs use the API, whose bearer tokens no browser adds by itself. Cookies are SameSite=Lax besides.
 */
export function refuseCrossSite(config: WebConfig): RequestHandler {
  const own = new URL(config.publicUrl).origin;
  return (request, _response, next) => {
    if (safeMethods.has(request.method)) return next();
    const site = request.get("sec-fetch-site");
    const origin = request.get("origin");
    const ours =
      site === undefined ? origin === own : site === "same-origin" && (origin === undefined || origin === own);
    if (ours) return next();
    next(
      new HttpError(
        403,
        "cross-site",
        "This form was sent from another site, so it was not acted on. Open the page here and try again.",
        {
          action: { href: "/", label: "Go to the start page" },
        },
      ),
    );
  };
}
