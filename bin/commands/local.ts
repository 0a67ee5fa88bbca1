import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { RefreshRecord } from "../../local/aws/autoscaling/refresh-records.ts";
import type { LocalService } from "../../local/run/start.ts";
import { requireDirectory } from "../places.ts";
import { interrupted, untilAsked } from "../signals.ts";
import { type ProgramOptions, programOptions } from "./options.ts";

interface LocalCommandOptions extends ProgramOptions {
  readonly store?: "vault" | "s3";
  readonly speed: number;
  readonly port: number;
  readonly state?: string;
  readonly fresh?: true;
  readonly demo?: true;
  readonly engine?: true;
  readonly watch?: true;
  readonly instanceCapacity: readonly string[];
}

function numberBetween(min: number, max: number, whole: boolean) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(`Give ${whole ? "a whole number" : "a number"} from ${min} to ${max}.`);
    }
    return value;
  };
}

async function settingsOf(options: LocalCommandOptions, exactPort: boolean) {
  const directory = resolve(options.cwd);
  if (options.state !== undefined) requireDirectory(options.state);
  const emulatorUrl = process.env.AWS_ENDPOINT_URL;
  const { parseCapacity } = await import("../../local/capacity/parse.ts");
  return {
    directory,
    stateDirectory: resolve(options.state ?? join(directory, ".annofarm", "local")),
    stack: options.stack,
    config: { ...options.config, ...(options.store === undefined ? {} : { store: options.store }) },
    speed: options.speed,
    port: options.port,
    exactPort,
    fresh: options.fresh === true,
    engine: options.engine === true,
    capacities: options.instanceCapacity.map(parseCapacity),
    ...(emulatorUrl === undefined ? {} : { emulatorUrl }),
  };
}

/** What a refresh has come to, where that is worth a line. */
function refreshLine({ groupName, status, statusReason }: RefreshRecord): string | undefined {
  if (status === "InProgress") return `${groupName}: replacing its instances …`;
  if (status === "Baking") return `${groupName}: every instance runs the saved version, and bakes …`;
  if (status === "Successful") return `${groupName}: runs the saved version`;
  if (status === "RollbackInProgress")
    return `${groupName}: rolling back to the previous version: ${statusReason ?? "it failed"}`;
  if (status === "RollbackSuccessful") return `${groupName}: runs the previous version`;
  return /Failed$/.test(status) ? `${groupName}: ${statusReason ?? status}` : undefined;
}

async function watchProgram(service: LocalService, directory: string, write: (text: string) => void) {
  const [{ startWatch }, { noteLine, troubleLine }] = await Promise.all([
    import("../../local/run/watch.ts"),
    import("../../local/run/narrator.ts"),
  ]);
  const tell = (line: string) => write(noteLine(line));
  const problem = (line: string) => write(troubleLine(line));
  const { plan, redeploy } = service;
  const watch = startWatch({ directory, plan, redeploy, tell, problem });
  await watch.ready;
  tell("What you save is deployed, and rolled through the groups that run it (--watch).");
  return watch;
}

/** Where everything is, and who may sign in. @param seconds that the start has taken. */
async function welcomeText(service: LocalService, { speed }: LocalCommandOptions, seconds: number): Promise<string> {
  const { declaredServices } = await import("../../local/resources/declared.ts");
  const { capacityWords } = await import("../../local/capacity/words.ts");
  const people = declaredServices(service.plan).some(({ name }) => name === "web") ? service.identity.people() : [];
  const capacities = service.capacities.map((each) => `    ${each.group}: ${capacityWords(each)}`);
  const signIn = people.slice(0, 5).map((person) => `    ${person.name} <${person.email}>, ${person.plan}`);
  return [
    "",
    `  The service runs at   ${service.url}`,
    `  Console               ${service.consoleUrl}`,
    `  Ready after ${seconds.toFixed(0)} s. AWS's time runs ${speed} times as fast as yours.`,
    "",
    ...(capacities.length === 0 ? [] : ["  Declared capacity, in AWS's time", ...capacities, ""]),
    ...(signIn.length === 0 ? [] : ["  Sign in as", ...signIn, ""]),
    "  Ctrl-C stops everything; jobs and files are kept for the next start.",
    "",
  ].join("\n");
}

