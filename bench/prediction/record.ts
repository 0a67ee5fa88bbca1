/**
 * Records what `annofarm backtest` reads: one load of shapes.ts is run live under one policy, and exported by the script of
 * `annofarm backtest --how`, with the AWS CLI, from this machine's own AWS. test/data/backtest/ was made by it.
 *
 *     node --import ./plan/program/source/register.js bench/prediction/record.ts DIRECTORY [--policy recommended] [--shape a-class-arrives] [--speed 20]
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { exportScript } from "../../loadtest/measure/backtest/how.ts";
import type { Report } from "../../loadtest/measure/report/report.ts";
import { writeProfile } from "../../local/run/profile.ts";
import type { LocalService } from "../../local/run/start.ts";
import { defaultRegion, readPlan } from "../../plan/plan.ts";
import type { PolicyName } from "../figures/records.ts";
import { runLive } from "../support/live.ts";
import { capacity, loadOf, policies, project, size, slug } from "./runs.ts";
import { byNumber } from "./shapes.ts";

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    policy: { type: "string", default: "recommended" },
    shape: { type: "string", default: "a-class-arrives" },
    speed: { type: "string", default: "20" },
  },
});
const [directory] = positionals;
const policy = Object.keys(policies).find((name): name is PolicyName => name === asked.policy);
const number = byNumber.findIndex(({ name }) => slug(name) === asked.shape);
if (directory === undefined || policy === undefined || number < 0) {
  throw new RangeError(
    `give a directory, --policy of ${Object.keys(policies).join(", ")} and --shape of ${byNumber.map(({ name }) => slug(name)).join(", ")}`,
  );
}
const speed = Number(asked.speed);
const config = { ...size, ...policies[policy] };
const plan = await readPlan({ directory: project, stack: "local", config });
/** Minutes to look on after the load, at most. */
const after = 15;

/** Runs the script with the profile of this run's administrator. */
async function exportFrom({ clock, gateway }: LocalService, { begun, group }: Report): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), "annofarm-record-"));
  try {
    writeProfile(place, plan.config["aws:region"] ?? defaultRegion, gateway);
    const file = join(place, "export.sh");
    writeFileSync(file, exportScript);
    const wholeMinute = (time: number) => new Date(Math.floor(time / 60_000) * 60_000).toISOString();
    const env = { ...process.env, AWS_CONFIG_FILE: join(place, "aws.config"), AWS_PROFILE: "annofarm" };
    const [from, to] = [wholeMinute(Date.parse(begun)), wholeMinute(clock.now())];
    await promisify(execFile)("sh", [file, group, from, to, directory as string], { env });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const load = loadOf(number, after);
const { measured, loadMinutes } = await runLive({
  speed,
  capacity,
  config,
  plan,
  load,
  look: exportFrom,
  signal: new AbortController().signal,
});
console.log(`${measured.minutes} minutes, ${loadMinutes} of them with load, exported to ${directory}`);
