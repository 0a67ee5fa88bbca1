import { createDynamoClient, createSesClient, createSnsClient, createSqsClient } from "../aws/clients.ts";
import { identifyInstance } from "../aws/instance.ts";
import { createJobStore } from "../aws/job-store.ts";
import { createMailer } from "../aws/mailer.ts";
import { createQueue } from "../aws/queue.ts";
import { createTopic } from "../aws/topic.ts";
import { createUserStore } from "../aws/user-store.ts";
import type { Environment } from "../contract/environment.ts";
import { jobResultSchema } from "../contract/messages.ts";
import { type Breaker, createBreaker } from "../jobs/breaker.ts";
import { consume, messageOf } from "../jobs/consumer.ts";
import { createLoopHealth, createSweepHealth, startHealthServer } from "../jobs/health.ts";
import { periodically } from "../jobs/periodic.ts";
import type { Clock } from "../jobs/ports.ts";
import { runService } from "../jobs/service.ts";
import type { Tracer } from "../jobs/tracing.ts";
import { openTracing } from "../telemetry/open-tracing.ts";
import { createNotifier, type NotifierPorts } from "./notifier.ts";
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

/** What its mails need, each watched by the breaker. */
function openPorts(
  environment: Readonly<Environment<"notifier">>,
  { clock, tracer }: { readonly clock: Clock; readonly tracer: Tracer },
  breaker: Breaker,
): NotifierPorts {
  const dynamo = createDynamoClient({ tracer });
  const jobs = createJobStore({ client: dynamo, table: environment.ANNOTATIONS_TABLE, tracer });
  const users = createUserStore({ client: dynamo, table: environment.USERS_TABLE });
  const mailer = createMailer({ client: createSesClient({ tracer }), from: environment.MAIL_FROM });
  return {
    jobs: breaker.watch("the annotations table", jobs, (table) => table.get("probe")),
    users: breaker.watch("the users table", users, (table) => table.get("probe")),
    mailer: breaker.watch("mail", mailer, (port) => port.probe()),
    clock,
    tracer,
    publicUrl: environment.PUBLIC_URL,
    retentionSeconds: environment.FREE_RETENTION_SECONDS,
    archiveNoticeSeconds: environment.ARCHIVE_NOTICE_SECONDS,
  };
}

await runService(
  "notifier",
  { identify: () => identifyInstance(), openTracing },
  async ({ environment, log, clock, signal, tracer }) => {
    const breaker = createBreaker({ clock, log });
    const ports = openPorts(environment, { clock, tracer }, breaker);
    const notifier = createNotifier(ports);
    const sweep = createSweep({
      jobs: ports.jobs,
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
