import test from "ava";
import { safePath } from "../../../runtime/web/http/safe-path.ts";
import { createFakeIdentity } from "./support/fakes.ts";
import { startWeb } from "./support/web.ts";

test("the first sign-in makes a free user; a later one changes nothing", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = web.client();
  web.identity.person = { subject: "new-1", name: "Ada", email: "ada@example.org", institution: "Analytical" };
  const begun = await client.get("/login?next=/profile");
  t.is(begun.status, 303);
  const back = await client.get(
    `/authcallback?code=1&state=${new URL(begun.location ?? "").searchParams.get("state")}`,
  );
  t.is(back.location, "/profile");
  const made = web.users.users.get("new-1");
  t.is(made?.role, "free_user");
  t.is(made?.institution, "Analytical");
  await web.users.setPlan("new-1", { role: "premium_user" });
  await web.users.updateProfile("new-1", { name: "Countess", email: "c@example.org", institution: "" });
  const again = await client.get("/login");
  await client.get(`/authcallback?code=2&state=${new URL(again.location ?? "").searchParams.get("state")}`);
  t.is(web.users.users.get("new-1")?.role, "premium_user");
  t.is(web.users.users.get("new-1")?.name, "Countess");
});

test("pages send the signed-out to sign in and back; scripts get a problem", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = web.client();
  for (const path of ["/annotate", "/annotations", "/profile", "/subscribe", "/annotations/x/log"]) {
    const answer = await client.get(path);
    t.is(answer.status, 303, path);
    t.is(answer.location, `/login?next=${encodeURIComponent(path)}`);
  }
  const script = await client.postJson("/annotate/upload", { file_name: "a.vcf", size: 1 });
  t.is(script.status, 401);
  t.is(script.json().redirect, "/login?next=%2Fannotations");
});

test("next leads nowhere but to a page of ours", (t) => {
  const ours = "https://gas.example.org";
  t.is(safePath("/annotations/1?a=b", ours), "/annotations/1?a=b");
  const hostile = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/.//evil.example",
    "/logout",
    "/login?next=/",
    "",
    7,
    undefined,
    ["/a", "/b"],
  ];
  for (const next of hostile) t.is(safePath(next, ours), "/annotations", String(next));
});

test("the callback of another browser, another state or a cancelled sign-in signs nobody in", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const stranger = web.client();
  const nothing = await stranger.get("/authcallback?code=1&state=state-1");
  t.is(nothing.status, 400);
  t.regex(nothing.text, /Sign in again/);
  const client = web.client();
  await client.get("/login");
  const wrong = await client.get("/authcallback?code=1&state=made-up");
  t.is(wrong.status, 400);
  t.false(client.cookies.has("gas"));
  // A made-up state ends nobody's sign-in; a refusal uses it up.
  web.identity.refuse = true;
  t.is((await client.get("/authcallback?code=1&state=state-1")).status, 400);
  web.identity.refuse = false;
  t.is((await client.get("/authcallback?code=1&state=state-1")).status, 400);
  t.false(client.cookies.has("gas"));
});

test("whoever goes back from signing in is at the start page, signed in as nobody", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = web.client();
  await client.get("/login");
  t.is((await client.get("/authcallback?error=access_denied&state=state-1")).location, "/");
  t.false(client.cookies.has("gas"));
  t.is((await client.get("/authcallback?code=1&state=state-1")).status, 400, "that sign-in is used up");
});

test("an identity provider that is down is said to be down, with a way to go on", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  web.identity.down = true;
  const answer = await web.client().get("/login");
  t.is(answer.status, 503);
  t.is(answer.headers.get("retry-after"), "30");
  t.regex(answer.text, /sign-in service does not answer[\s\S]*Try again/);
  t.is((await web.client().get("/")).status, 200);
});

test("sign-out revokes the tokens, ends the session and goes by the provider where it can", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  web.identity.endSession = "https://issuer.test/session/end";
  const out = await client.post("/logout");
  t.is(out.status, 303);
  t.is(out.location, "https://issuer.test/session/end");
  t.deepEqual(web.identity.ended, [{ access: "access-1", refresh: "refresh-1" }]);
  t.deepEqual(
    [...client.cookies.keys()].filter((name) => !name.startsWith("gas_login_")),
    [],
  );
  t.is((await client.get("/profile")).status, 303);
});

