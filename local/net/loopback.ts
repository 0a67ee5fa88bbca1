/**
 * True when a request's `Host` header names this machine. Pages that act on behalf of whoever is at the keyboard refuse all
 * other names: a page elsewhere could point its own name at 127.0.0.1 (DNS rebinding) and read ours.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.replace(/:\d{1,5}$/, "").toLowerCase();
  return name === "localhost" || name === "127.0.0.1" || name === "[::1]";
}
