// Every answer of the API, errors included, against the document that it serves.
import { EventEmitter, once } from "node:events";
import test, { type ExecutionContext } from "ava";
import * as z from "zod";
import { newApiToken } from "../../../runtime/web/api/tokens.ts";
import { completedJob, pendingJob } from "../../support/memory.ts";
import { putResult } from "./support/result-job.ts";
import { startWeb, type TestWebOptions } from "./support/web.ts";

type Schema = Record<string, unknown>;
interface Described {
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  requestBody?: { content: Record<string, unknown> };
}
interface Document {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

/** The schema as the test reads it: answers may gain properties, but not without the document's knowing. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: Schema = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      name === "$ref" ? String(value).replace("#/components/schemas/", "#/$defs/") : closed(value),
    ]),
  );
  return copy.properties === undefined ? copy : { additionalProperties: false, ...copy };
}

async function start(t: ExecutionContext, options: TestWebOptions = {}) {
  const web = await startWeb(options);
  t.teardown(web.close);
  const { token, stored } = newApiToken("user-1", "test", web.clock);
  web.users.put({
    user_id: "user-1",
    role: "free_user",
    name: "P",
    email: "",
    created_time: 1,
    api_tokens: [stored],
  });
  const document = (await web.client().get("/api/v1/openapi.json")).json() as unknown as Document;
  const $defs = closed(document.components.schemas) as Record<string, Schema>;
  const seen = new Set<string>();

  /** Calls, and holds the answer to what the document says of its operation. */
  async function call(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}) {
    const answer = await web.client().request(method, `/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}`, accept: "*/*", ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const [template, operations] =
      Object.entries(document.paths).find(([one]) =>
        new RegExp(`^${one.replace("{job_id}", "[^/]+")}$`).test(path.split("?")[0] ?? ""),
      ) ?? [];
    const described = operations?.[method.toLowerCase()]?.responses[String(answer.status)];
    const what = `${method} ${template} ${answer.status}`;
    t.truthy(described, `${what} is not described: ${answer.text}`);
    const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
    if (described?.content !== undefined) {
      const schema = described.content[type]?.schema;
      t.truthy(schema, `${what} is not described as ${type}`);
      if (/json$/.test(type)) {
        const parsed = z
          .fromJSONSchema({ ...(closed(schema) as Schema), $defs } as Parameters<typeof z.fromJSONSchema>[0])
          .safeParse(JSON.parse(answer.text));
        t.true(parsed.success, `${what}: ${parsed.error?.message} in ${answer.text}`);
      }
    }
    seen.add(what);
    return answer;
  }
  return { ...web, call, seen };
}

const octets = { "content-type": "application/octet-stream" };
const asJson = { "content-type": "application/json" };
const now = Date.UTC(2026, 0, 1) / 1000;

test("every kind of answer is as the document says", async (t) => {
  const web = await start(t);
  const mine = completedJob(now - 100, { user_id: "user-1" });
  const failed = pendingJob(now - 90, { job_status: "FAILED", failure_reason: "line 3", failure_line: 3 });
  const theirs = completedJob(now, { user_id: "else" });
  for (const job of [mine, failed, theirs]) web.jobs.put(job);
  web.objects.put({ bucket: "results", key: mine.s3_key_log_file ?? "" }, "records in: 0\n");

  for (const type of ["application/octet-stream", "text/plain", "application/gzip", "text/x-vcf"])
    t.is((await web.call("POST", "/jobs?file_name=a.vcf", "x", { "content-type": type })).status, 201, type);
  const offered = await web.call("POST", "/jobs", JSON.stringify({ file_name: "a.vcf", size: 10 }), asJson);
  t.is(offered.status, 202);
  const { start: startPath } = offered.json() as { start: string };
  t.is((await web.call("POST", startPath.replace("/api/v1", ""))).status, 404);
  for (const [path, body, headers, status] of [
    ["/jobs", "x", octets, 400],
    ["/jobs?file_name=a.vcf&filename=b.vcf", "x", octets, 400],
    ["/jobs", JSON.stringify({ file_name: "a.vcf", size: 1, colour: "blue" }), asJson, 400],
    ["/jobs", "{", asJson, 400],
    ["/jobs", JSON.stringify({ file_name: "a.vcf", size: 9e9 }), asJson, 413],
    ["/jobs", JSON.stringify({ file_name: "a".repeat(9_000), size: 1 }), asJson, 413],
    ["/jobs?file_name=a.vcf", "x", { "content-type": "image/png" }, 415],
    ["/jobs?file_name=a.vcf", "x", { ...octets, "idempotency-key": "two words" }, 400],
    ["/jobs?file_name=a.vcf", "x", { ...octets, authorization: "Bearer nobody" }, 401],
  ] as const)
    t.is((await web.call("POST", path, body, headers)).status, status, `${path} ${status}`);
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) });
  t.is((await web.call("POST", "/jobs?file_name=a.vcf", endless, octets)).status, 411);

  t.is((await web.call("GET", "/jobs?limit=2")).status, 200);
  for (const query of ["limit=0", "limt=5", "cursor=forged", "cursor=a&cursor=b"])
    t.is((await web.call("GET", `/jobs?${query}`)).status, 400, query);
  for (const [job, status] of [
    [mine.job_id, 200],
    [failed.job_id, 200],
    [theirs.job_id, 403],
    ["nothing", 404],
  ] as const)
    t.is((await web.call("GET", `/jobs/${job}`)).status, status);
  t.is((await web.call("GET", `/jobs/${mine.job_id}?verbose`)).status, 400);
  t.is((await web.call("GET", `/jobs/${mine.job_id}/log`)).status, 200);
  t.is((await web.call("GET", `/jobs/${failed.job_id}/log`)).status, 404);
  t.is((await web.call("GET", `/jobs/${mine.job_id}/result`)).status, 302);
  t.is((await web.call("GET", `/jobs/${failed.job_id}/result`)).status, 409);
  web.jobs.put({ ...mine, result_state: "ARCHIVED" });
  t.is((await web.call("GET", `/jobs/${mine.job_id}/result`)).status, 402);
  t.is(web.seen.size, 19);
});

