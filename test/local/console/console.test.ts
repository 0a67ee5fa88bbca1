import { once } from "node:events";
import { appendFile, mkdtemp, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import anyTest, { type TestFn } from "ava";
import { parse } from "node-html-parser";
import { type Console, createConsole } from "../../../local/console/console.ts";
import { mails, view } from "./fixture.ts";

interface Context {
  console: Console;
  server: Server;
  url: string;
  logFile: string;
  views: { count: number };
  done: string[];
}
const test = anyTest as TestFn<Context>;

test.beforeEach(async (t) => {
  const logFile = join(await mkdtemp(join(tmpdir(), "console-")), "web.log");
  const views = { count: 0 };
  const done: string[] = [];
  const console = createConsole({
    title: "Genomics <annotation>",
    intervalMilliseconds: 100,
    view() {
      views.count++;
      return view;
    },
    mails: () => mails,
    logFile: (instanceId, service) => (instanceId === "i-1" && service === "web" ? logFile : undefined),
    actions: {
      kill(instanceId) {
        if (instanceId !== "i-1") throw new Error(`no instance ${instanceId}`);
        done.push(`kill ${instanceId}`);
      },
      async setDesired(group, desired) {
        done.push(`${group} = ${desired}`);
      },
    },
  });
  const server = createServer((incoming, response) => {
    if (!console.handle(incoming, response)) response.writeHead(200).end("the service");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.context = { console, server, url, logFile, views, done };
});
test.afterEach.always((t) => {
  t.context.console?.close();
  t.context.server?.close();
  t.context.server?.closeAllConnections();
});

/** The first `count` events of a stream, as data. */
async function events(url: string, count: number, onOpen: () => unknown = () => {}): Promise<unknown[]> {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  const found: unknown[] = [];
  let text = "";
  await onOpen();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) if (block.startsWith("data: ")) found.push(JSON.parse(block.slice(6)));
    if (found.length >= count) break;
  }
  abort.abort();
  return found.slice(0, count);
}

/** A raw request: `fetch` would not let us choose these headers. */
function send(url: string, method: string, headers: Record<string, string>, body = "") {
  return new Promise<{ status: number; text: string; location: string | undefined }>((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text, location: response.headers.location }),
      );
    })
      .on("error", reject)
      .end(body);
  });
}

test("only paths below /_local are the console's", async (t) => {
  t.is(await (await fetch(`${t.context.url}/`)).text(), "the service");
  t.is(await (await fetch(`${t.context.url}/_localish`)).text(), "the service");
  t.is((await fetch(`${t.context.url}/_local/nothing`)).status, 404);
});

test("the page is complete before any script runs, and shows names as text", async (t) => {
  const response = await fetch(`${t.context.url}/_local`);
  const page = await response.text();
  t.regex(response.headers.get("content-security-policy") ?? "", /default-src 'none'; script-src 'self'/);
  t.regex(page, /<h1>Genomics &lt;annotation><\/h1>/);
  for (const shown of [
    "i-0a1b2c3d4e5f60718",
    "job-requests",
    "web-scale-out",
    "clinvar_chr17_brca1.vcf.gz",
    "ReceiveMessage",
    "Declared capacity: 4.9 requests/s an instance, 1 at once, exponential",
  ]) {
    t.true(page.includes(shown), shown);
  }
  const data = parse(page).querySelector("script#view[type='application/json']")?.rawText ?? "";
  t.deepEqual(JSON.parse(data).view, view);
  t.false(data.includes("<"), "nothing in the data can end the block");
});

test("view.json is the same as data", async (t) => {
  t.deepEqual(await (await fetch(`${t.context.url}/_local/view.json`)).json(), JSON.parse(JSON.stringify(view)));
});

test("events push the view while somebody listens, and nothing is collected for nobody", async (t) => {
  t.is(t.context.views.count, 0);
  const [first, second] = await events(`${t.context.url}/_local/events`, 2);
  t.is((first as typeof view).stack, "local");
  t.deepEqual(second, first);
  const seen = t.context.views.count;
  t.true(seen >= 2);
  // The next listener's first view comes at once; with a forgotten timer there would be more of them by then.
  await events(`${t.context.url}/_local/events`, 1);
  t.true(t.context.views.count <= seen + 3);
});

