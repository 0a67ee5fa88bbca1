/**
 * What does one process of the web service cost, compared with what else could serve its home page? The deployed bundle with all
 * its middleware (request log, security headers, static files, session check) against bare Express sending the same bytes, and
 * against Flask rendering a page of the same size under gunicorn, one worker each.
 *
 *     npm run bench -- home-page
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { packBundle, projectRoot } from "../components/bundle/bundle-file.ts";
import { freePort } from "../local/net/free-port.ts";
import { endAll } from "./support/end-all.ts";
import { peerPython } from "./support/peer-python.ts";
import { inTurn, median, ratio, writeReport } from "./support/report.ts";

const connections = 50;
const rounds = 5;
const seconds = 3;
/** Flask 3.1 and gunicorn with one threaded worker: unlike the sync worker, it keeps connections open as the others do. */
const packages = ["flask==3.1.3", "gunicorn==23.0.0"];
const workerOptions = ["--workers", "1", "--worker-class", "gthread", "--threads", "4"];

const here = fileURLToPath(new URL("home-page/", import.meta.url));
const work = join(projectRoot, ".annofarm", "bench");
const children: ChildProcess[] = [];

function start(command: string, args: readonly string[], env: Record<string, string>, cwd: string): void {
  const child = spawn(command, [...args], { cwd, env: { PATH: process.env.PATH ?? "", ...env }, stdio: "ignore" });
  child.once("error", (error) => console.error(`${command}: ${error.message}`));
  children.push(child);
}

async function answers(url: string): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const response = await fetch(url, { headers: { "accept-encoding": "identity" } }).catch(() => undefined);
    if (response?.status === 200) return response.text();
    await delay(50);
  }
  throw new Error(`nothing answered at ${url} within 10 s`);
}

/** The service as it is deployed: packed, unpacked, run by plain Node. */
async function startOurs(): Promise<string> {
  const assets = [
    ["static", "runtime/web/static"],
    ["browser", "runtime/web/browser"],
    ["static/pico.min.css", "node_modules/@picocss/pico/css/pico.min.css"],
  ].map(([to, from]) => [to, resolve(projectRoot, from as string)] as [string, string]);
  const { file } = packBundle("bench-web", join(here, "ours.ts"), assets);
  const home = join(work, "web");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", file, "-C", home]);
  const port = String(await freePort());
  start(process.execPath, ["main.mjs"], { PORT: port }, home);
  return `http://127.0.0.1:${port}/`;
}

async function startExpress(page: string): Promise<string> {
  const port = String(await freePort());
  const file = join(work, "home.html");
  writeFileSync(file, page);
  start(process.execPath, [join(here, "express.js")], { PORT: port, PAGE: file }, projectRoot);
  return `http://127.0.0.1:${port}/`;
}

async function startFlask(page: string): Promise<string> {
  const gunicorn = join(await peerPython("home-page", packages), "gunicorn");
  const templates = join(work, "templates");
  mkdirSync(templates, { recursive: true });
  const filled = page
    .replaceAll("Annotate your variants", "{{ title }}")
    .replace("150 KB", "{{ free }}")
    .replace("30 minutes", "{{ retention }}");
  writeFileSync(join(templates, "home.html"), filled);
  const port = await freePort();
  const options = [...workerOptions, "--keep-alive", "75", "--bind", `127.0.0.1:${port}`, "app:app"];
  start(gunicorn, options, { TEMPLATES: templates }, here);
  return `http://127.0.0.1:${port}/`;
}

type Subject = "ours" | "express" | "flask";
const latencies: Record<Subject, { p50: number[]; p99: number[] }> = {
  ours: { p50: [], p99: [] },
  express: { p50: [], p99: [] },
  flask: { p50: [], p99: [] },
};

async function load(subject: Subject, url: string, duration: number): Promise<number> {
  const result = await autocannon({ url, connections, duration });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    throw new Error(`${subject}: ${result.non2xx} answers were not 2xx, ${result.errors} errors`);
  }
  latencies[subject].p50.push(result.latency.p50);
  latencies[subject].p99.push(result.latency.p99);
  return result.requests.average;
}

try {
  mkdirSync(work, { recursive: true });
  const ours = await startOurs();
  const page = await answers(ours);
  const [express, flask] = [await startExpress(page), await startFlask(page)];
  const bytes: Record<Subject, number> = {
    ours: Buffer.byteLength(page),
    express: Buffer.byteLength(await answers(express)),
    flask: Buffer.byteLength(await answers(flask)),
  };
  const urls: Record<Subject, string> = { ours, express, flask };
  const subjects = Object.keys(urls) as Subject[];
  for (const subject of subjects) await load(subject, urls[subject], 2); // compiled and warm before anything counts
  for (const subject of subjects) for (const values of Object.values(latencies[subject])) values.length = 0;
  const speeds = await inTurn(rounds, {
    ours: () => load("ours", ours, seconds),
    express: () => load("express", express, seconds),
    flask: () => load("flask", flask, seconds),
  });

  const figures = subjects.map((subject) => ({
    subject,
    bytes: bytes[subject],
    requestsPerSecond: Math.round(median(speeds[subject])),
    p50Milliseconds: median(latencies[subject].p50),
    p99Milliseconds: median(latencies[subject].p99),
  }));
  console.table(figures);
  const against = (peer: Subject) => ({
    requestsPerSecond: ratio(speeds.ours, speeds[peer]),
    p50: ratio(latencies.ours.p50, latencies[peer].p50),
    p99: ratio(latencies.ours.p99, latencies[peer].p99),
  });
  const ratios = { express: against("express"), flask: against("flask") };
  for (const [peer, { requestsPerSecond: speed, p50, p99 }] of Object.entries(ratios)) {
    console.log(
      `ours against ${peer}: ${speed.median.toFixed(2)} times the requests/s (${speed.min.toFixed(2)} to ` +
        `${speed.max.toFixed(2)}), ${p50.median.toFixed(2)} times the median latency, ${p99.median.toFixed(2)} times p99`,
    );
  }
  const peer = ({ requestsPerSecond, p50 }: ReturnType<typeof against>) => ({ requestsPerSecond, latency: p50.median });
  writeReport(
    "home-page",
    { connections, bytes: bytes.ours, express: peer(ratios.express), flask: peer(ratios.flask) },
    { rounds, seconds, packages, workerOptions, figures, ratios },
  );
} finally {
  await endAll(children);
}
