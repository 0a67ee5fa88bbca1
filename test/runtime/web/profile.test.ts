import test from "ava";
import { mailAddressOf, type User } from "../../../runtime/contract/user.ts";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { createMemoryUserStore } from "../../support/memory.ts";
import { startWeb } from "./support/web.ts";

test("a profile is saved; what does not fit is said beside its field, and nothing is lost", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const saved = await client.post("/profile", { name: " Ada ", email: "ada@example.org", institution: "Analytical" });
  t.is(saved.location, "/profile?saved&address=sent");
  t.like(web.users.users.get("user-1"), { name: "Ada", email: "ada@example.org", institution: "Analytical" });
  t.regex((await client.get("/profile?saved")).text, /has been saved/);
  const refused = await client.post("/profile", { name: "", email: "not-an-address", institution: "x".repeat(201) });
  t.is(refused.status, 400);
  t.regex(refused.text, /Please tell us your name/);
  t.regex(refused.text, /not an e-mail address/);
  t.regex(refused.text, /At most 200 characters/);
  t.true(refused.text.includes('value="not-an-address"'));
  t.is(web.users.users.get("user-1")?.name, "Ada");
  t.is((await client.post("/profile")).status, 400);
});

test("a user chooses which mails to get; the page shows the choice, and what nobody may choose is left out", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const ticked = async () => {
    const boxes = (await client.get("/profile")).text.match(/<input type="checkbox"[^>]*>/g) ?? [];
    return boxes.filter((box) => / checked/.test(box)).map((box) => /value="(\w+)"/.exec(box)?.[1]);
  };
  const off = () => web.users.users.get("user-1")?.mails_off;
  t.deepEqual(await ticked(), ["completed", "archiving", "restored"], "all, unless somebody says otherwise");
  const saved = await client.post("/profile/mails", { mail: "archiving" });
  t.is(saved.location, "/profile?mails#mails");
  t.deepEqual(off(), ["completed", "restored"]);
  t.deepEqual(await ticked(), ["archiving"]);
  t.regex((await client.get("/profile?mails")).text, /choice has been saved/);
  const two = { body: "mail=completed&mail=restored&mail=failed", headers: { ...formOf(web.origin) } };
  t.is((await client.request("POST", "/profile/mails", two)).status, 303);
  t.deepEqual(off(), ["archiving"]);
  await client.post("/profile/mails");
  t.deepEqual(await ticked(), []);
  t.is((await web.client().post("/profile/mails", { mail: "archiving" })).location, "/login?next=%2Fannotations");
});

const formOf = (origin: string) => ({ origin, "content-type": "application/x-www-form-urlencoded" });

test("an API token is shown once, stored as a digest only, works, and stops when revoked", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  t.is((await client.post("/profile/tokens", { label: "cluster" })).status, 303);
  const page = await client.get("/profile");
  const token = /gas_[\w.-]+_[0-9a-f]{64}/.exec(page.text)?.[0] ?? "";
  t.truthy(token);
  t.false((await client.get("/profile")).text.includes(token));
  const stored = web.users.users.get("user-1")?.api_tokens?.[0];
  t.is(stored?.label, "cluster");
  t.false(JSON.stringify(stored).includes(token.slice(-64)));
  const authorization = `Bearer ${token}`;
  t.is((await web.client().get("/api/v1/jobs", { authorization })).status, 200);
  await client.post(`/profile/tokens/${stored?.token_id}/revoke`);
  t.is((await web.client().get("/api/v1/jobs", { authorization })).status, 401);
});

test("a token that may only read looks, and changes nothing; its last use is told to the minute", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  t.is((await client.post("/profile/tokens", { label: "dashboard", scope: "admin" })).status, 400);
  await client.post("/profile/tokens", { label: "dashboard", scope: "read" });
  const first = await client.get("/profile");
  t.regex(first.text, /only read[\s\S]*never/);
  const authorization = `Bearer ${/gas_[\w.-]+_[0-9a-f]{64}/.exec(first.text)?.[0]}`;
  const used = () => web.users.users.get("user-1")?.api_tokens?.[0]?.last_used_time;
  t.is((await web.client().get("/api/v1/jobs", { authorization })).status, 200);
  const start = used();
  t.is(start, web.clock.now() / 1000);
  await web.clock.advance(59_000);
  const refused = await web.client().request("POST", "/api/v1/jobs?file_name=a.vcf", {
    body: "x",
    headers: { authorization, "content-type": "text/plain" },
  });
  t.is(refused.status, 403);
  t.is(refused.headers.get("www-authenticate"), 'Bearer error="insufficient_scope", scope="write"');
  t.regex(String(refused.json().detail), /"dashboard" may not write/);
  t.is(used(), start);
  await web.clock.advance(1_000);
  await web.client().get("/api/v1/jobs", { authorization });
  t.is(used(), (start ?? 0) + 60);
  t.is(web.jobs.jobs.size, 0);
  t.false((await client.get("/profile")).text.includes("never"));
});