async function runLocal(options: LocalCommandOptions, command: Command): Promise<void> {
  if (options.watch && options.demo)
    throw new Error("--watch and --demo: the demo ends by itself; leave out one of them");
  const settings = await settingsOf(options, command.getOptionValueSource("port") === "cli");
  const { createNarrator, noteLine, troubleLine } = await import("../../local/run/narrator.ts");
  const write = (text: string) => void process.stdout.write(text);
  const live = process.stdout.isTTY === true;
  const { isMade } = await import("../../local/process/python/environment.ts");
  if (!isMade(join(settings.directory, ".annofarm"))) {
    write("  The first run downloads the emulators, about 60 MB of Python packages, which\n");
    write("  takes up to a minute. Later runs find them in .annofarm/venv.\n");
  }

  if (options.demo) {
    const { runDemo } = await import("../../local/demo/demo.ts");
    const asked = untilAsked();
    const stores = options.store === undefined ? (["s3", "vault"] as const) : [options.store];
    await runDemo({ ...settings, stores, write, live, interrupted: asked });
    return;
  }

  let savedAt = (): string | undefined => undefined;
  const asked = untilAsked((signal) => {
    const time = savedAt();
    const kept = time === undefined ? "" : `; jobs and files are kept as they were at ${time}`;
    return `annofarm: ${signal} again: stopped at once${kept}\n`;
  });
  const { startLocal } = await import("../../local/run/start.ts");
  const { step } = createNarrator({ write, live, numbered: false });
  const begun = Date.now();
  const abort = new AbortController();
  const starting = startLocal({
    ...settings,
    step,
    signal: abort.signal,
    onProblem: (problem) => write(troubleLine(problem)),
    onRefresh(refresh) {
      const line = options.watch ? refreshLine(refresh) : undefined;
      if (line !== undefined) write(noteLine(line));
    },
  });
  const first = await Promise.race([starting, asked]);
  if (typeof first === "string") {
    write(`\n${first}: stopping what has been started …\n`);
    abort.abort(new Error(`interrupted by ${first}`));
    const late = await starting.catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    });
    await late?.stop();
    write("  everything has stopped\n");
    process.exitCode = interrupted;
    return;
  }
  savedAt = () => first.savedAt();
  write(await welcomeText(first, options, (Date.now() - begun) / 1000));
  const watch = options.watch ? await watchProgram(first, settings.directory, write) : undefined;
  const signal = await Promise.race([asked, first.failed]).catch(async (error: unknown) => {
    await watch?.stop();
    await first.stop().catch(() => {}); // it may fail for the same reason, which is what is to be told
    const time = savedAt();
    const kept = time === undefined ? "" : ` (jobs and files are kept as they were at ${time})`;
    throw new Error(`${(error as Error).message}${kept}`, { cause: error });
  });
  write(`\n${signal}: stopping …\n`);
  await watch?.stop();
  await first.stop();
  write("  everything has stopped\n");
}

export function localCommand(): Command {
  const command = new Command("local")
    .summary("run the declared service on this machine")
    .description(
      "Runs everything that the program declares on this machine: an AWS emulator, the load balancer, every instance as\n" +
        "processes, sign-in, payments and mail. Needs Node and Python, no AWS account.",
    )
    .option("--demo", "walk through the main journey with real data, print each step, and exit")
    .addOption(new Option("--store <kind>", "cold storage: a Glacier vault, or S3 Glacier").choices(["vault", "s3"]))
    .addOption(
      new Option("--speed <factor>", "seconds of AWS's time (restores, alarms, cooldowns) per real second")
        .default(60)
        .argParser(numberBetween(0.1, 10_000, false)),
    )
    .addOption(
      new Option("--port <number>", "port of the balancer; without it, the next free one from 8080 on")
        .default(8080)
        .argParser(numberBetween(1, 65_535, true)),
    )
    .addOption(
      new Option(
        "--instance-capacity <name=value>",
        "capacity of an instance in AWS's time: web=4.9rps, annotator=60s (repeatable)",
      )
        .default([], "as fast as it can")
        .argParser((text: string, before: readonly string[]) => [...before, text]),
    )
    .option("--engine", "deploy through Pulumi's own engine: a real stack whose state is kept (see annofarm tools)")
    .option("--watch", "deploy each saved change, and roll it through the running groups")
    .option("--fresh", "forget users, jobs and files of earlier runs")
    .option("--state <directory>", "where users, jobs and files are kept (default: .annofarm/local)")
    .addHelpText(
      "after",
      "\nExamples:\n  npm start\n  npm start -- --demo\n  npm start -- --watch\n  npm start -- --store vault --speed 600 --fresh\n" +
        "  npm start -- -c retention='1 minute' -c webMax=3\n\n" +
        "AWS_ENDPOINT_URL, when set, names an emulator that runs already and is used\ninstead of moto.",
    )
    .action(runLocal);
  for (const option of programOptions("local")) command.addOption(option);
  return command;
}