test("cookies: each only where it is needed, small, HttpOnly, SameSite; Secure and __Host- behind HTTPS", async (t) => {
  const long = "x".repeat(2_500);
  const identity = createFakeIdentity({ id: long, access: long, refresh: "refresh-1" });
  const web = await startWeb({ config: { publicUrl: "https://gas.example.org" }, ports: () => ({ identity }) });
  t.teardown(web.close);
  const client = web.client();
  const begun = await client.get("/login");
  const [login] = [...client.cookies].filter(([name]) => name.startsWith("gas_login_"));
  t.regex(login?.[1].attributes ?? "", /HttpOnly/i);
  t.regex(login?.[1].attributes ?? "", /Max-Age=600/i);
  await client.get(`/authcallback?code=1&state=${new URL(begun.location ?? "").searchParams.get("state")}`);
  const session = client.cookies.get("__Host-gas");
  t.is(session?.path, "/");
  for (const attribute of [/HttpOnly/i, /Secure/i, /SameSite=Lax/i]) t.regex(session?.attributes ?? "", attribute);
  const tokens = client.cookies.get("gas_tokens");
  t.is(tokens?.path, "/logout");
  for (const [name, { value }] of client.cookies) t.true(name.length + value.length < 4_000, name);
});

test("any instance with the secret opens the session; a changed cookie or another secret does not", async (t) => {
  const [one, two, other] = [
    await startWeb(),
    await startWeb({
      config: { sessionSecrets: ["new-secret-new-secret-new-secret-0", "0123456789abcdef0123456789abcdef"] },
    }),
    await startWeb({ config: { sessionSecrets: ["another-secret-another-secret-00"] } }),
  ];
  t.teardown(() => Promise.all([one.close(), two.close(), other.close()]));
  const client = await one.signedIn();
  const cookie = `gas=${client.cookies.get("gas")?.value}`;
  for (const web of [two, other]) web.users.put(one.users.users.get("user-1") as never);
  t.is((await two.client().get("/profile", { cookie })).status, 200);
  t.is((await other.client().get("/profile", { cookie })).status, 303);
  t.is((await one.client().get("/profile", { cookie: cookie.replace(/.{3}$/, "AAA") })).status, 303);
});

test("signing in too often from one address is answered 429 with Retry-After", async (t) => {
  const web = await startWeb({ config: { signInsPerMinute: 3 } });
  t.teardown(web.close);
  const client = web.client();
  for (let i = 0; i < 3; i++) t.is((await client.get("/login")).status, 303);
  const refused = await client.get("/login");
  t.is(refused.status, 429);
  t.true(Number(refused.headers.get("retry-after")) >= 1);
  t.regex(refused.text, /Too many requests/);
});

test("who was let in to begin signing in is not refused on the way back", async (t) => {
  const web = await startWeb({ config: { signInsPerMinute: 1 } });
  t.teardown(web.close);
  const client = web.client();
  const begun = await client.get("/login");
  const state = new URL(begun.location ?? "").searchParams.get("state");
  t.is((await client.get(`/authcallback?code=1&state=${state}`)).status, 303);
});

const stateOf = (location: string | undefined) => new URL(location ?? "").searchParams.get("state");

test("two windows that sign in both get to their page, in any order", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = web.client();
  const one = stateOf((await client.get("/login?next=/profile")).location);
  const two = stateOf((await client.get("/login?next=/annotate")).location);
  t.is((await client.get(`/authcallback?code=1&state=${two}`)).location, "/annotate");
  t.is((await client.get(`/authcallback?code=2&state=${one}`)).location, "/profile");
});

test("a reloaded callback of somebody who is signed in goes on to the page that was asked for", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = web.client();
  const state = stateOf((await client.get("/login?next=/profile")).location);
  const callback = `/authcallback?code=1&state=${state}`;
  for (let i = 0; i < 3; i++) t.is((await client.get(callback)).location, "/profile");
  t.is((await client.get("/authcallback?code=1&state=long-forgotten")).location, "/annotations");
  // Signed out, the same address signs nobody in.
  await client.post("/logout");
  t.is((await client.get(callback)).status, 400);
});

test("of many sign-ins that were begun, the five newest can be finished, and no more are kept", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = web.client();
  const states: (string | null)[] = [];
  for (let i = 0; i < 8; i++) states.push(stateOf((await client.get(`/login?next=/profile?n=${i}`)).location));
  const kept = () => [...client.cookies.keys()].filter((name) => name.startsWith("gas_login_"));
  t.is(kept().length, 5);
  const finish = (i: number) => client.get(`/authcallback?code=1&state=${states[i]}`);
  for (const i of [0, 1, 2]) t.is((await finish(i)).status, 400);
  for (const i of [7, 3, 4, 5, 6]) t.is((await finish(i)).location, `/profile?n=${i}`);
  t.true(kept().length <= 5);
});
