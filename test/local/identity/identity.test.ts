import { mkdtemp, readFile, stat } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import anyTest, { type TestFn } from "ava";
import * as oidc from "openid-client";
import { type Identity, startIdentity } from "../../../local/identity/identity.ts";
import { readyPeople } from "../../../local/identity/people.ts";
import { freePort } from "../../../local/net/free-port.ts";
import { Browser } from "./browser.ts";

const service = "http://localhost:1";
const redirectUri = `${service}/authcallback`;
const [ada] = readyPeople;

interface Context {
  identity: Identity;
  directory: string;
  config: oidc.Configuration;
}
const test = anyTest as TestFn<Context>;
const log = { info() {}, error: (fields: object) => console.error(fields) };

test.beforeEach(async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "identity-"));
  const identity = await startIdentity({
    port: await freePort(),
    directory,
    redirectUris: [redirectUri],
    postLogoutRedirectUris: [`${service}/`],
    log,
  });
  const config = await oidc.discovery(new URL(identity.issuer), identity.clientId, identity.clientSecret, undefined, {
    execute: [oidc.allowInsecureRequests],
  });
  t.context = { identity, directory, config };
});
test.afterEach.always((t) => t.context.identity?.stop());

async function authorization(config: oidc.Configuration, extra: Record<string, string> = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: "openid profile email",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...extra,
  });
  return { url: url.href, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce } };
}

async function signIn(t: { context: Context }, browser: Browser, form: Record<string, string>, extra = {}) {
  const { url, checks } = await authorization(t.context.config, extra);
  const page = await browser.open(url);
  const back = await browser.open(page.url.href, form);
  return oidc.authorizationCodeGrant(t.context.config, back.url, { ...checks, idTokenExpected: true });
}

test("one click signs a ready person in; the ID token and userinfo name them", async (t) => {
  const browser = new Browser(t.context.identity.issuer);
  const tokens = await signIn(t, browser, { person: ada?.sub ?? "" });
  const claims = tokens.claims();
  t.like(claims, { sub: ada?.sub, name: "Ada Lindqvist", email: ada?.email, organization: "Northfield University" });
  t.is(claims?.iss, t.context.identity.issuer);
  const userinfo = await oidc.fetchUserInfo(t.context.config, tokens.access_token, ada?.sub ?? "");
  t.like(userinfo, { name: ada?.name, email: ada?.email, organization: ada?.institution });
});

test("the second sign-in of the same browser asks nothing", async (t) => {
  const browser = new Browser(t.context.identity.issuer);
  await signIn(t, browser, { person: ada?.sub ?? "" });
  const { url } = await authorization(t.context.config);
  const answer = await browser.open(url);
  t.is(answer.url.origin, service);
  t.truthy(answer.url.searchParams.get("code"));
});

test("prompt=consent is answered by itself", async (t) => {
  const browser = new Browser(t.context.identity.issuer);
  const tokens = await signIn(t, browser, { person: ada?.sub ?? "" }, { prompt: "login consent" });
  t.is(tokens.claims()?.sub, ada?.sub);
});

test("an authorization request without PKCE is refused", async (t) => {
  const browser = new Browser(t.context.identity.issuer);
  const { url } = await authorization(t.context.config);
  const bare = new URL(url);
  bare.searchParams.delete("code_challenge");
  bare.searchParams.delete("code_challenge_method");
  const answer = await browser.open(bare.href);
  t.is(answer.url.searchParams.get("error"), "invalid_request");
  t.regex(answer.url.searchParams.get("error_description") ?? "", /PKCE/);
});

test("a redirect address that is not registered is refused on the provider's own page", async (t) => {
  const { url } = await authorization(t.context.config, { redirect_uri: "http://elsewhere.example/" });
  const answer = await new Browser(t.context.identity.issuer).open(url);
  t.is(answer.status, 400);
  t.regex(answer.page ?? "", /redirect_uri/);
});

