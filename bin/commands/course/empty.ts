import { setTimeout as delay } from "node:timers/promises";
import { Command, Option } from "commander";
import type { Sought } from "../../../course/emptiness/belonging.ts";
import type { Proof } from "../../../course/emptiness/prove.ts";
import type { Swept } from "../../../course/emptiness/sweep.ts";
import { oneOf, ownerPattern, regionPattern, severalOf } from "../../course/parse.ts";

interface EmptyOptions {
  readonly course: string;
  readonly owner?: readonly string[];
  readonly only?: readonly string[];
  readonly project?: string;
  readonly domain?: readonly string[];
  readonly regions?: readonly string[];
  readonly sweep?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** What is looked for, and in words. */
interface Aim {
  readonly sought: Sought;
  readonly whose: string;
  /** Region of the stacks, as the course file has it. */
  readonly home?: string;
}

function aimAtOwners(owners: readonly string[], { project, domain = [] }: EmptyOptions): Aim {
  const sought = { owners, domains: domain, ...(project === undefined ? {} : { project }) };
  return { sought, whose: owners.length === 1 ? `stack ${owners[0]}` : `stacks ${owners.join(", ")}` };
}

/** Stacks of the course file's course; of all of them, also those that the roster has no more. */
async function aimAtCourse(options: EmptyOptions): Promise<Aim> {
  const [{ readCourse }, { isStackOf }] = await Promise.all([
    import("../../../course/course-file/read.ts"),
    import("../../../course/emptiness/belonging.ts"),
  ]);
  const { course, domain, region: home } = await readCourse(options.course);
  const domains = [...(options.domain ?? []), ...(domain === undefined ? [] : [domain])];
  if (options.only === undefined) {
    const project = options.project === undefined ? {} : { project: options.project };
    return { sought: { owners: [], course, domains, ...project }, whose: `course ${course}`, home };
  }
  const owners = options.only.map((word) => (word.startsWith(`${course}-`) ? word : `${course}-${word}`));
  const wrong = owners.find((owner) => !isStackOf(course, owner));
  if (wrong !== undefined) {
    throw new Error(
      `--only ${wrong.slice(course.length + 1)}: no stack of course ${course} can have this name; annofarm course roster shows them ` +
        `(${course}- and a pseudonym such as sk7m2qa)`,
    );
  }
  return { ...aimAtOwners(owners, { ...options, domain: domains }), home };
}

/** Narrates on standard error: one line that is written over on a terminal, lines of their own elsewhere for what was removed. */
function narrator() {
  const live = process.stderr.isTTY === true;
  const clear = () => {
    if (live) process.stderr.write("\r\u001b[2K");
  };
  return {
    clear,
    show(text: string) {
      clear();
      if (live) process.stderr.write(text.slice(0, (process.stderr.columns ?? 80) - 1));
    },
    line(text: string) {
      clear();
      process.stderr.write(`${text}\n`);
    },
  };
}

const keptOf = (swept: readonly Swept[]) =>
  swept.flatMap(({ leftover, kept }) =>
    kept === undefined ? [] : [{ kind: leftover.kind, region: leftover.region, name: leftover.name, why: kept }],
  );

async function runEmpty(options: EmptyOptions): Promise<void> {
  const [{ openAws }, { proveEmpty, sweepAway }, { isEmpty }, { reportOf }] = await Promise.all([
    import("../../../course/emptiness/aws.ts"),
    import("../../../course/emptiness/empty.ts"),
    import("../../../course/emptiness/prove.ts"),
    import("../../../course/emptiness/report.ts"),
  ]);
  const { sought, whose, home } = await (options.owner === undefined
    ? aimAtCourse(options)
    : aimAtOwners(options.owner, options));
  const narrate = narrator();
  const aws = await openAws(process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? home ?? "us-east-1");
  try {
    const regions = options.regions === undefined ? {} : { regions: options.regions };
    const look = { aws, sought, ...regions, ...(home === undefined ? {} : { home }), onProgress: narrate.show };
    let proof = await proveEmpty(look);
    let swept: readonly Swept[] = [];
    narrate.clear();
    if (options.sweep && proof.leftovers.length > 0) {
      if (!options.json) process.stdout.write(reportOf(proof, whose));
      if (!(await mayRemove(proof, options))) {
        narrate.line("Nothing was removed.");
        process.exitCode = 1;
        return;
      }
      ({ swept, proof } = await sweepAway({ ...look, wait: delay, onRemoved: narrate.line }, proof.leftovers));
      narrate.clear();
    }
    await tell(proof, whose, swept, options);
    if (!isEmpty(proof)) process.exitCode = 1;
  } finally {
    aws.close();
  }
}

async function mayRemove({ leftovers }: Proof, { yes }: EmptyOptions): Promise<boolean> {
  if (yes) return true;
  const { confirmed } = await import("../../../course/emptiness/confirm.ts");
  return confirmed(leftovers.length, { input: process.stdin, output: process.stderr });
}

async function tell(proof: Proof, whose: string, swept: readonly Swept[], { json }: EmptyOptions): Promise<void> {
  const { dataOf, reportOf } = await import("../../../course/emptiness/report.ts");
  const kept = keptOf(swept);
  if (json) {
    const data = { ...dataOf(proof), removed: swept.length - kept.length, kept };
    process.stdout.write(`${JSON.stringify(data, undefined, 2)}\n`);
    return;
  }
  for (const { kind, region, name, why } of kept) process.stdout.write(`Kept: ${kind} ${name} in ${region}: ${why}\n`);
  process.stdout.write(reportOf(proof, whose));
}

const list = (flags: string, text: string, what: string, pattern: RegExp, example: string) =>
  new Option(flags, text).argParser<readonly string[] | undefined>(severalOf(what, pattern, example));

export function emptyCommand(): Command {
  return new Command("empty")
    .summary("prove that nothing of the stacks is left in the account, or remove it")
    .description(
      "Asks the tagging API and every service in which a stack can create something, in every region that the account may use, and names\n" +
        "what is left with the command that removes it. A service that cannot be listed is a failure. Changes nothing without --sweep.\n" +
        "Exit code 1 when anything is left or unknown. AWS_ENDPOINT_URL leads to an emulator.",
    )
    .addOption(new Option("--course <file>", "the course file").default("course.yaml"))
    .addOption(
      list(
        "--only <stack>",
        "stacks of the course, by name or pseudonym; may be repeated",
        "stack",
        ownerPattern,
        "gas26-sk7m2qa",
      ),
    )
    .addOption(
      list(
        "--owner <owner>",
        "a stack by its owner, of any course; may be repeated",
        "owner",
        ownerPattern,
        "gas26-sk7m2qa",
      ).conflicts("only"),
    )
    .addOption(
      new Option("--project <name>", "leave alone resources that are tagged with another project").argParser(
        oneOf("value of a tag", /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u, "annofarm"),
      ),
    )
    .addOption(
      list(
        "--domain <domain>",
        "domain whose subdomains belong to the stacks, in addition to hosted zones",
        "domain",
        /^([a-z0-9-]+\.)+[a-z]{2,}$/,
        "gas.example.org",
      ),
    )
    .addOption(
      list("--regions <regions>", "only these, with commas between them", "region", regionPattern, "us-east-1"),
    )
    .option("--sweep", "remove what is left, after asking")
    .option("--yes", "do not ask")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm course empty\n  annofarm course empty --only sk7m2qa --sweep\n" +
        "  annofarm course empty --owner gas --regions us-east-1,eu-west-1",
    )
    .action(runEmpty);
}
