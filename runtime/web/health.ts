/**
 * Health of a web instance. Out of service is only what another instance would do better: one that is draining, or one that
 * has never reached its tables (wrong role, wrong names). An outage of a dependency later on is reported and logged, but
 * answered 200: replacing every instance, again and again, would cure nothing.
 *
 * Error texts of AWS name accounts, roles and tables, so the public hears one word. What is wrong is logged whenever it changes,
 * and answered to who asks on the instance itself.
 */
import type { Request } from "express";
import { examine } from "../jobs/health.ts";
import type { Clock, JobStore, Log, UserStore } from "../jobs/ports.ts";
import type { Payments } from "./payments/port.ts";
import type { HealthReport } from "./ports.ts";

const keepMilliseconds = 5_000;
const timeoutSeconds = 2;
/** An id that no job and no user has. */
const nobody = "00000000-0000-0000-0000-000000000000";

export function createHealth(options: {
  jobs: Pick<JobStore, "get">;
  users: Pick<UserStore, "get">;
  payments: Pick<Payments, "trouble">;
  clock: Clock;
  log: Log;
  /** Aborted when the instance is to leave. */
  draining: AbortSignal;
}): () => Promise<HealthReport> {
  const { jobs, users, payments, clock, log, draining } = options;
  let reached = false;
  let told = "";
  let kept: { at: number; report: Promise<Awaited<ReturnType<typeof examine>>> } | undefined;

  async function look() {
    const report = await examine(
      {
        annotations_table: () => jobs.get(nobody).then(() => undefined),
        users_table: () => users.get(nobody).then(() => undefined),
        payments() {
          const degraded = payments.trouble();
          return degraded === undefined ? undefined : { degraded };
        },
      },
      clock,
      timeoutSeconds,
    );
    reached ||= report.status !== "failing";
    tell(report);
    return report;
  }

  function tell(report: Awaited<ReturnType<typeof examine>>): void {
    const now = JSON.stringify(report);
    if (now === told) return;
    if (report.status !== "ok") log.error(report, "health: not well");
    else if (told !== "") log.info(report, "health: well again");
    told = now;
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

const loopback = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/**
 * Whether the request comes from the instance itself: nothing else can have a loopback address, and whatever stands in front
 * and forwards from there (a proxy on the same machine) says for whom.
 */
export const isFromInstance = (request: Request): boolean =>
  loopback.has(request.socket.remoteAddress ?? "") &&
  request.get("x-forwarded-for") === undefined &&
  request.get("forwarded") === undefined;
