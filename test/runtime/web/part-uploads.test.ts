// Uploads in parts by the API: nothing but the whole file, of its owner, within the plan's limit, becomes a job, and only one.
import { createHash } from "node:crypto";
import test, { type ExecutionContext } from "ava";
import { uploadPartBytes } from "../../../runtime/contract/limits.ts";
import type { Role } from "../../../runtime/contract/user.ts";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { startWeb } from "./support/web.ts";

const file = Buffer.concat([Buffer.from("##fileformat=VCFv4.2\n"), Buffer.alloc(2 * uploadPartBytes, "#\n")]);
const name = { file_name: "large.vcf" };

interface Begun {
  job_id: string;
  upload_id: string;
  part_bytes: number;
  parts: number;
}

async function start(t: ExecutionContext, inputBytesMax = { free_user: 153_600, premium_user: 40_000_000 }) {
  const web = await startWeb({ config: { inputBytesMax } });
  t.teardown(web.close);
  const { token, stored } = newApiToken("user-1", "t", web.clock);
  const other = newApiToken("user-2", "t", web.clock);
  const put = (user_id: string, role: Role, api_token: typeof stored) =>
    web.users.put({ user_id, role, name: "P", email: "", created_time: 1, api_tokens: [api_token] });
  put("user-1", "premium_user", stored);
  put("user-2", "premium_user", other.stored);
  async function call(method: string, path: string, body?: object, as = token) {
    const answer = await web.client().request(method, `/api/v1/uploads${path}`, {
      headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: answer.text, json: <Shape>() => answer.json() as unknown as Shape };
  }
  const begin = async (size = file.length) => (await call("POST", "", { ...name, size })).json<Begun>();
  async function send({ job_id, upload_id }: Begun, parts: readonly number[], size = file.length, content = file) {
    const answer = await call("POST", `/${job_id}/urls`, { ...name, upload_id, size, parts });
    const { urls } = answer.json<{ urls: { part: number; bytes: number; url: string }[] }>();
    for (const { part, bytes, url } of urls) {
      const from = (part - 1) * uploadPartBytes;
      web.parts.put(url, content.subarray(from, from + bytes));
    }
    return urls;
  }
  const complete = ({ job_id, upload_id }: Begun, size = file.length, as = token) =>
    call("POST", `/${job_id}/complete`, { ...name, upload_id, size }, as);
  return { ...web, call, begin, send, complete, other: other.token, put, stored };
}

const query = ({ upload_id }: Begun) => new URLSearchParams({ ...name, upload_id });

test("parts in any order become one job of the whole file, however often that is asked for", async (t) => {
  const web = await start(t);
  const upload = await web.begin();
  t.like(upload, { part_bytes: uploadPartBytes, parts: 3 });
  await web.send(upload, [3, 1]);
  const early = await web.complete(upload);
  t.is(early.status, 409);
  t.regex(early.text, /have not arrived whole: 2\./);
  t.is(web.jobs.jobs.size, 0);
  const arrived = await web.call("GET", `/${upload.job_id}/parts?${query(upload)}`);
  t.deepEqual(arrived.json(), {
    parts: [
      { part: 1, bytes: uploadPartBytes },
      { part: 3, bytes: 21 },
    ],
  });
  await web.send(upload, [2]);
  const done = await web.complete(upload);
  t.is(done.status, 201);
  t.is(done.json<{ job_id: string }>().job_id, upload.job_id);
  t.is((await web.complete(upload)).status, 201);
  t.deepEqual([...web.jobs.jobs.keys()], [upload.job_id]);
  t.is(web.topics.jobRequests.published.length, 1);
  const [stored] = [...web.objects.objects.values()];
  const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  t.is(digest(stored?.body ?? Buffer.alloc(0)), digest(file));
  t.is((await web.call("GET", `/${upload.job_id}/parts?${query(upload)}`)).status, 404, "it has ended");
});

test("sizes are held to: a part has exactly its bytes, and all of them are no more than the plan takes", async (t) => {
  const web = await start(t);
  t.is((await web.call("POST", "", { ...name, size: 40_000_001 })).status, 413);
  t.is((await web.call("POST", "", { file_name: "a.txt", size: 1 })).status, 400);
  t.is((await web.call("POST", "", { ...name, size: 0 })).status, 400);
  const upload = await web.begin();
  const [first] = await web.send(upload, [1]);
  t.throws(() => web.parts.put(first?.url ?? "", file.subarray(0, 10)), { message: "SignatureDoesNotMatch" });
  const beyond = await web.call("POST", `/${upload.job_id}/urls`, {
    ...name,
    upload_id: upload.upload_id,
    size: file.length,
    parts: [4],
  });
  t.is(beyond.status, 400);
  t.regex(beyond.text, /has no part 4/);
  // Another size said later makes addresses for more parts: what they bring is counted, and too much is not kept.
  const large = Buffer.alloc(5 * uploadPartBytes, "#");
  await web.send(upload, [1, 2, 3, 4], 4 * uploadPartBytes, large);
  t.is((await web.complete(upload)).status, 409);
  await web.send(upload, [5], 40_000_000, large);
  web.put("user-1", "free_user", web.stored);
  t.is((await web.complete(upload, 100)).status, 413);
  t.is(web.parts.unfinished, 0);
  t.is(web.objects.objects.size, 0);
});

test("an upload is its owner's: nobody else lists, completes or ends it", async (t) => {
  const web = await start(t);
  const upload = await web.begin();
  await web.send(upload, [1, 2, 3]);
  t.is((await web.call("GET", `/${upload.job_id}/parts?${query(upload)}`, undefined, web.other)).status, 404);
  t.is((await web.complete(upload, file.length, web.other)).status, 404);
  t.is((await web.call("DELETE", `/${upload.job_id}?${query(upload)}`, undefined, web.other)).status, 204);
  t.is(web.parts.unfinished, 1);
  t.is(web.jobs.jobs.size, 0);
});

test("an upload that is given up leaves nothing, and what is no VCF is not kept", async (t) => {
  const web = await start(t);
  const upload = await web.begin();
  await web.send(upload, [1]);
  for (let times = 0; times < 2; times++) {
    t.is((await web.call("DELETE", `/${upload.job_id}?${query(upload)}`)).status, 204);
    t.is(web.parts.unfinished, 0);
  }
  t.is((await web.complete(upload)).status, 404);
  const pdf = Buffer.alloc(file.length, "%PDF-1.7");
  const second = await web.begin();
  await web.send(second, [1, 2, 3], file.length, pdf);
  const refused = await web.complete(second);
  t.is(refused.status, 400);
  t.regex(refused.text, /a PDF document/);
  t.is(web.objects.objects.size, 0);
  t.is(web.jobs.jobs.size, 0);
});

test("the upload page has the same by its session", async (t) => {
  const web = await start(t);
  const client = await web.signedIn({ role: "premium_user", api_tokens: [web.stored] });
  const begun = await client.postJson("/annotate/uploads", { ...name, size: file.length });
  t.is(begun.status, 201);
  const upload = begun.json() as unknown as Begun;
  await web.send(upload, [1, 2, 3]);
  const done = await client.postJson(`/annotate/uploads/${upload.job_id}/complete`, {
    ...name,
    upload_id: upload.upload_id,
    size: file.length,
  });
  t.is(done.status, 201);
  t.is((await web.client().postJson("/annotate/uploads", { ...name, size: 10 })).status, 401);
});