test("every kind of answer of an upload in parts is as the document says", async (t) => {
  const web = await start(t);
  const of = { file_name: "a.vcf", size: 10 };
  const begun = await web.call("POST", "/uploads", JSON.stringify(of), asJson);
  t.is(begun.status, 201);
  const { job_id, upload_id } = begun.json() as { job_id: string; upload_id: string };
  const query = new URLSearchParams({ upload_id, file_name: "a.vcf" });
  const nowhere = new URLSearchParams({ upload_id: "none", file_name: "a.vcf" });
  const upload = { ...of, upload_id };
  for (const [method, path, body, status] of [
    ["POST", "/uploads", { ...of, file_name: "a.txt" }, 400],
    ["POST", "/uploads", { ...of, colour: "blue" }, 400],
    ["POST", "/uploads?quick", of, 400],
    ["POST", "/uploads", { ...of, size: 9e9 }, 413],
    ["POST", `/uploads/${job_id}/urls`, { ...upload, parts: [1] }, 200],
    ["POST", `/uploads/${job_id}/urls`, { ...upload, parts: [2] }, 400],
    ["POST", `/uploads/${job_id}/urls`, { ...upload, parts: [] }, 400],
    ["POST", "/uploads/nothing/urls", { ...upload, parts: [1] }, 404],
    ["POST", `/uploads/${job_id}/urls`, { ...upload, size: 9e9, parts: [1] }, 413],
    ["GET", `/uploads/${job_id}/parts?${query}`, undefined, 200],
    ["GET", `/uploads/${job_id}/parts`, undefined, 400],
    ["GET", `/uploads/${job_id}/parts?${nowhere}`, undefined, 404],
    ["POST", `/uploads/${job_id}/complete`, { ...upload, size: "10" }, 400],
    ["POST", `/uploads/${job_id}/complete`, { ...upload, upload_id: "none" }, 404],
    ["POST", `/uploads/${job_id}/complete`, upload, 409],
    ["POST", `/uploads/${job_id}/complete`, { ...upload, size: 9e9 }, 413],
    ["DELETE", `/uploads/${job_id}?upload_id=${upload_id}`, undefined, 400],
    ["DELETE", `/uploads/nothing?${query}`, undefined, 404],
  ] as const) {
    const answer = await web.call(method, path, body === undefined ? undefined : JSON.stringify(body), asJson);
    t.is(answer.status, status, `${method} ${path} ${answer.text}`);
  }
  const asked = await web.call("POST", `/uploads/${job_id}/urls`, JSON.stringify({ ...upload, parts: [1] }), asJson);
  web.parts.put((asked.json() as unknown as { urls: { url: string }[] }).urls[0]?.url ?? "", Buffer.from("##fileform"));
  t.is((await web.call("POST", `/uploads/${job_id}/complete`, JSON.stringify(upload), asJson)).status, 201);
  const theirs = completedJob(now, { user_id: "else" });
  web.jobs.put(theirs);
  const claimed = await web.call("POST", `/uploads/${theirs.job_id}/complete`, JSON.stringify(upload), asJson);
  t.is(claimed.status, 403);
  t.is((await web.call("DELETE", `/uploads/${job_id}?${query}`)).status, 204);
});

