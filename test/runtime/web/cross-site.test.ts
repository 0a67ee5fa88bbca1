import test from "ava";
import { startWeb } from "./support/web.ts";

test("a state change is acted on only when the browser says that it comes from here", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const profile = { name: "Changed", email: "x@example.org", institution: "" };
  const send = (headers: Record<string, string>) =>
    client.request("POST", "/profile", { body: new URLSearchParams(profile), headers });
  const hostile: Record<string, string>[] = [
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    { origin: "https://sub.127.0.0.1", "sec-fetch-site": "same-site" },
    { origin: web.origin, "sec-fetch-site": "cross-site" },
    { origin: "https://evil.example" },
    { origin: "null" },
    {},
  ];
  for (const headers of hostile) {
    const answer = await send(headers);
    t.is(answer.status, 403, JSON.stringify(headers));
    t.regex(answer.text, /another site/);
  }
  t.is(web.users.users.get("user-1")?.name, "Rosalind");
  t.is((await send({ origin: web.origin })).status, 303);
  t.is((await send({ "sec-fetch-site": "same-origin" })).status, 303);
  t.is(web.users.users.get("user-1")?.name, "Changed");
});

test("every form of the site is behind the check, sign-out and payment too", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn();
  const paths = [
    "/logout",
    "/profile/mails",
    "/profile/tokens",
    "/profile/verify",
    "/subscribe",
    "/subscribe/setup",
    "/unsubscribe",
    "/annotate/upload",
  ];
  for (const path of paths) {
    const answer = await client.request("POST", path, { headers: { origin: "https://evil.example" } });
    t.is(answer.status, 403, path);
  }
  t.deepEqual(web.payments.calls, []);
  t.is((await client.get("/profile")).status, 200);
});