test("refresh gives new tokens; revocation ends both", async (t) => {
  const { config } = t.context;
  const tokens = await signIn(t, new Browser(t.context.identity.issuer), { person: ada?.sub ?? "" });
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? "");
  t.is(fresh.claims()?.sub, ada?.sub);
  await oidc.tokenRevocation(config, fresh.refresh_token ?? "");
  await t.throwsAsync(oidc.refreshTokenGrant(config, fresh.refresh_token ?? ""), { message: /invalid_grant|error/ });
  await t.throwsAsync(oidc.fetchUserInfo(config, fresh.access_token, ada?.sub ?? ""));
});

test("signing out ends the provider's session and returns to the service", async (t) => {
  const { config } = t.context;
  const browser = new Browser(t.context.identity.issuer);
  const tokens = await signIn(t, browser, { person: ada?.sub ?? "" });
  const end = oidc.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token ?? "",
    post_logout_redirect_uri: `${service}/`,
    state: "bye",
  });
  const question = await browser.open(end.href);
  const action = /action="([^"]+)"/.exec(question.page ?? "")?.[1] ?? "";
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(question.page ?? "")?.[1] ?? "";
  const after = await browser.open(new URL(action, end).href, { xsrf, logout: "yes" });
  t.is(after.url.href, `${service}/?state=bye`);
  const again = await browser.open((await authorization(config)).url);
  t.regex(again.url.pathname, /^\/interaction\//, "asks who is signing in");
});

test("somebody new signs in, is remembered, and is there after a restart", async (t) => {
  const browser = new Browser(t.context.identity.issuer);
  const grace = { name: " Grace Hopper ", email: "Grace@Navy.example", institution: "Navy" };
  const tokens = await signIn(t, browser, grace);
  const sub = tokens.claims()?.sub;
  t.like(tokens.claims(), { name: "Grace Hopper", email: "grace@navy.example", organization: "Navy" });
  t.is((await stat(join(t.context.directory, "people.json"))).mode & 0o777, 0o600);
  t.is((await stat(join(t.context.directory, "signing-key.json"))).mode & 0o777, 0o600);

  await t.context.identity.stop();
  t.context.identity = await startIdentity({
    port: await freePort(),
    directory: t.context.directory,
    redirectUris: [redirectUri],
    postLogoutRedirectUris: [],
    log,
  });
  t.deepEqual(
    t.context.identity.people().map((person) => person.name),
    ["Ada Lindqvist", "Max Okonkwo", "Grace Hopper"],
  );
  t.is(t.context.identity.people().at(-1)?.sub, sub);
  t.throws(() => t.context.identity.addPerson({ name: "Other", email: "grace@navy.example" }), {
    message: /belongs to Grace Hopper/,
  });
});

test("a wrong form comes back with what was typed and what is wrong, and nobody is made", async (t) => {
  const browser = new Browser(t.context.identity.issuer);
  const page = await browser.open((await authorization(t.context.config)).url);
  const answer = await browser.open(page.url.href, { name: "<b>Eve</b>", email: "nowhere", institution: "" });
  t.is(answer.status, 422);
  t.regex(answer.page ?? "", /Enter an e-mail address/);
  t.regex(answer.page ?? "", /value="&lt;b>Eve/);
  t.is(t.context.identity.people().length, 2);
  await t.throwsAsync(readFile(join(t.context.directory, "people.json")), { code: "ENOENT" });
});

test("going back without signing in tells the service so", async (t) => {
  const browser = new Browser(t.context.identity.issuer);
  const page = await browser.open((await authorization(t.context.config)).url);
  const answer = await browser.open(page.url.href, { cancel: "1" });
  t.is(answer.url.searchParams.get("error"), "access_denied");
});

test("an interaction belongs to the browser that began it", async (t) => {
  const mine = await new Browser(t.context.identity.issuer).open((await authorization(t.context.config)).url);
  const theirs = await new Browser(t.context.identity.issuer).open(mine.url.href, { person: ada?.sub ?? "" });
  t.is(theirs.status, 400);
  t.regex(theirs.page ?? "", /Sign-in expired/);
});

test("another host name is refused", async (t) => {
  const { port } = new URL(t.context.identity.issuer);
  const status = await new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, headers: { host: `evil.example:${port}` } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
  t.is(status, 421);
});