test("too many requests, an overload and a mistake of ours are as the document says", async (t) => {
  const limited = await start(t, { config: { apiRequestsPerMinute: 1 } });
  await limited.call("GET", "/jobs");
  t.is((await limited.call("GET", "/jobs")).status, 429);
  let error = Object.assign(new Error("slow down"), { name: "ThrottlingException" });
  const web = await start(t, {
    ports: ({ jobs }) => ({
      jobs: {
        ...jobs,
        listByUser: async () => {
          throw error;
        },
      },
    }),
  });
  const overloaded = await web.call("GET", "/jobs");
  t.is(overloaded.status, 503);
  t.is(overloaded.headers.get("retry-after"), "5");
  error = new Error("mistake");
  t.is((await web.call("GET", "/jobs")).status, 500);
});

test("an Idempotency-Key: the same again is the same job, something else is refused, another key is another job", async (t) => {
  const web = await start(t);
  const send = (key: string, body = "##fileformat=VCFv4.2\n", name = "a.vcf") =>
    web.call("POST", `/jobs?file_name=${name}`, body, { ...octets, "idempotency-key": key });
  const first = await send("k-1");
  t.is(first.status, 201);
  t.is((await send("k-1")).json().job_id, first.json().job_id);
  t.is(web.topics.jobRequests.published.length, 1);
  for (const other of [await send("k-1", "##fileformat=VCFv4.3\n"), await send("k-1", undefined, "b.vcf")]) {
    t.is(other.status, 422);
    t.regex(String(other.json().detail), /new key/);
  }
  t.not((await send("k-2")).json().job_id, first.json().job_id);
  t.is(web.jobs.jobs.size, 2);
  await web.clock.advance(86_401_000);
  t.not((await send("k-1")).json().job_id, first.json().job_id);
});

test("a key whose first request failed, or died after the file was stored, still gives one job", async (t) => {
  let fails: "write" | "create" | undefined = "write";
  const web = await start(t, {
    ports: ({ jobs, objects, submissionKeys }) => ({
      submissionKeys: {
        ...submissionKeys,
        async release(...args: Parameters<typeof submissionKeys.release>) {
          if (fails === "create") throw new Error("the instance is dead");
          return submissionKeys.release(...args);
        },
      },
      objects: {
        ...objects,
        async write(...args: Parameters<typeof objects.write>) {
          if (fails === "write") throw new Error("no storage");
          return objects.write(...args);
        },
      },
      jobs: {
        ...jobs,
        async create(job: Parameters<typeof jobs.create>[0]) {
          if (fails === "create") throw new Error("no table");
          return jobs.create(job);
        },
      },
    }),
  });
  const send = () =>
    web.call("POST", "/jobs?file_name=a.vcf", "##fileformat=VCFv4.2\n", { ...octets, "idempotency-key": "k" });
  t.is((await send()).status, 500);
  fails = "create";
  t.is((await send()).status, 500);
  fails = undefined;
  const [one, two] = [await send(), await send()];
  t.is(one.status, 201);
  t.is(two.json().job_id, one.json().job_id);
  t.is(web.jobs.jobs.size, 1);
  t.is(web.objects.objects.size, 1);
});

test("two requests with one key at once: one is taken, the other is told to wait, then gets the same job", async (t) => {
  const gate = new EventEmitter();
  let writes = 0;
  const web = await start(t, {
    ports: ({ objects }) => ({
      objects: {
        ...objects,
        async write(...args: Parameters<typeof objects.write>) {
          if (writes++ === 0) {
            const open = once(gate, "open");
            gate.emit("reached");
            await open;
          }
          return objects.write(...args);
        },
      },
    }),
  });
  const send = () => web.call("POST", "/jobs?file_name=a.vcf", "x", { ...octets, "idempotency-key": "k" });
  const reached = once(gate, "reached");
  const first = send();
  await reached;
  const others = await Promise.all([send(), send()]);
  gate.emit("open");
  t.deepEqual([...new Set(others.map(({ status }) => status))], [409]);
  const { status, json } = await first;
  t.is(status, 201);
  t.is((await send()).json().job_id, json().job_id);
  t.deepEqual([web.jobs.jobs.size, writes], [1, 1]);
});

