import test from "ava";
import { startWeb } from "./support/web.ts";

test("a profile is saved; what does not fit is said beside its field, and nothing is lost", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const saved = await client.post("/profile", { name: " Ada ", email: "ada@example.org", institution: "Analytical" });
  t.is(saved.location, "/profile?saved");
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
