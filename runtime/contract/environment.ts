/**
 * Environment of each service: the one list that a component must fill completely and a service reads at start.
 * Variables that end in `_PARAMETER` hold the name of an SSM parameter (SecureString); the secret itself is never in the
 * environment. Units stand in the names.
 */
import * as z from "zod";
import { uploadBytesMost } from "./limits.ts";
import { archiveStoreKinds, retrievalTiers } from "./storage.ts";

export const serviceNames = ["web", "annotator", "archiver", "restorer", "notifier"] as const;
export type ServiceName = (typeof serviceNames)[number];

const text = z.string().min(1);
const whole = (min: number, max: number) => z.coerce.number<string>().int().min(min).max(max);
const url = z.url({ protocol: /^https?$/ });

const common = {
  AWS_REGION: text,
  /** TCP port for pages (web) or the health endpoint (workers). */
  PORT: whole(1, 65535),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug"]).default("info"),
  ANNOTATIONS_TABLE: text,
  /** Base address of an OTLP/HTTP receiver, to which `/v1/traces` is added. Without it nothing is traced. */
  TRACES_ENDPOINT: url.optional(),
  /** Share of the requests that are traced; what follows from a request is traced with it, or not at all. */
  TRACES_PERCENT: whole(1, 100).default(100),
  /** Stack's name, by which a receiver tells stacks apart. */
  TRACES_STACK: text.optional(),
};

/** What tells a service where its traces go. */
export type TracesEnvironment = Pick<z.output<z.ZodObject<typeof common>>, `TRACES_${string}` & keyof typeof common>;

/** Seconds a free user's result stays in standard storage: 1 s to 365 days. */
const FREE_RETENTION_SECONDS = whole(1, 365 * 86_400);

const archive = {
  RESULTS_BUCKET: text,
  ARCHIVE_STORE: z.enum(archiveStoreKinds),
  /** Vault name when the store is `vault`, bucket name when it is `s3`. */
  ARCHIVE_NAME: text,
  USERS_TABLE: text,
};

