/** What one check found out, and what to do about it. */
export interface CheckResult {
  /** What was looked at: `quota: vCPUs on demand`. */
  readonly check: string;
  /**
   * `ok`: as it must be. `note`: works, but worth knowing. `wrong`: `pulumi up` or the service would fail.
   * `unknown`: could not be looked at.
   */
  readonly verdict: "ok" | "note" | "wrong" | "unknown";
  readonly found: string;
  /** What mends it: one sentence or one command. Absent where nothing is to be done. */
  readonly fix?: string;
}

export const ok = (check: string, found: string): CheckResult => ({ check, verdict: "ok", found });
export const note = (check: string, found: string, fix: string): CheckResult => ({
  check,
  verdict: "note",
  found,
  fix,
});
export const wrong = (check: string, found: string, fix: string): CheckResult => ({
  check,
  verdict: "wrong",
  found,
  fix,
});
export const unknown = (check: string, found: string, fix: string): CheckResult => ({
  check,
  verdict: "unknown",
  found,
  fix,
});

/** Refusals of IAM, by the many names that services give them. */
const refusal = /AccessDenied|UnauthorizedOperation|NotAuthorized/;

/** A check that could not be made, from the error that kept it. `permission` is what the caller would need. */
export function unlooked(check: string, error: unknown, permission: string): CheckResult {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (refusal.test(name)) {
    return unknown(
      check,
      "these credentials have no permission to check",
      `allow ${permission}, or ask the account's administrator`,
    );
  }
  return unknown(check, `could not be read: ${message || name}`, `try again; the check needs ${permission}`);
}
