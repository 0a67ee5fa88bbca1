/**
 * What does the local run's balancer get through, with its health checks, headers and metrics, compared with http-proxy that does
 * nothing but pass on, and with nginx where that is installed? One process each, the same target, connections kept open.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { projectRoot } from "../components/bundle/bundle-file.ts";
import { freePort } from "../local/net/free-port.ts";
import { quietSdk } from "../plan/process/quiet-sdk.ts";
import { testEmulator } from "../test/support/emulator.ts";
import { declareFarm } from "../test/support/farm.ts";
import { runsSources } from "../test/support/runs-sources.ts";
import { endAll } from "./support/end-all.ts";
import { inTurn, median, ratio, writeReport } from "./support/report.ts";

const connections = 50;
const rounds = 7;
const seconds = 3;
const httpProxy = "http-proxy@1.18.1";

const here = (file: string) => fileURLToPath(new URL(`balancer/${file}`, import.meta.url));
const work = join(projectRoot, ".annofarm", "bench", "balancer");
const children: ChildProcess[] = [];

function start(command: string, args: readonly string[], env: Record<string, string | number> = {}): void {
  const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
  const child = spawn(command, [...args], {
    env: { PATH: process.env.PATH ?? "", ...quietSdk, ...variables },
    stdio: ["ignore", "ignore", "inherit"],
  });
  children.push(child);
}

async function answers(port: number): Promise<string> {
  const url = `http://127.0.0.1:${port}/`;
  for (let attempt = 0; attempt < 600; attempt++) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.status === 200) return url;
    await delay(100);
  }
  throw new Error(`nothing answered at ${url} within 60 s`);
}

/** Undefined: nginx is not installed. */
async function startNginx(targetPort: number): Promise<string | undefined> {
  if (spawnSync("nginx", ["-v"]).error !== undefined) return undefined;
  const port = await freePort();
  const file = join(work, "nginx.conf");
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${join(work, "nginx.pid")}; error_log stderr crit; events { worker_connections 1024; }
http { access_log off; upstream target { server 127.0.0.1:${targetPort}; keepalive 64; }
server { listen 127.0.0.1:${port}; keepalive_requests 1000000; location / { proxy_pass http://target; proxy_http_version 1.1;
proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } } }\n`,
  );
  start("nginx", ["-c", file, "-p", work]);
  return answers(port);
}

const latencies: Record<string, number[]> = {};

async function load(subject: string, url: string, duration: number): Promise<number> {
  const result = await autocannon({ url, connections, duration });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    throw new Error(`${subject}: ${result.non2xx} answers were not 2xx, ${result.errors} errors`);
  }
  latencies[subject] = [...(latencies[subject] ?? []), result.latency.p99];
  return result.requests.average;
}

const emulator = await testEmulator();
try {
  mkdirSync(work, { recursive: true });
  const module = join(work, "node_modules", "http-proxy");
  if (!existsSync(module)) {
    console.log(`installing ${httpProxy} for comparison`);
    execFileSync("npm", ["install", "--no-save", "--silent", "--prefix", work, httpProxy]);
  }
  const [TARGET_PORT, ours, peer] = [await freePort(), await freePort(), await freePort()];
  start(process.execPath, [here("target.cjs")], { PORT: TARGET_PORT });
  await answers(TARGET_PORT);
  const { loadBalancerArn: BALANCER } = await declareFarm(emulator, { name: "bench", size: 0 });
  const declared = { EMULATOR: emulator.endpoint, BALANCER };
  start(process.execPath, [...runsSources, here("ours.ts")], { PORT: ours, TARGET_PORT, ...declared });
  start(process.execPath, [here("http-proxy.cjs")], { PORT: peer, TARGET_PORT, HTTP_PROXY_MODULE: module });
  const nginx = await startNginx(TARGET_PORT);
  const urls: Record<string, string> = {
    ours: await answers(ours),
    httpProxy: await answers(peer),
    ...(nginx === undefined ? {} : { nginx }),
  };
  for (const [subject, url] of Object.entries(urls)) await load(subject, url, 3); // compiled and warm before anything counts
  for (const values of Object.values(latencies)) values.length = 0;
  const speeds = await inTurn(
    rounds,
    Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, () => load(name, url, seconds)])),
  );
  const of = (name: string) => ({ speed: speeds[name] ?? [], p99: latencies[name] ?? [] });
  console.table(
    Object.keys(urls).map((name) => ({
      subject: name,
      requestsPerSecond: Math.round(median(of(name).speed)),
      p99Milliseconds: median(of(name).p99),
    })),
  );
  const against = (name: string) => ({
    requestsPerSecond: ratio(of("ours").speed, of(name).speed),
    p99: ratio(of("ours").p99, of(name).p99),
  });
  const figures = {
    connections,
    bytes: 6_600,
    httpProxy: against("httpProxy"),
    nginx: nginx === undefined ? null : against("nginx"),
  };
  console.log(JSON.stringify(figures, null, 2));
  writeReport("balancer", figures, { rounds, seconds, httpProxy, speeds, p99: latencies });
} finally {
  await endAll(children);
  await emulator.stop();
}