export const environmentSchemas = {
  web: z.object({
    ...common,
    USERS_TABLE: text,
    /** Stripe events already applied (key `event_id`, TTL `expires_time`). */
    EVENTS_TABLE: text,
    INPUTS_BUCKET: text,
    /** KMS key that uploads are encrypted with. Without it: S3's own. */
    UPLOADS_KMS_KEY_ARN: text.optional(),
    RESULTS_BUCKET: text,
    KEY_PREFIX: z.string().regex(/^[a-z0-9-]+$/),
    /** Origin users see, without a trailing slash: `https://gas.example.org`. */
    PUBLIC_URL: url,
    JOB_REQUESTS_TOPIC_ARN: text,
    JOB_RESTORE_TOPIC_ARN: text,
    JOB_ARCHIVE_QUEUE_URL: url,
    FREE_RETENTION_SECONDS,
    /** Largest upload of a free user; 150 KB = 153,600 bytes in the course. */
    FREE_INPUT_BYTES_MAX: whole(1, uploadBytesMost).default(153_600),
    /** Largest upload of a premium user; above 5 GiB in parts only. */
    PREMIUM_INPUT_BYTES_MAX: whole(1, uploadBytesMost).default(uploadBytesMost),
    /** Requests a minute one API token or address may make before 429. */
    API_REQUESTS_PER_MINUTE: whole(1, 1_000_000).default(120),
    OIDC_ISSUER: url,
    OIDC_CLIENT_ID: text,
    OIDC_CLIENT_SECRET_PARAMETER: text,
    SESSION_SECRET_PARAMETER: text,
    STRIPE_PUBLISHABLE_KEY: text,
    STRIPE_SECRET_KEY_PARAMETER: text,
    STRIPE_WEBHOOK_SECRET_PARAMETER: text,
    STRIPE_PRICE_ID: text,
    STRIPE_API_URL: url.default("https://api.stripe.com"),
    STRIPE_JS_URL: url.default("https://js.stripe.com/v3/"),
    /**
     * Address that mails on subscriptions and links to verify an address come from. Without it there are none, and mail goes to the
     * identity provider's address only.
     */
    MAIL_FROM: text.optional(),
  }),
  annotator: z.object({
    ...common,
    INPUTS_BUCKET: text,
    RESULTS_BUCKET: text,
    JOB_REQUESTS_QUEUE_URL: url,
    /** Omitted: every job waits its turn in the one queue. */
    JOB_REQUESTS_EXPRESS_QUEUE_URL: url.optional(),
    JOB_RESULTS_TOPIC_ARN: text,
    /** Jobs one instance runs at a time. */
    CONCURRENCY: whole(1, 64).default(1),
    /** `builtin`, or a JSON array: program and arguments with `{input}` and `{output}` placeholders. */
    ENGINE: text.default("builtin"),
    /** Reference data in place of the built-in ones: SHA-256 of their index, which `referenceKey` finds in REFERENCE_BUCKET. */
    REFERENCE_SHA256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    REFERENCE_BUCKET: text.optional(),
    JOB_SECONDS_MAX: whole(1, 43_200).default(3_600),
    ENGINE_MEMORY_MIB_MAX: whole(64, 1_048_576).default(2_048),
    /** Invisibility of a running job's message, renewed at a third of it. The claim itself holds for half of it. */
    LEASE_SECONDS: whole(3, 43_200).default(60),
    /** Seconds a job may still take after SIGTERM; then it is given back. Below the boot manifest's `stopSeconds`. */
    STOP_SECONDS: whole(1, 43_200).default(45),
  }),
  archiver: z.object({
    ...common,
    ...archive,
    JOB_ARCHIVE_QUEUE_URL: url,
    JOB_RESTORE_TOPIC_ARN: text,
    FREE_RETENTION_SECONDS,
    /** How often results that are overdue, and archives that no item names, are looked after. */
    SWEEP_SECONDS: whole(1, 86_400).default(3_600),
  }),
  restorer: z.object({
    ...common,
    ...archive,
    JOB_RESTORE_QUEUE_URL: url,
    ARCHIVE_EVENTS_QUEUE_URL: url,
    JOB_ARCHIVE_QUEUE_URL: url,
    /** Tier asked for first; Expedited falls back to Standard. */
    RETRIEVAL_TIER: z.enum(retrievalTiers).default("Expedited"),
    /** How often results that are overdue from the archive are looked after. */
    SWEEP_SECONDS: whole(1, 86_400).default(300),
  }),
  notifier: z.object({
    ...common,
    USERS_TABLE: text,
    JOB_NOTIFY_QUEUE_URL: url,
    JOB_REQUESTS_TOPIC_ARN: text,
    JOB_RESULTS_TOPIC_ARN: text,
    MAIL_FROM: text,
    PUBLIC_URL: url,
    /** Without it, mails do not say until when a free user's result can be downloaded, nor that it will be archived soon. */
    FREE_RETENTION_SECONDS: FREE_RETENTION_SECONDS.optional(),
    /** How long before a free user's result is archived a mail says so; 0: none does. */
    ARCHIVE_NOTICE_SECONDS: whole(0, 365 * 86_400).default(0),
    /** How often jobs untold of, without a message, and endings without a mail are looked after. */
    SWEEP_SECONDS: whole(1, 86_400).default(60),
  }),
} as const satisfies Record<ServiceName, z.ZodObject>;

/** Parsed environment of a service: numbers are numbers, defaults are filled in. */
export type Environment<S extends ServiceName> = z.output<(typeof environmentSchemas)[S]>;

/** Names a component must give a value to; those with a default may be left out. Values are generic (Pulumi inputs). */
export type EnvironmentInput<S extends ServiceName, Value> = {
  [K in keyof z.input<(typeof environmentSchemas)[S]> as undefined extends z.input<(typeof environmentSchemas)[S]>[K]
    ? never
    : K]: Value;
} & {
  [K in keyof z.input<(typeof environmentSchemas)[S]> as undefined extends z.input<(typeof environmentSchemas)[S]>[K]
    ? K
    : never]?: Value;
};

/** A service refuses to start: every variable at fault, by name, with what it should be. */
export class EnvironmentError extends Error {
  override name = "EnvironmentError";
}

/**
 * Parses a service's environment once, at start.
 *
 * @throws {EnvironmentError} listing every missing or malformed variable.
 */
export function readEnvironment<S extends ServiceName>(
  service: S,
  source: Readonly<Record<string, string | undefined>>,
): Readonly<Environment<S>> {
  const parsed = environmentSchemas[service].safeParse(source);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = issue.path.join(".");
      const given = source[name];
      return `  ${name}: ${given === undefined ? "not set" : `${JSON.stringify(given)} does not fit`} (${issue.message})`;
    });
    throw new EnvironmentError(`environment of service ${service}:\n${lines.join("\n")}`);
  }
  return Object.freeze(parsed.data) as Readonly<Environment<S>>;
}
