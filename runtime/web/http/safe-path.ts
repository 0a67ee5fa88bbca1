/** Where a sign-in may lead: only to a page of this service. */

/** Paths that make no sense as a destination: they would sign in again, or out. */
const never = /^\/(login|logout|authcallback|stripe|api|healthz|static)(\/|$|\?)/;

/**
 * Path and query of `next` when it names a page of `publicUrl`'s own origin, else `/annotations`.
 *
 * Resolved by the URL parser, as the browser will, and only path and query are kept: `//evil.example`, `/\evil.example`,
 * `https:evil.example` and `javascript:` never leave the site.
 */
export function safePath(next: unknown, publicUrl: string): string {
  const fallback = "/annotations";
  if (typeof next !== "string" || !next.startsWith("/") || next.length > 1_000) return fallback;
  let url: URL;
  try {
    url = new URL(next, publicUrl);
  } catch {
    return fallback;
  }
  if (url.origin !== new URL(publicUrl).origin) return fallback;
  const path = url.pathname + url.search;
  // A path that itself starts with two slashes would be read as a host when sent back in a Location header.
  return path.startsWith("//") || never.test(path) ? fallback : path;
}
