/**
 * Health of a web instance. Out of service is only what another instance would do better: one that is draining, or one that
 * has never reached its tables (wrong role, wrong names). An outage of a dependency later on is reported and logged, but
 * answered 200: replacing every instance, again and again, would cure nothing.
 */
import { examine } from "../jobs/health.ts";
import type { Clock, JobStore, UserStore } from "../jobs/ports.ts";
import type { HealthReport } from "./ports.ts";

const keepMilliseconds = 5_000;
const timeoutSeconds = 2;
/** An id that no job and no user has. */
const nobody = "00000000-0000-0000-0000-000000000000";

export function createHealth(options: {
  jobs: Pick<JobStore, "get">;
  users: Pick<UserStore, "get">;
  clock: Clock;
  /** Aborted when the instance is to leave. */
  draining: AbortSignal;
}): () => Promise<HealthReport> {
  const { jobs, users, clock, draining } = options;
  let reached = false;
  let kept: { at: number; report: Promise<Awaited<ReturnType<typeof examine>>> } | undefined;

  async function look() {
    const report = await examine(
      {
        annotations_table: () => jobs.get(nobody).then(() => undefined),
        users_table: () => users.get(nobody).then(() => undefined),
      },
      clock,
      timeoutSeconds,
    );
    reached ||= report.status === "ok";
    return report;
  }

  return async () => {
    if (draining.aborted) return { healthy: false, report: { status: "draining", checks: {} } };
    // Balancers ask every few seconds from every zone: one look serves them all.
    if (kept === undefined || clock.now() - kept.at >= keepMilliseconds) kept = { at: clock.now(), report: look() };
    const { status, checks } = await kept.report;
    const healthy = status === "ok" || reached;
    return { healthy, report: { status: status === "failing" && healthy ? "degraded" : status, checks } };
  };
}
