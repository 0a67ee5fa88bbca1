import test from "ava";
import { startWeb } from "./support/web.ts";

test("home is the same for everybody without a session: compressed, revalidated, no look-up, no cookie", async (t) => {
  const web = await startWeb({
    ports: () => ({ users: { get: () => Promise.reject(new Error("home must not ask")) } as never }),
  });
  t.teardown(web.close);
  const client = web.client();
  const first = await client.get("/", { "accept-encoding": "br" });
  t.is(first.status, 200);
  t.is(first.headers.get("content-encoding"), "br");
  t.regex(first.text, /Know what your variants mean/);
  t.regex(first.text, /150 KB/);
  t.regex(first.text, /30 minutes/);
  t.is(first.headers.get("set-cookie"), null);
  t.is(first.headers.get("vary"), "accept-encoding, cookie");
  const again = await client.get("/", { "if-none-match": first.headers.get("etag") ?? "" });
  t.is(again.status, 304);
  t.is((await client.get("/", { "accept-encoding": "identity" })).headers.get("content-encoding"), null);
});

test("home shows who is signed in", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = await web.signedIn({ name: "Barbara" });
  const home = await client.get("/");
  t.is(home.status, 200);
  t.regex(home.text, /Barbara/);
  t.is(home.headers.get("cache-control"), "no-store");
});

test("static files may be kept for ever under their digest, and not under another", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const client = web.client();
  const kept = await client.get(web.assets.url("style.css"));
  t.is(kept.status, 200);
  t.regex(kept.headers.get("cache-control") ?? "", /immutable/);
  t.regex(kept.headers.get("content-type") ?? "", /text\/css/);
  t.regex(kept.text, /@layer pico/);
  const old = await client.get("/static/0123456789ab/style.css");
  t.is(old.status, 200);
  t.is(old.headers.get("cache-control"), "no-cache");
  t.is((await client.get("/static/0123456789ab/nothing.css")).status, 404);
  t.is((await client.get("/static/x/..%2f..%2fmain.ts")).status, 404);
});

test("a page's policy lets only its own scripts run; home runs none", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  t.regex((await web.client().get("/")).headers.get("content-security-policy") ?? "", /script-src 'none'/);
  const client = await web.signedIn();
  const page = await client.get("/annotate");
  const policy = page.headers.get("content-security-policy") ?? "";
  const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
  t.truthy(nonce);
  t.true(page.text.includes(`nonce="${nonce}"`));
  t.false(/unsafe/.test(policy));
  t.regex(policy, /connect-src 'self' https:\/\/objects\.test;/);
  t.not(
    /'nonce-([^']+)'/.exec((await client.get("/annotate")).headers.get("content-security-policy") ?? "")?.[1],
    nonce,
  );
  const subscribe = (await client.get("/subscribe")).headers.get("content-security-policy") ?? "";
  t.regex(subscribe, /script-src 'nonce-[^']+' https:\/\/js\.stripe\.test;/);
  t.regex(subscribe, /frame-src https:\/\/js\.stripe\.test/);
  t.is(page.headers.get("x-content-type-options"), "nosniff");
  t.is(page.headers.get("x-powered-by"), null);
});
