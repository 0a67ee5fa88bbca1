import { createDynamoClient, createSesClient, createSnsClient, createSqsClient } from "../aws/clients.ts";
import { identifyInstance } from "../aws/instance.ts";
import { createJobStore } from "../aws/job-store.ts";
import { createMailer } from "../aws/mailer.ts";
import { createQueue } from "../aws/queue.ts";
import { createTopic } from "../aws/topic.ts";
import { createUserStore } from "../aws/user-store.ts";
import type { Environment } from "../contract/environment.ts";
import { jobResultSchema } from "../contract/messages.ts";
import { createBreaker } from "../jobs/breaker.ts";
import { consume, messageOf } from "../jobs/consumer.ts";
import { createLoopHealth, createSweepHealth, startHealthServer } from "../jobs/health.ts";
import { periodically } from "../jobs/periodic.ts";
import { runService } from "../jobs/service.ts";
import type { Tracer } from "../jobs/tracing.ts";
import { openTracing } from "../telemetry/open-tracing.ts";
import { createNotifier } from "./notifier.ts";
import { createResultMails } from "./result-mails.ts";
import { createSweep } from "./sweep.ts";

/** Those that a sweep tells of what its service could not. */
function createTopics(environment: Readonly<Environment<"notifier">>, tracer: Tracer) {
  const sns = createSnsClient({ tracer });
  return {
    job_requests: createTopic({ client: sns, arn: environment.JOB_REQUESTS_TOPIC_ARN, tracer }),
    job_results: createTopic({ client: sns, arn: environment.JOB_RESULTS_TOPIC_ARN, tracer }),
  };
}

await runService(
  "notifier",
  { identify: () => identifyInstance(), openTracing },
  async ({ environment, log, clock, signal, tracer }) => {
    const dynamo = createDynamoClient({ tracer });
    const breaker = createBreaker({ clock, log });
    const jobs = breaker.watch(
      "the annotations table",
      createJobStore({ client: dynamo, table: environment.ANNOTATIONS_TABLE, tracer }),
      (table) => table.get("probe"),
    );
    const users = breaker.watch(
      "the users table",
      createUserStore({ client: dynamo, table: environment.USERS_TABLE }),
      (table) => table.get("probe"),
    );
    const ports = {
      jobs,
      users,
      mailer: breaker.watch(
        "mail",
        createMailer({ client: createSesClient({ tracer }), from: environment.MAIL_FROM }),
        (mailer) => mailer.probe(),
      ),
      clock,
      tracer,
      publicUrl: environment.PUBLIC_URL,
      retentionSeconds: environment.FREE_RETENTION_SECONDS,
      archiveNoticeSeconds: environment.ARCHIVE_NOTICE_SECONDS,
    };
    const notifier = createNotifier(ports);
    const sweep = createSweep({
      jobs,
      notifier,
      resultMails: createResultMails(ports),
      topics: createTopics(environment, tracer),
      clock,
      tracer,
    });
    const health = {
      notices: createLoopHealth(clock),
      sweep: createSweepHealth(clock, environment.SWEEP_SECONDS),
    };
    const server = await startHealthServer({
      port: environment.PORT,
      checks: { job_notify: health.notices.check, sweep: health.sweep.check, permissions: breaker.permissions },
    });
    await Promise.all([
      consume({
        queue: createQueue({ client: createSqsClient({ tracer }), url: environment.JOB_NOTIFY_QUEUE_URL, tracer }),
        parse: messageOf(jobResultSchema),
        handle: notifier.handle,
        clock,
        log,
        signal,
        health: health.notices,
        breaker,
        traces: { tracer, name: "job_notify" },
        // SES counts mails per second; one instance sends few at a time.
        concurrency: 2,
        visibilitySeconds: 60,
      }),
      periodically({
        name: "untold jobs",
        seconds: environment.SWEEP_SECONDS,
        run: () => sweep(log),
        clock,
        log,
        signal,
        health: health.sweep,
      }),
    ]);
    await server.close();
  },
);
