import { join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Emulation } from "../../local/run/emulate.ts";
import { requireDirectory } from "../places.ts";
import { interrupted, untilAsked } from "../signals.ts";
import { wholeNumber } from "./options.ts";

interface EmulateOptions {
  readonly port: number;
  readonly region: string;
  readonly state?: string;
  readonly scaling?: boolean;
}

function regionName(text: string): string {
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) return text;
  throw new InvalidArgumentError(`${text} is not an AWS region; give one such as us-east-1.`);
}

const write = (text: string) => void process.stdout.write(text);

/** A path as it is shortest to type from here. */
function typed(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith("..") ? path : below;
}

function whatToSet({ endpoint, region, accountId, files }: Emulation): string {
  return [
    "",
    `  An AWS account runs at  ${endpoint}`,
    `  Account and region      ${accountId}, ${region}`,
    "",
    "  For commands, SDKs and Pulumi's engine (with a file:// backend) in a shell:",
    `    . ${typed(files.shell)}`,
    "  For the AWS CLI alone:",
    `    export AWS_PROFILE=annofarm AWS_CONFIG_FILE=${typed(files.profile)}`,
    "  For a course:",
    `    annofarm course up --local${files.json === resolve(".annofarm/emulate.json") ? "" : ` ${typed(files.json)}`}`,
    "",
    "  Calls are checked against the policies in the account. Instances are listed",
    "  but do not run. Ctrl-C ends the account and deletes everything in it.",
    "",
  ].join("\n");
}

async function runEmulate(options: EmulateOptions, command: Command): Promise<void> {
  const state = resolve(options.state ?? ".annofarm");
  requireDirectory(state);
  const [{ startEmulation }, { createNarrator }] = await Promise.all([
    import("../../local/run/emulate.ts"),
    import("../../local/run/narrator.ts"),
  ]);
  const asked = untilAsked();
  const abort = new AbortController();
  const { step } = createNarrator({ write, live: process.stdout.isTTY === true, numbered: false });
  const starting = startEmulation({
    tools: resolve(join(process.cwd(), ".annofarm")),
    stateDirectory: state,
    port: options.port,
    exactPort: command.getOptionValueSource("port") === "cli",
    region: options.region,
    scaling: options.scaling === true,
    step,
    signal: abort.signal,
    onProblem: (problem) => write(`  ! ${problem}\n`),
  });
  const first = await Promise.race([starting, asked]);
  if (typeof first === "string") {
    abort.abort();
    await starting.then((late) => late.stop()).catch(() => {});
    process.exitCode = interrupted;
    return;
  }
  write(whatToSet(first));
  try {
    write(`\n${await Promise.race([asked, first.failed])}: stopping …\n`);
  } finally {
    await first.stop();
  }
}

export function emulateCommand(): Command {
  return new Command("emulate")
    .summary("keep an AWS account running on this machine")
    .description(
      "Runs the AWS emulator and the gateway that checks calls against the policies in the account, until Ctrl-C. Instances are listed\n" +
        "but do not run. Writes .annofarm/emulate.json and .annofarm/emulate.env: the environment with which commands, SDKs and\n" +
        "any use of Pulumi's engine work in this account. It forgets everything when it ends.",
    )
    .addOption(
      new Option("--port <number>", "port of AWS's APIs; without it, the next free one from 4566 on")
        .default(4566)
        .argParser(wholeNumber(1, 65_535)),
    )
    .addOption(new Option("--region <name>", "the account's region").default("us-east-1").argParser(regionName))
    .option("--state <directory>", "where the files are written (default: .annofarm)")
    .option("--scaling", "groups, policies and alarms that are made by call act, on instances that run nothing")
    .addHelpText("after", "\nExamples:\n  annofarm emulate\n  annofarm emulate --port 5000 --region eu-central-1")
    .action(runEmulate);
}
