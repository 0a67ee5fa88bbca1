import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Clients, DeployedGroup } from "../../operate/roll/deployed.ts";
import type { Outcome } from "../../operate/roll/progress.ts";
import type { Turn } from "../../operate/roll/roll.ts";
import { interrupted, untilAsked } from "../signals.ts";
import { type ProgramOptions, programOptions, wholeNumber } from "./options.ts";

interface RollCommandOptions extends ProgramOptions {
  readonly group: readonly string[];
  readonly follow?: true;
  readonly back?: true;
  readonly cancel?: true;
  readonly status?: true;
  readonly local?: true;
  readonly to?: string;
  readonly bake: number;
  readonly maxHealthy: number;
  readonly alarms: boolean;
}

/** The worst of several is the command's. */
const exitCodes: Readonly<Record<Outcome, number>> = { rolled: 0, "went back": 2, cancelled: 1, failed: 1 };

const lookMilliseconds = { aws: 5_000, local: 200 };

const write = (text: string) => void process.stdout.write(`${text}\n`);

/** This machine's service answers under a profile, as it does to the AWS CLI. @throws {Error} when none runs here. */
function leadToLocal(directory: string): void {
  const file = join(directory, ".annofarm", "local", "aws.config");
  if (!existsSync(file)) throw new Error(`${file} is not there: start the service with npm start first`);
  Object.assign(process.env, { AWS_CONFIG_FILE: file, AWS_PROFILE: "annofarm" });
}

/** A line of each group begins with its name, and with the time: a roll takes minutes. */
function teller(groups: readonly DeployedGroup[]) {
  const width = Math.max(...groups.map(({ name }) => name.length));
  return (name: string) => (line: string) =>
    write(`${new Date().toTimeString().slice(0, 8)}  ${name.padEnd(width)}  ${line}`);
}

/** How to go on with what was left, for this stack. */
function later({ stack, group, local }: RollCommandOptions): string {
  const named = [...(local ? ["--local"] : [`-s ${stack}`]), ...group.map((each) => `--group ${each}`)].join(" ");
  const commands = ["--follow    see it through", "--back      go back", "--cancel    stop where it is"];
  return commands.map((each) => `  npx annofarm roll ${named} ${each}`).join("\n");
}

type Started = readonly { readonly name: string; readonly id: string }[];

/** Follows all of them to their ends, unless the user does not want to wait. */
async function followAll(
  clients: Clients,
  started: Started,
  tell: ReturnType<typeof teller>,
  options: RollCommandOptions,
): Promise<void> {
  const { follow } = await import("../../operate/roll/progress.ts");
  const abort = new AbortController();
  const milliseconds = options.local ? lookMilliseconds.local : lookMilliseconds.aws;
  const ends = Promise.all(
    started.map(({ name, id }) => follow(clients, name, id, { milliseconds, tell: tell(name), signal: abort.signal })),
  );
  const first = await Promise.race([ends, untilAsked()]);
  if (typeof first === "string") {
    abort.abort(new Error(first));
    await ends.catch(() => {});
    write(`\n${first}: the roll goes on without being followed.\n${later(options)}`);
    process.exitCode = interrupted;
    return;
  }
  // A failure outweighs a rollback, which has a sound version running.
  const codes = first.map((outcome) => exitCodes[outcome]);
  process.exitCode = codes.includes(1) ? 1 : Math.max(0, ...codes);
}

async function showStatus(clients: Clients, groups: readonly DeployedGroup[]): Promise<void> {
  const { latestRefresh, progressLine } = await import("../../operate/roll/progress.ts");
  const width = Math.max(...groups.map(({ name }) => name.length));
  for (const { name, launches, newest, runs, asDeclared } of groups) {
    const running = [...new Set(runs)].map(
      (version) => `${runs.filter((each) => each === version).length} of version ${version}`,
    );
    const waits = newest === launches && asDeclared ? "" : `; version ${newest} waits to be rolled`;
    write(`${name.padEnd(width)}  launches version ${launches}, runs ${running.join(", ") || "no instance"}${waits}`);
    const refresh = await latestRefresh(clients, name);
    if (refresh !== undefined) write(`${" ".repeat(width)}  last roll: ${progressLine(refresh)}`);
  }
}

async function startAll(clients: Clients, groups: readonly DeployedGroup[], options: RollCommandOptions) {
  const { isDone, prepareRoll, startRoll } = await import("../../operate/roll/roll.ts");
  const how = {
    bakeMinutes: options.bake,
    maxHealthyPercentage: options.maxHealthy,
    alarms: options.alarms,
    ...(options.to === undefined ? {} : { to: options.to }),
  };
  const tell = teller(groups);
  // All are looked at before the first begins: half of a stack rolled because of a wrong alarm would help nobody.
  const rolls = await Promise.all(groups.map((group) => prepareRoll(clients, group, how)));
  const started: { name: string; id: string }[] = [];
  for (const roll of rolls) {
    const { name, launches } = roll.group;
    if (isDone(roll)) {
      tell(name)(`runs version ${roll.version} already`);
      continue;
    }
    started.push({ name, id: await startRoll(clients, roll, how) });
    const ends = roll.alarms.length === 0 ? "no alarm can end it" : `ended by ${roll.alarms.join(", ")}`;
    tell(name)(`from version ${launches} to version ${roll.version}, ${ends}`);
  }
  return started;
}

