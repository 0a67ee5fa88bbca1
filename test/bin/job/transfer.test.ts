// Uploads and downloads of `annofarm job` over connections that break: one job, the same bytes, and nothing half.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import test, { type ExecutionContext } from "ava";
import { openApi } from "../../../bin/job/api.ts";
import { download, fileSink, streamSink, type Wanted } from "../../../bin/job/download.ts";
import { openInput } from "../../../bin/job/input.ts";
import { createProgress } from "../../../bin/job/progress.ts";
import { submitFile } from "../../../bin/job/upload.ts";
import { wholeUploadBytesMax } from "../../../runtime/contract/limits.ts";
import { putResult } from "../../runtime/web/support/result-job.ts";
import type { TestWebOptions } from "../../runtime/web/support/web.ts";
import { startApiService } from "../../support/api-service.ts";

const directory = mkdtempSync(join(tmpdir(), "annofarm-transfer-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

async function start(t: ExecutionContext, options: TestWebOptions = {}, through?: (origin: string) => Promise<string>) {
  const service = await startApiService(options);
  t.teardown(service.close);
  const said: string[] = [];
  const pauses: number[] = [];
  const retries = {
    tell: (line: string) => void said.push(line),
    pause: async (seconds: number) => void pauses.push(seconds),
  };
  const progress = createProgress({ write: (line: string) => said.push(line) > 0 });
  const origin = (await through?.(service.origin)) ?? service.origin;
  return { ...service, api: openApi({ origin, token: service.token }, retries), progress, said, pauses };
}

const header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
const records = (count: number) =>
  Array.from({ length: count }, (_, at) => `1\t${at + 1}\t.\tA\tC\t.\t.\t.\n`).join("");

/** Ends the first connection after so many bytes of the client's. */
async function breaking(t: ExecutionContext, target: string, bytes: number): Promise<string> {
  let connections = 0;
  const proxy = createServer((client) => {
    const server = connect(Number(new URL(target).port), "127.0.0.1");
    const ends = ++connections === 1;
    let seen = 0;
    client.on("data", (chunk) => {
      seen += chunk.length;
      if (ends && seen > bytes) client.destroy();
    });
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) {
      socket.on("error", () => {});
      socket.on("close", () => [client, server].forEach((each) => void each.destroy()));
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.teardown(() => void proxy.close());
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

test("an upload that breaks off is sent again, and makes one job", async (t) => {
  const web = await start(t, {}, (origin) => breaking(t, origin, 200_000));
  const body = header + records(60_000);
  const input = await openInput("-", Readable.from([Buffer.from(body)]), "a.vcf");
  t.teardown(() => input.handle.close());
  const job = await submitFile(web.api, input, web.progress);
  t.is(web.pauses.length, 1);
  t.regex(web.said.join(""), /cannot be reached .*; again in 1 s/);
  t.deepEqual([...web.jobs.jobs.keys()], [job.job_id]);
  const stored = web.jobs.jobs.get(job.job_id);
  t.is(web.objects.text({ bucket: "inputs", key: stored?.s3_key_input_file ?? "" }), body);
});

test("a busy service is asked again when it says, six times at most; a refusal is told at once", async (t) => {
  let refusals = 1;
  const web = await start(t, {
    ports: ({ objects }) => ({
      objects: {
        ...objects,
        async write(...args: Parameters<typeof objects.write>) {
          if (refusals-- > 0) throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
          return objects.write(...args);
        },
      },
    }),
  });
  const file = join(directory, "busy.vcf");
  writeFileSync(file, header);
  const input = await openInput(file, Readable.from([]));
  t.teardown(() => input.handle.close());
  await submitFile(web.api, input, web.progress);
  t.deepEqual(web.pauses, [5]);
  refusals = 99;
  await t.throwsAsync(submitFile(web.api, input, web.progress), {
    message: /Too much is going on/,
    name: "JobFailure",
  });
  t.deepEqual(web.pauses, [5, 5, 5, 5, 5, 5]);
  t.is(web.jobs.jobs.size, 1);
  const named = await openInput(file, Readable.from([]), "b.vcf.gz");
  t.teardown(() => named.handle.close());
  refusals = 0;
  await submitFile(web.api, input, web.progress, { key: "mine" });
  const error = await t.throwsAsync(submitFile(web.api, named, web.progress, { key: "mine" }));
  t.like(error, { exitCode: 3 });
  t.is(web.pauses.length, 6);
});

/** A file of three parts, the last one short. */
function largeFile(t: ExecutionContext): { file: string; body: Buffer } {
  const body = Buffer.concat([Buffer.from(header), Buffer.alloc(wholeUploadBytesMax, "#\n")]);
  const file = join(directory, `${t.title.slice(0, 20)}.vcf`);
  writeFileSync(file, body);
  return { file, body };
}

const premium = { config: { inputBytesMax: { free_user: 153_600, premium_user: 10 * 1024 ** 3 } } };

test("a large file goes in parts: one that breaks off is sent again, by a new address where the old one is refused", async (t) => {
  const web = await start(t, premium);
  const { file, body } = largeFile(t);
  const input = await openInput(file, Readable.from([]));
  t.teardown(() => input.handle.close());
  web.troubles.push({ breakAfter: 10 }, { status: 403 }, { status: 503 });
  const uploads = join(directory, "state-1");
  const job = await submitFile(web.api, input, web.progress, { uploads });
  t.deepEqual(web.partsSent.toSorted(), [1, 2, 3]);
  t.is(web.pauses.length, 3);
  const stored = web.jobs.jobs.get(job.job_id);
  t.true(web.objects.objects.get(`inputs/${stored?.s3_key_input_file}`)?.body.equals(body));
  t.deepEqual(readdirSync(uploads), [], "nothing is left to go on with");
});

test("submitted again after it was given up, an upload goes on: what had arrived is not sent twice", async (t) => {
  const web = await start(t, premium);
  const { file, body } = largeFile(t);
  const uploads = join(directory, "state-2");
  const submit = async () => {
    const input = await openInput(file, Readable.from([]));
    return submitFile(web.api, input, web.progress, { uploads }).finally(() => input.handle.close());
  };
  web.troubles.push({ status: 400 });
  await t.throwsAsync(submit(), {
    message: /broke off \(storage answers 400\); submitted again within a day, it goes on/,
  });
  t.is(web.parts.unfinished, 1);
  t.is(web.jobs.jobs.size, 0);
  const before = [...web.partsSent];
  const job = await submit();
  t.deepEqual(web.partsSent.toSorted(), [1, 2, 3], "each once");
  t.true(before.length < 3);
  t.regex(web.said.join(""), new RegExp(`going on at ${before.length} of 3 parts`));
  t.deepEqual([...web.jobs.jobs.keys()], [job.job_id]);
  const stored = web.jobs.jobs.get(job.job_id);
  t.true(web.objects.objects.get(`inputs/${stored?.s3_key_input_file}`)?.body.equals(body));

  // The storage has ended it: a new one is begun. So is one of a file that has changed.
  web.troubles.push({ status: 400 });
  await t.throwsAsync(submit());
  const [state = ""] = readdirSync(uploads);
  const { upload_id } = JSON.parse(readFileSync(join(uploads, state), "utf8")) as { upload_id: string };
  web.parts.end(upload_id);
  t.not((await submit()).job_id, job.job_id);
  t.is(web.parts.unfinished, 0);
});

test("a deletion whose answer is lost is done; a job that never was is not", async (t) => {
  const said: [string | undefined, string | undefined][] = [];
  const answers: (number | "broken")[] = ["broken", 404, 404, 204];
  const server = createHttpServer((request, response) => {
    said.push([request.method, request.headers.authorization]);
    const status = answers.shift();
    if (typeof status !== "number") return void response.destroy();
    const problem = { type: "urn:annofarm:problem:no-such-job", detail: "There is no job at this address." };
    response.writeHead(status, { "content-type": "application/problem+json" });
    response.end(status === 204 ? undefined : JSON.stringify(problem));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = openApi({ origin, token: "gas_x_y" }, { tell: () => {}, pause: async () => {} });
  const remove = () => api.call({ method: "DELETE", path: "/api/v1/jobs/1" });
  t.is((await remove()).status, 204);
  t.like(await t.throwsAsync(remove()), { exitCode: 3, message: "There is no job at this address." });
  t.is((await remove()).status, 204);
  t.deepEqual(said, Array(4).fill(["DELETE", "Bearer gas_x_y"]));
});

test("what is no file to submit is refused before anything is sent", async (t) => {
  const empty = join(directory, "empty.vcf");
  writeFileSync(empty, "");
  writeFileSync(join(directory, "a.txt"), header);
  const none = Readable.from([]);
  for (const [file, name, says] of [
    [empty, undefined, /empty\.vcf is empty/],
    [directory, "a.vcf", /is a directory/],
    [join(directory, "a.txt"), undefined, /"a\.txt" does not end in \.vcf/],
    ["-", undefined, /standard input has no name; give it one such as --file-name/],
    ["-", "a.vcf", /- is empty/],
    ["/dev/null", "a.vcf", /is no file; send it as -/],
  ] as const)
    await t.throwsAsync(openInput(file, none, name), { message: says, name: "JobFailure" });
});

/** A result of this service, and how its client wants it. */
async function withResult(t: ExecutionContext, count = 5_000) {
  const web = await start(t);
  const body = header + records(count);
  const job = await putResult(web, body);
  const wanted: Wanted = { jobId: job.job_id, file: "vcf", sha256: job.result_sha256 };
  return { ...web, body, job, wanted, output: join(directory, `${job.job_id}.vcf`) };
}
const partsIn = (name: string) =>
  readdirSync(directory).filter((each) => each.startsWith(name) && each.endsWith(".part"));

test("a download goes on where it broke off, by a fresh address, into the same bytes", async (t) => {
  const web = await withResult(t);
  web.troubles.push(
    { status: 503 },
    { breakAfter: 1 },
    { breakAfter: 30_000 },
    { status: 403 },
    { breakAfter: 40_000 },
  );
  t.is(await download(web.api, web.wanted, fileSink(web.output), web.progress), web.body.length);
  t.is(readFileSync(web.output, "utf8"), web.body);
  const starts = web.ranges.map((range) => Number(/=(\d+)-$/.exec(range)?.[1] ?? Number.NaN)).filter((at) => at >= 0);
  t.is(starts[0], 0);
  t.true(starts.length >= 4 && (starts.at(-1) ?? 0) > 0, String(starts));
  t.deepEqual(
    starts,
    [...starts].sort((a, b) => a - b),
  );
  t.deepEqual(partsIn(web.job.job_id), []);
});

test("the next run goes on with what one that was given up has left; a result that has changed is begun anew", async (t) => {
  const web = await withResult(t);
  web.troubles.push({ breakAfter: 1 }, { breakAfter: 50_000 }, ...Array(9).fill({ status: 500 }));
  await t.throwsAsync(download(web.api, web.wanted, fileSink(web.output), web.progress), {
    message: /the download broke off \(storage answers 500\)/,
  });
  const [left = ""] = partsIn(web.job.job_id);
  const had = readFileSync(join(directory, left)).length;
  t.true(had > 0 && had < web.body.length);
  t.false(readdirSync(directory).includes(`${web.job.job_id}.vcf`));
  web.troubles.length = 0;
  await download(web.api, web.wanted, fileSink(web.output), web.progress);
  t.is(web.ranges.at(-1), `bytes=${had}-`);
  t.is(readFileSync(web.output, "utf8"), web.body);
  const changed = `${web.body}1\t9999999\t.\tA\tC\t.\t.\t.\n`;
  web.objects.put({ bucket: "results", key: web.job.s3_key_result_file ?? "" }, changed);
  await download(web.api, { ...web.wanted, sha256: undefined }, fileSink(web.output), web.progress);
  t.is(web.ranges.at(-1), "bytes=0-");
  t.is(readFileSync(web.output, "utf8"), changed);
});

test("bytes that are not those of the service are told, and not kept for the next run", async (t) => {
  const web = await withResult(t, 50);
  web.objects.put({ bucket: "results", key: web.job.s3_key_result_file ?? "" }, randomBytes(web.body.length));
  await t.throwsAsync(download(web.api, web.wanted, fileSink(web.output), web.progress), {
    message: /is not what the service has \(SHA-256\)/,
  });
  t.deepEqual(
    readdirSync(directory).filter((each) => each.startsWith(web.job.job_id)),
    [],
  );
});

test("a download into a pipe goes on as well, without a byte twice", async (t) => {
  const web = await withResult(t);
  web.troubles.push({ breakAfter: 1 }, { breakAfter: 70_000 });
  const pipe = new PassThrough();
  const read = text(pipe);
  await download(web.api, web.wanted, streamSink(pipe, true), web.progress);
  t.is(await read, web.body);
});

test("a terminal sees a bar with bytes and time left; elsewhere only lines that stay", (t) => {
  const written: string[] = [];
  let time = 0;
  const terminal = { write: (line: string) => written.push(line) > 0, isTTY: true, columns: 40 };
  const progress = createProgress(terminal, () => time);
  progress.show("uploading 1.0 kB of 4.0 kB, and more than fits", 0.25);
  progress.show("not yet", 0.3);
  time = 250;
  progress.show("uploading", 1);
  progress.say("done");
  t.deepEqual(written, [
    "\r\u001b[2K[#####---------------]  25 % uploading ",
    "\r\u001b[2K[####################] 100 % uploading",
    "\r\u001b[2K",
    "done\n",
  ]);
  const lines: string[] = [];
  const plain = createProgress({ write: (line: string) => lines.push(line) > 0 }, () => time);
  plain.show("uploading", 0.5);
  plain.say("done");
  t.deepEqual(lines, ["done\n"]);
});