test("a form for an upload has a key as well", async (t) => {
  const web = await start(t);
  const ask = (size: number, name = "a.vcf") =>
    web.call("POST", "/jobs", JSON.stringify({ file_name: name, size }), { ...asJson, "idempotency-key": "k" });
  const first = await ask(10);
  t.is((await ask(10)).json().job_id, first.json().job_id);
  t.is((await ask(11)).status, 422);
  const file = await web.call("POST", "/jobs?file_name=a.vcf", "x", { ...octets, "idempotency-key": "k" });
  t.is(file.status, 422);
  t.is(web.objects.objects.size, 0);
});

const resultOfFour =
  "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tprobé\n" +
  [
    "1 5 rs1 A C 9.5 PASS DP=3;DB GT 0/1",
    "1 6 . A C . . . GT 0/0",
    "2 7 . A AT 50 q10 . GT 1/1",
    "2 8 . A C,G 60 PASS . GT ./.",
  ]
    .map((line) => `${line.replaceAll(" ", "\t")}\n`)
    .join("");

test("records of a result: page by page, by filters, counted, exported, and refused with the value at fault", async (t) => {
  const web = await start(t);
  const job = await putResult(web, resultOfFour);
  const path = `/jobs/${job.job_id}`;
  const first = (await web.call("GET", `${path}/variants?limit=3`)).json();
  t.like(first, { records: 4, fit: 4, fit_is_exact: true, next: `/api/v1${path}/variants?limit=3&from=3` });
  const [one] = first.variants as Record<string, unknown>[];
  t.deepEqual(one, {
    record: 1,
    chrom: "1",
    pos: 5,
    id: "rs1",
    ref: "A",
    alt: "C",
    qual: 9.5,
    filter: "PASS",
    info: { DP: "3", DB: "" },
    samples: { probé: { GT: "0/1" } },
  });
  const rest = (await web.call("GET", String(first.next).replace("/api/v1", ""))).json();
  t.deepEqual(
    (rest.variants as { pos: number }[]).map(({ pos }) => pos),
    [8],
  );
  t.is(rest.next, undefined);
  const found = (await web.call("GET", `${path}/variants?filter=PASS&filter=q10&q=2&genotype=hom`)).json();
  t.deepEqual(
    (found.variants as { pos: number }[]).map(({ pos }) => pos),
    [7],
  );
  const sorted = (await web.call("GET", `${path}/variants?sort=quality&limit=2`)).json();
  t.deepEqual(
    (sorted.variants as { pos: number }[]).map(({ pos }) => pos),
    [8, 7],
  );
  t.is(sorted.next, `/api/v1${path}/variants?sort=quality&limit=2&from=2`);
  t.like((await web.call("GET", `${path}/summary`)).json(), {
    records: 4,
    samples: ["probé"],
    has_tabix_index: true,
    counts: {
      type: { SNV: 3, insertion: 1 },
      filter: { PASS: 2, ".": 1, q10: 1 },
      quality: { "0": 1, ".": 1, "50": 2 },
    },
  });
  t.regex((await web.call("GET", `${path}/export?format=csv&q=rs1`)).text, /^CHROM,POS,REF,ALT,[\s\S]*\n1,5,A,C,/);
  t.is((await web.call("GET", `${path}/result?file=bgzip`)).status, 302);
  for (const query of ["limit=501", "from=4", "quality=x", "q=nothing", "genotype=hom&sample=x", "colour=red"]) {
    const refused = await web.call("GET", `${path}/variants?${query}`);
    t.is(refused.status, 400, query);
    t.true(
      String(refused.json().detail).includes(
        query.split("=").at(-1) === "red" ? "colour" : (query.split("=").at(-1) ?? ""),
      ),
    );
  }
});

test("a result without an index, one in the archive, and an index that does not fit", async (t) => {
  const web = await start(t);
  const bare = completedJob(now);
  web.jobs.put(bare);
  for (const part of ["variants", "summary", "export"]) {
    t.is((await web.call("GET", `/jobs/${bare.job_id}/${part}`)).status, 404, part);
  }
  const archived = completedJob(now, { result_state: "ARCHIVED" });
  web.jobs.put(archived);
  t.is((await web.call("GET", `/jobs/${archived.job_id}/variants`)).status, 402);
  const job = await putResult(web, resultOfFour);
  web.jobs.put({ ...job, result_sha256: "0".repeat(64) });
  t.is((await web.call("GET", `/jobs/${job.job_id}/variants`)).status, 409);
});
