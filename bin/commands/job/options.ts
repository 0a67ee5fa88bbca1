/** What the commands of `annofarm job` share: options, arguments, how they end. */
import { Argument, type Command, type CommanderError, InvalidArgumentError, Option } from "commander";
import { durationOf } from "../../../scaling/simulate/scenario/units.ts";
import type { Api, ApiJob } from "../../job/api.ts";
import { exitCodes, JobFailure } from "../../job/failure.ts";
import type { Progress } from "../../job/progress.ts";
import { originOf } from "../../job/settings.ts";

export interface ServiceOptions {
  readonly url?: string;
  readonly settings?: string;
  readonly json?: true;
}

export interface WaitingOptions {
  readonly wait?: true;
  readonly timeout?: number;
}

/** Turns an error about a value into commander's, which names the option. */
export const parsedBy =
  <Value>(read: (text: string) => Value) =>
  (text: string): Value => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError(`${(error as Error).message}.`);
    }
  };

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const jobArgument = (): Argument => new Argument("<job>", "id of the job, as submit and list print it");

/** @throws {JobFailure} before anything is asked of the service. */
export function requireJobId(text: string): void {
  if (!uuid.test(text)) throw new JobFailure("use", `"${text}" is no job id; annofarm job list shows yours`);
}

/** Adds `--wait`, which does what the words say, and `--timeout`. */
export const waitingCommand = (command: Command, wait: string): Command =>
  command.addOption(new Option("--wait", wait)).addOption(timeoutOption());

const timeoutOption = (): Option =>
  new Option("--timeout <time>", "with --wait: give up waiting after it, such as '30 min'; the job goes on").argParser(
    parsedBy((text) => {
      const seconds = durationOf(text);
      if (seconds !== undefined && seconds > 0) return seconds;
      throw new Error(`"${text}" is no length of time; give one such as '30 min'`);
    }),
  );

/** Adds what every command takes, and ends wrong use with its own exit status. */
export function serviceCommand(command: Command): Command {
  return command
    .addOption(
      new Option("--url <origin>", "the service, such as https://gas.example.org (default: ANNOFARM_URL)").argParser(
        parsedBy(originOf),
      ),
    )
    .option("--settings <file>", "JSON file with url and token (default: ANNOFARM_SETTINGS)")
    .option("--json", "print what the service answers, as JSON")
    .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : exitCodes.use));
}

export interface Session {
  readonly api: Api;
  readonly progress: Progress;
}

export async function openSession({ url, settings }: ServiceOptions): Promise<Session> {
  const [{ openApi }, { createProgress }, { realPause }, { readSettings }] = await Promise.all([
    import("../../job/api.ts"),
    import("../../job/progress.ts"),
    import("../../job/retries.ts"),
    import("../../job/settings.ts"),
  ]);
  const progress = createProgress(process.stderr);
  const tell = (text: string) => progress.say(`annofarm: ${text}`);
  return {
    api: openApi(await readSettings({ url, settings, env: process.env }), { pause: realPause, tell }),
    progress,
  };
}

export const printJson = (value: unknown): void =>
  void process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);

/** Standard output is for the next program: the job's id, or its JSON. */
export function printJob(job: ApiJob, { json }: ServiceOptions): void {
  if (json) printJson(job);
  else process.stdout.write(`${job.job_id}\n`);
}

/** The job as it is, or with `--wait` once it has come so far; then its ending is told. */
export async function lookAt(
  { api, progress }: Session,
  id: string,
  isFarEnough: (job: ApiJob) => boolean,
  options: WaitingOptions,
): Promise<ApiJob> {
  const [{ jobPath }, { untilJob }] = await Promise.all([import("../../job/api.ts"), import("../../job/wait.ts")]);
  if (!options.wait) return api.job({ method: "GET", path: jobPath(id) });
  const job = await untilJob(api, id, isFarEnough, progress, options);
  await reportEnding(job, progress);
  return job;
}

/** A job that was waited for: how it ended, in words and as exit status. */
export async function reportEnding(job: ApiJob, progress: Progress): Promise<void> {
  const { stateInWords } = await import("../../job/words.ts");
  const { countsInWords } = await import("../../../runtime/contract/findings.ts");
  const counts = countsInWords(job);
  progress.say(`${job.job_id} ${stateInWords(job)}${counts === undefined ? "" : `; ${counts}`}`);
  if (job.job_status !== "COMPLETED" || job.verdict === "unannotated") process.exitCode = exitCodes.ended;
}
