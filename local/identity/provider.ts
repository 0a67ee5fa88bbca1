/** The OpenID provider itself: oidc-provider, configured as the service's documented provider behaves. */
import { randomBytes } from "node:crypto";
import type { ClientMetadata, Configuration, Provider } from "oidc-provider";
import type { signingKey } from "./keys.ts";
import { messagePage, signOutPage } from "./pages.tsx";
import type { People } from "./people.ts";
import { memoryStorage } from "./storage.ts";

/** oidc-provider names the newest Node only as supported and says so on the console at import; older ones pass its tests too. */
async function loadProvider(): Promise<typeof Provider> {
  const { warn } = console;
  console.warn = (...args: unknown[]) => {
    if (!String(args[0]).includes("oidc-provider WARNING")) warn(...args);
  };
  try {
    return (await import("oidc-provider")).Provider;
  } finally {
    console.warn = warn;
  }
}

const hour = 3_600;

/** The one client: the service. */
interface Client {
  readonly id: string;
  readonly secret: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
}

export async function createProvider(options: {
  readonly issuer: string;
  readonly client: Client;
  readonly key: ReturnType<typeof signingKey>;
  readonly people: People;
}): Promise<Provider> {
  const [service] = options.client.postLogoutRedirectUris;
  const configuration: Configuration = {
    adapter: memoryStorage(),
    clients: [registrationOf(options.client)],
    jwks: { keys: [options.key] },
    cookies: { keys: [randomBytes(32).toString("base64url")], names: { session: "op_session" } },
    pkce: { required: () => true },
    ...identities(options.people),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: grantAsked,
    issueRefreshToken: (_ctx, asking) => asking.grantTypeAllowed("refresh_token"),
    clientBasedCORS: () => false,
    ttl: lifetimes,
    features: featuresOf(service),
    renderError(ctx, out) {
      const text = `Go back to the service and sign in again. ${out.error}: ${out.error_description ?? "no details"}`;
      ctx.type = "html";
      ctx.body = messagePage("Sign-in cannot go on", text, service);
    },
  };
  return new (await loadProvider())(options.issuer, configuration);
}

function registrationOf(client: Client): ClientMetadata {
  return {
    client_id: client.id,
    client_secret: client.secret,
    client_name: "Genomics annotation service",
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "client_secret_post",
  };
}

/** Who can sign in, and what the client learns of them. */
function identities(people: People) {
  return {
    scopes: ["openid", "profile", "email", "offline_access"],
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username", "organization"],
      email: ["email", "email_verified"],
    },
    // Name and address stand in the ID token as well, as the documented provider has it.
    conformIdTokenClaims: false,
    findAccount(_ctx, sub) {
      const person = people.find(sub);
      if (person === undefined) return undefined;
      return {
        accountId: sub,
        claims: () => ({
          sub,
          name: person.name,
          preferred_username: person.email,
          organization: person.institution,
          email: person.email,
          email_verified: true,
        }),
      };
    },
  } satisfies Configuration;
}

/** Consent is automatic: the one client there is may have what it asks for. */
const grantAsked: Configuration["loadExistingGrant"] = async (ctx) => {
  const { client: asking, session, provider, result, params } = ctx.oidc;
  if (asking === undefined || session?.accountId === undefined) return undefined;
  const id = result?.consent?.grantId ?? session.grantIdFor(asking.clientId);
  const grant =
    (id === undefined ? undefined : await provider.Grant.find(id)) ??
    new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
  grant.addOIDCScope(String(params?.scope ?? "openid"));
  await grant.save();
  return grant;
};

/** Seconds. */
const lifetimes: Configuration["ttl"] = {
  AccessToken: hour,
  AuthorizationCode: 60,
  Grant: 14 * 24 * hour,
  IdToken: hour,
  Interaction: hour,
  RefreshToken: 14 * 24 * hour,
  Session: 14 * 24 * hour,
};

const featuresOf = (service: string | undefined): Configuration["features"] => ({
  devInteractions: { enabled: false },
  revocation: { enabled: true, allowedPolicy: (_ctx, asking, token) => token.clientId === asking.clientId },
  resourceIndicators: { enabled: false },
  rpInitiatedLogout: {
    enabled: true,
    logoutSource(ctx, form) {
      ctx.body = signOutPage(form);
    },
    postLogoutSuccessSource(ctx) {
      ctx.body = messagePage("Signed out", "You have left the service. You may close this page.", service);
    },
  },
});
