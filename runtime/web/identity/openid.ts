/** OpenID Connect authorization code flow with PKCE (S256), state and nonce; any issuer with a discovery document. */
import * as oidc from "openid-client";
import type { Clock, Log } from "../../jobs/ports.ts";
import { type Identity, type IdentityTokens, IdentityUnavailableError, SignInRefusedError } from "./port.ts";

export interface OpenIdOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Registered with the provider: `<public URL>/authcallback`. */
  readonly redirectUri: string;
  readonly clock: Clock;
  readonly log: Log;
}

const attempts = 3;
const pauseMilliseconds = 250;
const timeoutSeconds = 5;

/** Plain HTTP is for a provider on this machine only. */
export function isLocalIssuer(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** The provider's configuration, read at the first sign-in, not at start: pages that need none must not wait for somebody else's server. */
function createDiscovery(options: OpenIdOptions): () => Promise<oidc.Configuration> {
  const { issuer, clientId, clientSecret, clock, log } = options;
  let discovered: Promise<oidc.Configuration> | undefined;

  async function discover(): Promise<oidc.Configuration> {
    let last: unknown;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        return await oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, {
          timeout: timeoutSeconds,
          execute: isLocalIssuer(issuer) ? [oidc.allowInsecureRequests] : [],
        });
      } catch (error) {
        last = error;
        log.warn({ err: error, attempt, issuer }, "identity provider's discovery document could not be read");
        if (attempt < attempts) await clock.sleep(pauseMilliseconds * 2 ** attempt);
      }
    }
    throw new IdentityUnavailableError(`discovery of ${issuer} failed`, { cause: last });
  }

  return () => {
    discovered ??= discover().catch((error) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  };
}

export function createOpenIdentity(options: OpenIdOptions): Identity {
  const { redirectUri, log } = options;
  const configuration = createDiscovery(options);

  return {
    async begin() {
      const config = await configuration();
      const transaction = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: "openid email profile",
        state: transaction.state,
        nonce: transaction.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(transaction.verifier),
        code_challenge_method: "S256",
      });
      return { redirectTo: url.href, transaction };
    },

    async finish(callback, transaction) {
      const config = await configuration();
      try {
        const tokens = await oidc.authorizationCodeGrant(config, callback, {
          expectedState: transaction.state,
          expectedNonce: transaction.nonce,
          pkceCodeVerifier: transaction.verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) throw new SignInRefusedError("the provider sent no ID token");
        return await personOf(config, tokens, claims);
      } catch (error) {
        throw classified(error);
      }
    },

    async end(tokens, returnTo) {
      try {
        const config = await configuration();
        const metadata = config.serverMetadata();
        if (metadata.revocation_endpoint !== undefined) await revoke(config, tokens);
        if (metadata.end_session_endpoint === undefined) return { redirectTo: undefined };
        const url = oidc.buildEndSessionUrl(config, {
          post_logout_redirect_uri: returnTo,
          ...(tokens.id === undefined ? {} : { id_token_hint: tokens.id }),
        });
        return { redirectTo: url.href };
      } catch (error) {
        log.warn({ err: error }, "tokens could not be revoked; the session here has ended all the same");
        return { redirectTo: undefined };
      }
    },
  };

  async function revoke(config: oidc.Configuration, tokens: IdentityTokens): Promise<void> {
    const told = [
      [tokens.refresh, "refresh_token"],
      [tokens.access, "access_token"],
    ] as const;
    for (const [token, hint] of told) {
      if (token !== undefined) await oidc.tokenRevocation(config, token, { token_type_hint: hint });
    }
  }
}

/** The person whom the provider has signed in. */
async function personOf(
  config: oidc.Configuration,
  tokens: oidc.TokenEndpointResponse,
  claims: oidc.IDToken,
): ReturnType<Identity["finish"]> {
  const told: Record<string, unknown> = { ...claims };
  // Many providers keep name and e-mail out of the ID token; what it says is signed, so it wins.
  if ((told.email === undefined || told.name === undefined) && config.serverMetadata().userinfo_endpoint) {
    Object.assign(told, await oidc.fetchUserInfo(config, tokens.access_token, claims.sub), claims);
  }
  const text = (claim: string) => (typeof told[claim] === "string" ? (told[claim] as string) : "");
  const institution = text("organization");
  return {
    subject: claims.sub,
    name: text("name") || text("preferred_username") || text("email") || "Researcher",
    email: text("email"),
    // Some providers send the word instead of the value.
    emailVerified: text("email") !== "" && (told.email_verified === true || told.email_verified === "true"),
    ...(institution === "" ? {} : { institution }),
    tokens: {
      access: tokens.access_token,
      ...(tokens.refresh_token === undefined ? {} : { refresh: tokens.refresh_token }),
      ...(tokens.id_token === undefined ? {} : { id: tokens.id_token }),
    },
  };
}

/** Who is at fault: the provider cannot be reached, or what came back is not an answer to our question. */
function classified(error: unknown): Error {
  if (error instanceof SignInRefusedError) return error;
  const unreachable =
    (error instanceof oidc.ClientError &&
      (error.code === "OAUTH_TIMEOUT" || error.code === "OAUTH_HTTP_REQUEST_FAILED")) ||
    (error instanceof oidc.ResponseBodyError && error.status >= 500) ||
    (error instanceof TypeError && /fetch failed/.test(error.message));
  return unreachable
    ? new IdentityUnavailableError("the identity provider did not answer", { cause: error })
    : new SignInRefusedError("the identity provider's answer was not accepted", { cause: error });
}