test("the script and the stylesheet are served; other files are not", async (t) => {
  const script = await fetch(`${t.context.url}/_local/assets/console.js`);
  t.regex(script.headers.get("content-type") ?? "", /javascript/);
  t.true((await script.text()).includes("/_local/events"));
  t.regex(await (await fetch(`${t.context.url}/_local/assets/console.css`)).text(), /prefers-color-scheme: dark/);
  t.is((await fetch(`${t.context.url}/_local/assets/%2e%2e%2fconsole.ts`)).status, 404);
});

test("another host name is refused (DNS rebinding)", async (t) => {
  const answer = await send(`${t.context.url}/_local`, "GET", { host: "evil.example:8080" });
  t.is(answer.status, 421);
  t.false(answer.text.includes("i-0a1b2c3d4e5f60718"));
});

test("an instance is killed by this page's form, by a program, and not by another site's form", async (t) => {
  const { url, done } = t.context;
  const kill = `${url}/_local/instances/i-1/kill`;
  const host = new URL(url).host;
  t.is((await send(kill, "POST", { origin: "https://evil.example" })).status, 403);
  t.is((await send(kill, "POST", { origin: "null" })).status, 403);
  t.is((await send(kill, "POST", { "sec-fetch-site": "cross-site" })).status, 403);
  t.deepEqual(done, []);
  const form = await send(kill, "POST", { origin: `http://${host}`, accept: "text/html" });
  t.deepEqual([form.status, form.location], [303, "/_local"]);
  t.is((await send(kill, "POST", {})).status, 200);
  t.deepEqual(done, ["kill i-1", "kill i-1"]);
  t.is((await fetch(kill)).status, 404, "a link does nothing");
});

test("an action that fails says why", async (t) => {
  const answer = await send(`${t.context.url}/_local/instances/i-9/kill`, "POST", {});
  t.is(answer.status, 500);
  t.deepEqual(JSON.parse(answer.text), { error: "no instance i-9" });
});

test("a group's desired capacity is set to whole numbers only", async (t) => {
  const url = `${t.context.url}/_local/groups/gas-local-web/desired`;
  t.is((await fetch(url, { method: "POST", body: "desired=-1" })).status, 400);
  t.is((await fetch(url, { method: "POST", body: "" })).status, 400);
  t.is((await fetch(url, { method: "POST", body: "desired=4" })).status, 200);
  t.deepEqual(t.context.done, ["gas-local-web = 4"]);
});

test("mail is listed newest first, and a message's own markup runs nowhere", async (t) => {
  const list = await (await fetch(`${t.context.url}/_local/mail`)).text();
  t.true(list.indexOf("trio.vcf is ready") < list.indexOf("notes.vcf failed"));
  const page = await (await fetch(`${t.context.url}/_local/mail/m-2`)).text();
  t.regex(page, /<iframe[^>]+sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  t.false(page.includes("<script>parent"));
  const message = await fetch(`${t.context.url}/_local/mail/m-2/html`);
  t.regex(message.headers.get("content-security-policy") ?? "", /^sandbox (?!.*allow-(scripts|same-origin))/);
  t.is((await fetch(`${t.context.url}/_local/mail/m-9`)).status, 404);
});

test("a log is shown as rows, as text, and followed line by line", async (t) => {
  const { url, logFile } = t.context;
  const line = (msg: string, rest = {}) =>
    `${JSON.stringify({ level: 30, time: 1_700_000_000_000, pid: 1, msg, ...rest })}\n`;
  await writeFile(logFile, `${line("listening", { port: 8080 })}plain <b>text</b>\n`);
  const path = `${url}/_local/logs/i-1/web`;
  const page = await (await fetch(path)).text();
  t.regex(page, /22:13:20\.000/);
  t.regex(page, /port=8080/);
  t.regex(page, /plain &lt;b>text/);
  t.is((await (await fetch(`${path}?raw`)).text()).split("\n").length, 3);

  const end = /data-end="(\d+)"/.exec(page)?.[1];
  const [batch] = await events(`${path}?follow&from=${end}`, 1, () => appendFile(logFile, line("request completed")));
  t.like(batch, [{ level: "info", message: "request completed" }]);
});

test("an unknown instance, or a log not yet written, is told", async (t) => {
  t.is((await fetch(`${t.context.url}/_local/logs/i-2/web`)).status, 404);
  t.is((await fetch(`${t.context.url}/_local/logs/i-1/web?raw`)).status, 404);
  t.regex(await (await fetch(`${t.context.url}/_local/logs/i-1/web`)).text(), /last 0 lines/);
  t.is((await fetch(`${t.context.url}/_local/logs/%E0%A4%A/web`)).status, 400);
});
