// A result shared by a link: what a guest sees, what the link does not tell, and how it ends.
import test from "ava";
import { parse } from "node-html-parser";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { makeShareToken, partsOfShareToken } from "../../../runtime/web/share-link.ts";
import { completedJob, pendingJob, resultRef } from "../../support/memory.ts";
import { putResult, sampleText } from "./support/result-job.ts";
import { startWeb } from "./support/web.ts";

const now = Date.UTC(2026, 0, 1) / 1000;
const day = 86_400_000;

async function startBoth() {
  const web = await startWeb();
  const client = await web.signedIn();
  const { token, stored } = newApiToken("user-1", "test", web.clock);
  await web.users.addApiToken("user-1", stored);
  const program = web.client();
  const call = (method: string, path: string, body?: object) =>
    program.request(method, `/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const share = async (jobId: string, days = 7) => {
    const url = String((await call("POST", `/jobs/${jobId}/share`, { days })).json().url);
    return url.slice(web.origin.length);
  };
  return { ...web, client, guest: web.client, call, share };
}

test("a guest sees the table, a record and the files, and nothing of the account", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = await putResult(web, await sampleText(), { job_name: "Secret project", job_note: "of Ada" });
  const path = await web.share(job.job_id);
  const guest = web.guest();
  const page = await guest.get(path);
  t.is(page.status, 200);
  t.true(parse(page.text).querySelectorAll("table.records tbody tr").length > 10);
  const record = await guest.get(`${path}/variants/3`);
  t.is(record.status, 200);
  const filtered = await guest.get(`${path}?q=BRCA1`);
  t.is(filtered.status, 200);
  for (const { text, headers } of [page, record, filtered]) {
    for (const told of ["user-1", "rosalind", "Rosalind", "Secret project", "of Ada", job.job_id, "/annotations"]) {
      t.false(text.includes(told), told);
    }
    t.is(headers.get("referrer-policy"), "no-referrer");
    t.is(headers.get("x-robots-tag"), "noindex, nofollow");
    t.is(headers.get("cache-control"), "no-store");
    t.regex(headers.get("content-security-policy") ?? "", /script-src 'none'/);
  }
  for (const link of parse(page.text).querySelectorAll("main a")) {
    const href = link.getAttribute("href") ?? "";
    t.true(href.startsWith(path) || href.startsWith("?"), href);
  }
  const whole = await guest.get(`${path}/export?format=vcf`);
  t.is(whole.text, web.objects.text(resultRef(job)) ?? "");
  t.is((await guest.get(`${path}/download`)).status, 404, "addresses in storage name the user");
  t.is((await guest.get(`${path}?quality=high`)).status, 400);
  t.is((await guest.request("POST", path)).status, 405);
});

test("the columns that a guest chooses are remembered on the guest's pages only", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const path = await web.share((await putResult(web, await sampleText())).job_id);
  const chosen = await web.guest().get(`${path}?column=QUAL`);
  t.regex(chosen.headers.get("set-cookie") ?? "", new RegExp(`Path=${path};`));
});

test("a link ends by itself, by withdrawal, by a newer one, and with the job: each time as 410, and nothing tells why", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = await putResult(web, await sampleText());
  const guest = web.guest();
  const ended = async (path: string) => {
    const answer = await guest.get(path);
    t.is(answer.status, 410);
    t.regex(answer.text, /This link has ended, was withdrawn, or was not copied as a whole/);
    for (const below of ["/variants/1", "/export"]) t.is((await guest.get(path + below)).status, 410);
    return parse(answer.text).querySelector("main")?.text;
  };
  const first = await web.share(job.job_id, 1);
  await web.clock.advance(day - 1_000);
  t.is((await guest.get(first)).status, 200);
  await web.clock.advance(1_000);
  const words = await ended(first);

  const second = await web.share(job.job_id);
  t.is((await guest.get(second)).status, 200);
  t.is((await web.call("DELETE", `/jobs/${job.job_id}/share`)).status, 204);
  t.is(await ended(second), words);
  t.is((await web.call("DELETE", `/jobs/${job.job_id}/share`)).status, 204);

  const third = await web.share(job.job_id);
  const fourth = await web.share(job.job_id);
  await ended(third);
  t.is((await guest.get(fourth)).status, 200);
  await web.call("DELETE", `/jobs/${job.job_id}`);
  await ended(fourth);

  const other = await putResult(web, await sampleText());
  const open = await web.share(other.job_id);
  for (const forged of [
    open.slice(0, -1),
    `${open.slice(0, -4)}AAAA`,
    `/shared/${makeShareToken(other.job_id).token}`,
    `/shared/${makeShareToken(crypto.randomUUID()).token}`,
    "/shared/x",
  ]) {
    t.is(await ended(forged), words, forged);
  }
});

test("of a link, the item has the hash and the log has nothing", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = await putResult(web, await sampleText());
  const path = await web.share(job.job_id);
  const token = path.replace("/shared/", "");
  await web.guest().get(path);
  await web.guest().get(`${path}/variants/1`);
  await web.guest().get(`${path}/nothing`);
  const item = web.jobs.jobs.get(job.job_id);
  t.is(item?.share_hash, partsOfShareToken(token)?.hash);
  t.is(item?.share_until, now + 7 * 86_400);
  for (const place of [JSON.stringify(item), JSON.stringify(web.log.lines)]) {
    t.false(place.includes(token));
    t.false(place.includes(token.slice(22)));
  }
  t.true(web.log.lines.some(({ fields }) => (fields as { path?: string }).path === "/shared/…/variants/1"));
});

test("by page: made, shown once, withdrawn; it works without a script", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const job = await putResult(web, await sampleText());
  const page = `/annotations/${job.job_id}`;
  const before = parse((await web.client.get(page)).text);
  t.truthy(before.querySelector(`form[action="${page}/share"]`));
  t.is(before.querySelector(`form[action="${page}/share/withdraw"]`), null);
  t.is((await web.client.post(`${page}/share`, { days: "30" })).location, page);
  const shown = parse((await web.client.get(page)).text);
  const url =
    shown
      .querySelector("pre.token")
      ?.innerHTML.replace(/<\/?code>/g, "")
      .trim() ?? "";
  t.true(url.startsWith(`${web.origin}/shared/`));
  t.is((await web.guest().get(url.slice(web.origin.length))).status, 200);
  t.is(parse((await web.client.get(page)).text).querySelector("pre.token"), null, "shown once");
  t.is((await web.client.post(`${page}/share/withdraw`)).location, page);
  t.is((await web.guest().get(url.slice(web.origin.length))).status, 410);
  t.is((await web.client.post(`${page}/share`, { days: "365" })).status, 400);
});

test("what cannot be shared, or not just now, is said", async (t) => {
  const web = await startBoth();
  t.teardown(web.close);
  const failed = pendingJob(now, { job_status: "FAILED", complete_time: now });
  const foreign = completedJob(now, { user_id: "user-2" });
  const result = await putResult(web, await sampleText());
  for (const job of [failed, foreign]) web.jobs.put(job);
  const running = pendingJob(now);
  web.jobs.put(running);
  const forms = async ({ job_id }: { job_id: string }) =>
    parse((await web.client.get(`/annotations/${job_id}`)).text).querySelectorAll("form[action$='/share']").length;
  t.deepEqual([await forms(failed), await forms(running), await forms(result)], [0, 1, 1]);
  t.regex((await web.client.post(`/annotations/${running.job_id}/share`, { days: "1" })).text, /The job is PENDING/);
  const refused = await web.call("POST", `/jobs/${failed.job_id}/share`, { days: 1 });
  t.like(refused.json(), { status: 409, type: "urn:annofarm:problem:no-result" });
  t.is((await web.call("POST", `/jobs/${foreign.job_id}/share`, { days: 1 })).status, 403);
  for (const body of [{}, { days: 2 }, { days: "1" }, { days: 1, to: "x" }]) {
    t.is((await web.call("POST", `/jobs/${result.job_id}/share`, body)).status, 400, JSON.stringify(body));
  }
  const path = await web.share(result.job_id);
  t.like((await web.call("GET", `/jobs/${result.job_id}`)).json(), { share_until: now + 7 * 86_400 });
  web.jobs.put({ ...(web.jobs.jobs.get(result.job_id) ?? result), result_state: "ARCHIVED" });
  const archived = await web.guest().get(path);
  t.is(archived.status, 409);
  t.regex(archived.text, /may be in the archive/);
  t.false(archived.text.includes(result.job_id));
});

test("a token names its job, and a damaged one nothing", (t) => {
  const jobId = crypto.randomUUID();
  const { token, hash } = makeShareToken(jobId);
  t.deepEqual(partsOfShareToken(token), { jobId, hash });
  t.not(makeShareToken(jobId).token, token);
  t.is(token.length, 54);
  for (const bad of ["", token.slice(1), `${token}A`, `${token}=`, token.replace(/.$/, "+")]) {
    t.is(partsOfShareToken(bad), undefined, bad);
  }
});
