/** Whether the identity provider can sign people in: its discovery document, and a client id that is not the example's. */
import { type CheckResult, note, ok, unknown, wrong } from "../finding.ts";
import type { Needs } from "../needs.ts";

interface Discovery {
  readonly issuer?: unknown;
  readonly code_challenge_methods_supported?: unknown;
}

export async function checkIdentity({ identity, publicUrl }: Needs): Promise<CheckResult[]> {
  if (identity === undefined) return [];
  const { issuer, clientId } = identity;
  const callback = `${publicUrl ?? "https://<the service>"}/authcallback`;

  async function checkIssuer(): Promise<CheckResult> {
    const check = `identity provider ${issuer}`;
    const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      if (!response.ok)
        return wrong(check, `${url} answers ${response.status}`, "set annofarm:identityIssuer to an OpenID issuer");
      const { issuer: told, code_challenge_methods_supported: methods } = (await response.json()) as Discovery;
      if (told !== issuer) {
        return wrong(
          check,
          `reports the issuer ${JSON.stringify(told)}`,
          `set annofarm:identityIssuer to exactly ${told}`,
        );
      }
      if (Array.isArray(methods) && !methods.includes("S256")) {
        return wrong(check, "does not support PKCE with S256", "use a provider that does");
      }
      return ok(check, "answers and supports PKCE");
    } catch (error) {
      return unknown(
        check,
        `cannot be reached from here: ${(error as Error).message}`,
        "check the address and your network",
      );
    }
  }

  const client = /^0{8}-|replace_me/.test(clientId)
    ? wrong(
        "identity client",
        "is still the example's",
        `register ${callback} with the provider, and set annofarm:identityClientId`,
      )
    : note("identity client", clientId, `the provider must know ${callback}`);
  return [await checkIssuer(), client];
}
