/**
 * How many AWS calls does a job take, and how many more one whose result goes to cold storage? Counted at the gateway, which every
 * call passes, on the declared service: jobs of a premium user, then as many of a free user until all of them are archived, with each
 * store. What runs without any job (polls of empty queues, the drain check) is counted over a quiet time first and told apart.
 *
 *     npm run bench -- aws-calls
 *     node --import ./plan/program/source/register.js bench/aws-calls.ts [jobs]
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ConsoleView } from "../local/console/view.ts";
import { until } from "../local/demo/until.ts";
import type { GatewayCall } from "../local/types.ts";
import type { Role } from "../runtime/contract/user.ts";
import { startTestService, type TestService } from "../test/support/local-service.ts";
import { apiUser, submitSample } from "./support/api-user.ts";
import { writeReport } from "./support/report.ts";

const jobs = Number(process.argv[2] ?? 20);
if (!Number.isInteger(jobs) || jobs < 1 || jobs > 200) throw new Error(`jobs: ${process.argv[2]} is not 1 to 200`);
const quietMilliseconds = 20_000;

/** Calls that are made whether or not there is anything to do. */
const isWatch = ({ service, action }: GatewayCall) =>
  (service === "sqs" && action === "ReceiveMessage") || (service === "dynamodb" && action === "Query");

type Counts = Record<string, number>;

interface Recorder {
  /** What has been counted since the last call of it, and over how many seconds. */
  take(): { readonly counts: Counts; readonly watch: number; readonly seconds: number };
}

function record(service: TestService): Recorder {
  let counts: Counts = {};
  let watch = 0;
  let since = performance.now();
  service.gateway.onCall((call) => {
    if (call.caller === "administrator") return;
    const name = `${call.service}:${call.action}`;
    if (isWatch(call)) watch += 1;
    else counts[name] = (counts[name] ?? 0) + 1;
  });
  return {
    take() {
      const taken = { counts, watch, seconds: (performance.now() - since) / 1000 };
      [counts, watch, since] = [{}, 0, performance.now()];
      return taken;
    },
  };
}

async function submitAll(service: TestService, role: Role, name: string): Promise<string[]> {
  const token = await apiUser(service, role);
  const ids: string[] = [];
  for (let n = 0; n < jobs; n += 1) {
    ids.push(await submitSample(service.url, token, `${name}-${n}.vcf`));
    process.stderr.write(`\r${name}: ${n + 1} of ${jobs} submitted`.padEnd(79));
  }
  return ids;
}

/** Everything is done when each job has the wanted state, its mail has gone, and no message is left in any queue. */
async function untilSettled(service: TestService, ids: readonly string[], state: "AVAILABLE" | "ARCHIVED") {
  await until(`${ids.length} jobs to be ${state} and told of`, async (seen) => {
    const found = await Promise.all(ids.map((id) => service.backstage.job(id)));
    const ready = found.filter((job) => job.result_state === state).length;
    const told = ids.filter((id) => service.gateway.mails().some(({ text }) => text.includes(id))).length;
    seen(`${ready} ${state}, ${told} told of`);
    process.stderr.write(`\r${ready} of ${ids.length} ${state}, ${told} mails`.padEnd(79));
    return (ready === ids.length && told === ids.length) || undefined;
  });
  await until("every queue to be empty", async (seen) => {
    const view = (await (await fetch(`${service.consoleUrl}/view.json`)).json()) as ConsoleView;
    const left = view.queues.reduce((total, queue) => total + queue.visible + queue.inFlight, 0);
    seen(`${left} messages`);
    return left === 0 || undefined;
  });
}

const perJob = (counts: Counts, quietPerSecond: Counts, seconds: number): Counts =>
  Object.fromEntries(
    Object.entries(counts)
      .map(
        ([name, count]) => [name, Number(((count - (quietPerSecond[name] ?? 0) * seconds) / jobs).toFixed(1))] as const,
      )
      .filter(([, count]) => count >= 0.1)
      .sort(([, a], [, b]) => b - a),
  );
const sum = (counts: Counts) =>
  Number(
    Object.values(counts)
      .reduce((total, count) => total + count, 0)
      .toFixed(1),
  );

async function measure(store: "s3" | "vault") {
  const service = await startTestService(18_900, { store, retention: "8 seconds" });
  try {
    const recorder = record(service);
    await delay(1_000);
    recorder.take();
    await delay(quietMilliseconds);
    const quiet = recorder.take();
    const quietPerSecond = Object.fromEntries(
      Object.entries(quiet.counts).map(([name, count]) => [name, count / quiet.seconds]),
    );
    const measured = async (plan: "free_user" | "premium_user", state: "AVAILABLE" | "ARCHIVED") => {
      recorder.take();
      await untilSettled(service, await submitAll(service, plan, `${store}-${plan}`), state);
      const { counts, seconds } = recorder.take();
      return perJob(counts, quietPerSecond, seconds);
    };
    const annotated = await measured("premium_user", "AVAILABLE");
    const archived = await measured("free_user", "ARCHIVED");
    return {
      watchingPerMinute: Number(((60 * (quiet.watch + sum(quiet.counts))) / quiet.seconds).toFixed(0)),
      perJob: sum(annotated),
      perArchivedJob: sum(archived),
      /** An archived job's calls over those of a job that stays. */
      ratio: Number((sum(archived) / sum(annotated)).toFixed(2)),
      calls: { annotated, archived },
    };
  } finally {
    await service.stop();
  }
}

const results = { s3: await measure("s3"), vault: await measure("vault") };
process.stderr.write(`\r${" ".repeat(79)}\r`);
for (const [store, { calls, ...figures }] of Object.entries(results)) {
  const names = [...new Set([...Object.keys(calls.annotated), ...Object.keys(calls.archived)])];
  console.log(`store ${store}: ${JSON.stringify(figures)}`);
  console.table(
    Object.fromEntries(
      names.map((name) => [
        name,
        { "per job": calls.annotated[name] ?? 0, "per archived job": calls.archived[name] ?? 0 },
      ]),
    ),
  );
}
const figuresOf = ({ calls, ...figures }: (typeof results)["s3"]) => ({
  ...figures,
  getItemShare: (calls.annotated["dynamodb:GetItem"] ?? 0) / figures.perJob,
});
writeReport("aws-calls", { jobs, s3: figuresOf(results.s3), vault: figuresOf(results.vault) }, { jobs, ...results });
