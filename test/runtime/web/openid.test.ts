// The sign-in's own side of OpenID Connect, against a real provider.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { startIdentity } from "../../../local/identity/identity.ts";
import { readyPeople } from "../../../local/identity/people.ts";
import { freePort } from "../../../local/net/free-port.ts";
import { systemClock } from "../../../runtime/jobs/clock.ts";
import { createOpenIdentity, isLocalIssuer } from "../../../runtime/web/identity/openid.ts";
import { IdentityUnavailableError, SignInRefusedError } from "../../../runtime/web/identity/port.ts";
import { Browser } from "../../local/identity/browser.ts";
import { createMemoryLog, createVirtualClock } from "../../support/memory.ts";

const service = "http://localhost:1";
const log = { info() {}, error: (fields: object) => console.error(fields) };

async function start(t: ExecutionContext) {
  const directory = await mkdtemp(join(tmpdir(), "openid-"));
  const provider = await startIdentity({
    port: await freePort(),
    directory,
    redirectUris: [`${service}/authcallback`],
    postLogoutRedirectUris: [`${service}/`],
    log,
  });
  t.teardown(async () => {
    await provider.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const identity = createOpenIdentity({
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: provider.clientSecret,
    redirectUri: `${service}/authcallback`,
    clock: systemClock,
    log: createMemoryLog(),
  });
  /** What the provider sends the browser back with. */
  const answer = async (redirectTo: string, form: Record<string, string>) => {
    const browser = new Browser(provider.issuer);
    const page = await browser.open(redirectTo);
    return (await browser.open(page.url.href, form)).url;
  };
  return { provider, identity, answer };
}

const [person] = readyPeople;

test("a sign-in brings subject, name, e-mail and tokens, with PKCE, state and nonce", async (t) => {
  const { identity, answer } = await start(t);
  const { redirectTo, transaction } = await identity.begin();
  const asked = new URL(redirectTo).searchParams;
  t.is(asked.get("code_challenge_method"), "S256");
  t.is(asked.get("state"), transaction.state);
  t.is(asked.get("nonce"), transaction.nonce);
  const back = await answer(redirectTo, { person: person?.sub ?? "" });
  const signedIn = await identity.finish(back, transaction);
  t.like(signedIn, { subject: person?.sub, name: person?.name, email: person?.email });
  t.truthy(signedIn.tokens.access);
  t.truthy(signedIn.tokens.id);
  const { redirectTo: out } = await identity.end(signedIn.tokens, `${service}/`);
  t.is(new URL(out ?? "").searchParams.get("post_logout_redirect_uri"), `${service}/`);
});

test("a wrong state, nonce, verifier or a cancelled sign-in is refused", async (t) => {
  const { identity, answer } = await start(t);
  for (const change of [{ state: "other" }, { nonce: "other" }, { verifier: "x".repeat(43) }]) {
    const { redirectTo, transaction } = await identity.begin();
    const back = await answer(redirectTo, { person: person?.sub ?? "" });
    await t.throwsAsync(identity.finish(back, { ...transaction, ...change }), { instanceOf: SignInRefusedError });
  }
  const { redirectTo, transaction } = await identity.begin();
  const back = await answer(redirectTo, { cancel: "1" });
  await t.throwsAsync(identity.finish(back, transaction), { instanceOf: SignInRefusedError });
});

test("a provider that does not answer is asked three times, and again at the next sign-in", async (t) => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  // Pauses between attempts need no waiting here.
  const clock = { ...createVirtualClock(), sleep: () => Promise.resolve() };
  const identity = createOpenIdentity({
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: "c",
    clientSecret: "s",
    redirectUri: `${service}/authcallback`,
    clock,
    log: createMemoryLog(),
  });
  await t.throwsAsync(identity.begin(), { instanceOf: IdentityUnavailableError });
  t.is(asked, 3);
  await t.throwsAsync(identity.begin(), { instanceOf: IdentityUnavailableError });
  t.is(asked, 6);
  t.deepEqual(await identity.end({ access: "a" }, service), { redirectTo: undefined });
});

test("plain HTTP is for a provider on this machine only", (t) => {
  for (const issuer of ["http://localhost:1", "http://127.0.0.1:8", "http://[::1]:8"])
    t.true(isLocalIssuer(issuer), issuer);
  for (const issuer of [
    "https://localhost",
    "http://auth.example.org",
    "http://localhost.example.org",
    "http://127.0.0.1.example.org",
  ]) {
    t.false(isLocalIssuer(issuer), issuer);
  }
});
