/** One load test of the whole service here: real processes under k6, their capacity declared. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LoadTestOptions } from "../../loadtest/measure/options.ts";
import { findTarget } from "../../loadtest/measure/record/target.ts";
import type { Report } from "../../loadtest/measure/report/report.ts";
import { runLoadTest } from "../../loadtest/measure/run.ts";
import { parseCapacity } from "../../local/capacity/parse.ts";
import { nextFreePort } from "../../local/net/free-port.ts";
import { type LocalService, startLocal } from "../../local/run/start.ts";
import { findPlaces } from "../../local/run/state/places.ts";
import type { Plan } from "../../plan/types.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

export interface LiveOptions {
  readonly speed: number;
  /** Where a free port is looked for. Services started at the same time look in places of their own. Omitted: 21080. */
  readonly port?: number;
  /** As `--instance-capacity` has it. */
  readonly capacity: string;
  readonly config: Readonly<Record<string, string>>;
  /** The same program under the same configuration, for the simulation. */
  readonly plan: Plan;
  readonly load: Pick<
    LoadTestOptions,
    "scenario" | "file" | "parameters" | "service" | "expectations" | "after" | "runs"
  >;
  /** Looks at the service after the load. */
  readonly look?: (service: LocalService, report: Report) => Promise<void>;
  readonly signal: AbortSignal;
}

const quiet = async <T>(_title: string, run: (evidence: () => void, progress: () => void) => Promise<T>): Promise<T> =>
  run(
    () => {},
    () => {},
  );

export async function runLive(options: LiveOptions): Promise<Report> {
  const { speed, capacity, config, plan, load, look } = options;
  const signal = AbortSignal.any([options.signal]); // a run's listeners go with it
  const stateDirectory = await mkdtemp(join(tmpdir(), "annofarm-live-"));
  const service = await startLocal({
    directory: project,
    stateDirectory,
    stack: "local",
    config,
    speed,
    port: await nextFreePort(options.port ?? 21_080),
    fresh: true,
    capacities: [parseCapacity(capacity)],
    step: quiet,
    signal,
    onProblem: (problem) => process.stderr.write(`\n  ! ${problem}\n`),
  });
  let done = false;
  try {
    const places = findPlaces(service.plan);
    const report = await runLoadTest({
      ...load,
      k6: undefined,
      target: await findTarget(service.url, stateDirectory),
      plan,
      region: "us-east-1",
      tables: places === undefined ? undefined : { users: places.usersTable, annotations: places.annotationsTable },
      token: undefined,
      seed: 1,
      files: { html: join(stateDirectory, "report.html"), json: join(stateDirectory, "report.json") },
      tell: (line) => process.stderr.isTTY && process.stderr.write(`\r${line.padEnd(79)}`),
      signal,
    });
    await look?.(service, report);
    done = true;
    return report;
  } finally {
    await service.stop();
    if (done) await rm(stateDirectory, { recursive: true, force: true });
    else process.stderr.write(`\n  the run's logs are kept in ${stateDirectory}/logs\n`);
  }
}