test("a token of before there were scopes may do everything", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const { token, stored } = newApiToken("user-1", "old", web.clock);
  const { scopes: _, ...old } = stored;
  await web.signedIn({ api_tokens: [old] });
  const sent = await web.client().request("POST", "/api/v1/jobs?file_name=a.vcf", {
    body: "x",
    headers: { authorization: `Bearer ${token}`, "content-type": "text/plain" },
  });
  t.is(sent.status, 201);
});

test("tokens need a label, and there are at most 20", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  t.is((await client.post("/profile/tokens", { label: " " })).status, 400);
  for (let i = 0; i < 20; i++) await client.post("/profile/tokens", { label: `t${i}` });
  const refused = await client.post("/profile/tokens", { label: "one more" });
  t.is(refused.status, 400);
  t.regex(refused.text, /Revoke one first/);
});

const linkIn = (mail: { text: string } | undefined) =>
  /\/profile\/verify\?secret=[\w-]+/.exec(mail?.text ?? "")?.[0] ?? "";

test("a new address gets no mail but a link, which works once, for its user, within a day", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const stored = () => web.users.users.get("user-1") as User;
  t.is(mailAddressOf(stored()), "rosalind@example.org");
  const form = { name: "You have won", email: "victim@example.net", institution: "" };
  await client.post("/profile", form);
  t.is(mailAddressOf(stored()), "rosalind@example.org");
  t.regex(
    (await client.get("/profile")).text,
    /victim@example\.net is not verified[\s\S]*Mail goes to rosalind@example\.org/,
  );
  const [mail] = web.mailer.sent;
  t.like(mail, { to: "victim@example.net", subject: "Confirm your e-mail address" });
  t.false(`${mail?.text}${mail?.html}`.includes("You have won"));
  t.false(JSON.stringify(stored()).includes(linkIn(mail).slice(-40)));

  // Without the session it does nothing, nor in another's.
  t.true((await web.client().get(linkIn(mail))).location?.startsWith("/login"));
  const other = await web.signedIn({ user_id: "user-2" });
  t.is((await other.get(linkIn(mail))).location, "/profile?address=old-link");
  t.is((await client.get(linkIn(mail))).location, "/profile?address=verified");
  t.is(mailAddressOf(stored()), "victim@example.net");
  t.is((await client.get(linkIn(mail))).location, "/profile?address=old-link");
  t.regex((await client.get("/profile?address=verified")).text, /Your address is verified/);

  await web.clock.advance(61_000);
  await client.post("/profile", { ...form, email: "late@example.net" });
  await web.clock.advance(86_400_000);
  t.is((await client.get(linkIn(web.mailer.sent[1]))).location, "/profile?address=old-link");
  t.is(mailAddressOf(stored()), "rosalind@example.org");
});

test("an address that nobody vouches for gets a link at the first sign-in, and few in all", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = web.client();
  web.identity.person = { subject: "new", name: "N", email: "n@example.org", emailVerified: false };
  for (let i = 0; i < 2; i++) {
    const begun = await client.get("/login");
    await client.get(`/authcallback?code=1&state=${new URL(begun.location ?? "").searchParams.get("state")}`);
  }
  t.is(web.mailer.sent.length, 1);
  t.is(mailAddressOf(web.users.users.get("new") as User), undefined);
  t.regex((await client.get("/profile")).text, /No mail is sent to you/);
  t.is((await client.post("/profile/verify")).location, "/profile?address=too-many");
  for (let i = 0; i < 6; i++) {
    await web.clock.advance(61_000);
    await client.post("/profile/verify");
  }
  t.is(web.mailer.sent.length, 5);
  // The older links have been replaced by the last one.
  t.is((await client.get(linkIn(web.mailer.sent[0]))).location, "/profile?address=old-link");
  t.is((await client.get(linkIn(web.mailer.sent[4]))).location, "/profile?address=verified");
});

test("mail that cannot be sent keeps nobody from signing in; without a sender there is no button", async (t) => {
  const away = () => Promise.reject(new Error("SES is away"));
  const mailer = { send: away };
  const users = createMemoryUserStore();
  for (const given of [
    { mailer },
    { mailer: undefined },
    { mailer, users: { ...users, setEmailCheck: () => Promise.reject(new Error("no table")) } },
  ]) {
    const web = await startWeb({ ports: () => given });
    t.teardown(web.close);
    web.identity.person = { subject: "new", name: "N", email: "n@example.org", emailVerified: false };
    const client = web.client();
    const begun = await client.get("/login");
    const state = new URL(begun.location ?? "").searchParams.get("state");
    t.is((await client.get(`/authcallback?code=1&state=${state}`)).location, "/annotations");
    const page = await client.get("/profile");
    t.is(page.text.includes("Send the link again"), given.mailer !== undefined);
  }
});