/** Those whose roll is under way; with none, how the last one ended. */
async function underWay(clients: Clients, groups: readonly DeployedGroup[]): Promise<Started> {
  const { isUnderWay, latestRefresh } = await import("../../operate/roll/progress.ts");
  const found = await Promise.all(
    groups.map(async ({ name }) => ({ name, latest: await latestRefresh(clients, name) })),
  );
  return found.flatMap(({ name, latest }) =>
    latest?.InstanceRefreshId !== undefined && isUnderWay(latest) ? { name, id: latest.InstanceRefreshId } : [],
  );
}

async function turnAll(clients: Clients, groups: readonly DeployedGroup[], how: Turn): Promise<Started> {
  const { turn } = await import("../../operate/roll/roll.ts");
  const started = await underWay(clients, groups);
  // Without any, the first says what to do instead.
  const names = started.length > 0 ? started.map(({ name }) => name) : groups.slice(0, 1).map(({ name }) => name);
  return Promise.all(names.map(async (name) => ({ name, id: await turn(clients, name, how) })));
}

async function begin(
  clients: Clients,
  groups: readonly DeployedGroup[],
  options: RollCommandOptions,
): Promise<Started> {
  if (options.back || options.cancel) return turnAll(clients, groups, options.back ? "back" : "cancel");
  const going = options.follow && options.to === undefined ? await underWay(clients, groups) : [];
  return going.length > 0 ? going : startAll(clients, groups, options);
}

async function runRoll(given: RollCommandOptions, command: Command): Promise<void> {
  const named = command.getOptionValueSource("stack") !== "default";
  const options = { ...given, stack: given.local && !named ? "local" : given.stack };
  if (!named) process.stderr.write(`Stack ${options.stack}; -s names another.\n`);
  if (options.to !== undefined && options.group.length !== 1) {
    throw new Error("--to names a version of one group's launch template; name the group with --group");
  }
  const directory = resolve(options.cwd);
  if (options.local) leadToLocal(directory);
  const [{ defaultRegion, readPlan }, { chosenGroups, declaredGroups }, { lookAt, openClients }] = await Promise.all([
    import("../../plan/plan.ts"),
    import("../../operate/roll/declared.ts"),
    import("../../operate/roll/deployed.ts"),
  ]);
  const plan = await readPlan({ directory, stack: options.stack, config: options.config });
  const chosen = chosenGroups(declaredGroups(plan), options.group, options.stack);
  const clients = openClients(plan.config["aws:region"] ?? defaultRegion);
  try {
    const groups = await Promise.all(chosen.map((group) => lookAt(clients, group)));
    if (options.status) return await showStatus(clients, groups);
    const started = await begin(clients, groups, options);
    if (started.length === 0) return;
    if (options.follow) await followAll(clients, started, teller(groups), options);
    else write(`It goes on by itself.\n${later(options)}`);
  } finally {
    clients.close();
  }
}

function version(text: string): string {
  if (/^[1-9]\d*$/.test(text)) return text;
  throw new InvalidArgumentError("Give the number of a version.");
}

const description =
  "Brings the newest version of each group's launch template to its instances, by an instance refresh that goes back by itself\n" +
  "when the new instances do not become healthy or one of the group's alarms rings. Replacements are launched first. What pulumi\n" +
  "up has made waits for this where rolls: byCommand is set, as it is unless the stack says otherwise.\n" +
  "Exit code 0: done, 2: it went back, 1: it failed or was cancelled. Ctrl-C ends the following; the roll goes on.";

export function rollCommand(): Command {
  const command = new Command("roll")
    .summary("roll the newest version through the running groups, and back if it does not do")
    .description(description)
    .addOption(
      new Option("--group <name>", "a group of the stack, such as web; may be repeated")
        .default([], "every group")
        .argParser((text: string, before: readonly string[]) => [...before, text]),
    )
    .option("--follow", "print each change until the end; of a roll that is under way, from now on")
    .option("--status", "print what each group runs and what waits to be rolled; changes nothing")
    .addOption(new Option("--back", "turn round the roll that is under way").conflicts(["cancel", "to", "status"]))
    .addOption(new Option("--cancel", "stop the roll that is under way where it is").conflicts(["to", "status"]))
    .addOption(new Option("--to <version>", "this version instead of the newest; needs --group").argParser(version))
    .addOption(
      new Option("--bake <minutes>", "how long the alarms are listened to at the end")
        .default(5)
        .argParser(wholeNumber(0, 2_880)),
    )
    .addOption(
      new Option("--max-healthy <percent>", "instances alive at a time, of the desired capacity")
        .default(125)
        .argParser(wholeNumber(100, 200)),
    )
    .option("--no-alarms", "no alarm can end the roll")
    .option("--local", "the service that npm start runs on this machine")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm roll -s dev --follow\n  annofarm roll -s dev --group web --bake 30\n  annofarm roll -s dev --status\n" +
        "  annofarm roll -s dev --back\n  annofarm roll -s dev --group web --to 7\n  annofarm roll --local --follow",
    )
    .action(runRoll);
  for (const option of programOptions("dev")) command.addOption(option);
  return command;
}
