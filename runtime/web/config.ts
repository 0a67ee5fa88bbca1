/** What the web service is told at start, beside its ports. Everything here is fixed for the life of the process. */
import type { Environment } from "../contract/environment.ts";
import type { Role } from "../contract/user.ts";

export interface WebConfig {
  /** Origin users see, without a trailing slash. */
  readonly publicUrl: string;
  /** First segment of every object key (contract/keys). */
  readonly keyPrefix: string;
  readonly inputsBucket: string;
  /** Seconds a free user's result stays in standard storage. */
  readonly freeRetentionSeconds: number;
  /** Largest input in bytes, per role. */
  readonly inputBytesMax: Readonly<Record<Role, number>>;
  /** Requests a minute per API token, or per address without one, before 429. Counted in each instance. */
  readonly apiRequestsPerMinute: number;
  /** Sign-ins a minute per address before 429: generous, since a class sits behind one address. */
  readonly signInsPerMinute: number;
  /** Sessions are sealed with the first and opened with any: put a new one in front to rotate. 32 characters or more. */
  readonly sessionSecrets: readonly string[];
  /** Origin of the identity provider: a sign-out form may be redirected there. */
  readonly issuerOrigin: string;
  readonly stripe: { readonly publishableKey: string; readonly jsUrl: string; readonly apiUrl: string };
}

/**
 * @param sessionSecret content of the parameter: one secret, or several separated by white space, the newest first.
 * @throws {Error} for a secret under 32 characters, which could not seal a session.
 */
export function webConfig(environment: Environment<"web">, sessionSecret: string): WebConfig {
  const sessionSecrets = sessionSecret.split(/\s+/).filter((secret) => secret !== "");
  const shortest = Math.min(...sessionSecrets.map((secret) => secret.length));
  if (sessionSecrets.length === 0 || shortest < 32) {
    throw new Error(
      `${environment.SESSION_SECRET_PARAMETER} holds a session secret of ${sessionSecrets.length === 0 ? 0 : shortest} characters; ` +
        "it must have 32 or more (for example: openssl rand -hex 32)",
    );
  }
  return {
    publicUrl: environment.PUBLIC_URL.replace(/\/+$/, ""),
    keyPrefix: environment.KEY_PREFIX,
    inputsBucket: environment.INPUTS_BUCKET,
    freeRetentionSeconds: environment.FREE_RETENTION_SECONDS,
    inputBytesMax: {
      free_user: environment.FREE_INPUT_BYTES_MAX,
      premium_user: environment.PREMIUM_INPUT_BYTES_MAX,
    },
    apiRequestsPerMinute: environment.API_REQUESTS_PER_MINUTE,
    signInsPerMinute: 60,
    sessionSecrets,
    issuerOrigin: new URL(environment.OIDC_ISSUER).origin,
    stripe: {
      publishableKey: environment.STRIPE_PUBLISHABLE_KEY,
      jsUrl: environment.STRIPE_JS_URL,
      apiUrl: environment.STRIPE_API_URL,
    },
  };
}
