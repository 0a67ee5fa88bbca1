/** The web service as a process: environment, secrets, wiring, drain. */
import {
  createDynamoClient,
  createS3Client,
  createSesClient,
  createSnsClient,
  createSqsClient,
  createSsmClient,
} from "../aws/clients.ts";
import { createEventStore } from "../aws/event-store.ts";
import { identifyInstance } from "../aws/instance.ts";
import { createJobStore } from "../aws/job-store.ts";
import { createMailer } from "../aws/mailer.ts";
import { createObjectStore } from "../aws/object-store.ts";
import { createPartStore } from "../aws/part-store.ts";
import { createQueue } from "../aws/queue.ts";
import { readSecret } from "../aws/secrets.ts";
import { createSubmissionKeys } from "../aws/submission-keys.ts";
import { createTopic } from "../aws/topic.ts";
import { createUserStore } from "../aws/user-store.ts";
import { runService } from "../jobs/service.ts";
import { openTracing } from "../telemetry/open-tracing.ts";
import { loadAssets } from "./assets.ts";
import { webConfig } from "./config.ts";
import { createHealth } from "./health.ts";
import { createOpenIdentity } from "./identity/openid.ts";
import { createStripePayments } from "./payments/stripe.ts";
import { serve } from "./serve.ts";
import { createWeb } from "./web.tsx";

/** A balancer has then seen the health check turn. */
const lingerMilliseconds = 10_000;

await runService("web", { identify: identifyInstance, openTracing }, async (context) => {
  const { environment, log, clock, signal, tracer } = context;
  const ssm = createSsmClient();
  const [sessionSecret, clientSecret, secretKey, webhookSecret] = await Promise.all([
    readSecret(ssm, environment.SESSION_SECRET_PARAMETER),
    readSecret(ssm, environment.OIDC_CLIENT_SECRET_PARAMETER),
    readSecret(ssm, environment.STRIPE_SECRET_KEY_PARAMETER),
    readSecret(ssm, environment.STRIPE_WEBHOOK_SECRET_PARAMETER),
  ]);
  const config = webConfig(environment, sessionSecret);
  const dynamo = createDynamoClient({ tracer });
  const sns = createSnsClient({ tracer });
  const s3 = createS3Client({ tracer });
  const jobs = createJobStore({ client: dynamo, table: environment.ANNOTATIONS_TABLE, tracer });
  const users = createUserStore({ client: dynamo, table: environment.USERS_TABLE });

  const payments = createStripePayments({
    secretKey,
    webhookSecret,
    priceId: environment.STRIPE_PRICE_ID,
    apiUrl: environment.STRIPE_API_URL,
    service: config.publicUrl,
  });
  // A wrong key or price is told at once, not by the first user who wants to pay; the service does not wait for it.
  payments.offer().catch((err) => log.error({ err }, "payments cannot be used"));

  const app = createWeb({
    jobs,
    users,
    events: createEventStore({ client: dynamo, table: environment.EVENTS_TABLE }),
    submissionKeys: createSubmissionKeys({ client: dynamo, table: environment.EVENTS_TABLE }),
    objects: createObjectStore({ client: s3, uploadKeyArn: environment.UPLOADS_KMS_KEY_ARN }),
    parts: createPartStore(s3),
    topics: {
      jobRequests: createTopic({ client: sns, arn: environment.JOB_REQUESTS_TOPIC_ARN, tracer }),
      jobRestore: createTopic({ client: sns, arn: environment.JOB_RESTORE_TOPIC_ARN, tracer }),
    },
    archiveQueue: createQueue({
      client: createSqsClient({ tracer }),
      url: environment.JOB_ARCHIVE_QUEUE_URL,
      tracer,
    }),
    identity: createOpenIdentity({
      issuer: environment.OIDC_ISSUER,
      clientId: environment.OIDC_CLIENT_ID,
      clientSecret,
      redirectUri: `${config.publicUrl}/authcallback`,
      clock,
      log,
    }),
    payments,
    ...(environment.MAIL_FROM === undefined
      ? {}
      : { mailer: createMailer({ client: createSesClient({ tracer }), from: environment.MAIL_FROM }) }),
    assets: loadAssets(),
    config,
    clock,
    log,
    tracer,
    health: createHealth({ jobs, users, payments, clock, log, draining: signal }),
  });

  const { port, drained } = await serve(app, { port: environment.PORT, draining: signal, clock, lingerMilliseconds });
  log.info({ port, public_url: config.publicUrl }, "serving");
  await drained;
});
