import { Command } from "commander";
import { chosen, type MoneyOptions, moneyOptions, type OpenBooks, openBooksOf } from "../../course/money-options.ts";

interface CostOptions extends MoneyOptions {
  readonly look: boolean;
  readonly prices?: string;
}

async function showCost(options: CostOptions, openBooks: OpenBooks): Promise<void> {
  const [{ openDesk }, { reportOf }, { only }] = await Promise.all([
    import("../../../course/money/desk.ts"),
    import("../../../course/money/report.ts"),
    import("../../../course/money/tally.ts"),
  ]);
  const books = await openBooks(options, "annofarm course cost");
  if (options.only !== undefined) {
    // Before the program is run for its prices.
    const { openUsageFiles } = await import("../../../course/money/usage-files.ts");
    const seen = (await openUsageFiles(books.directory)).stacks();
    await chosen(options.only, [...(await books.histories()).keys(), ...seen]);
  }
  const desk = await openDesk(books, undefined, options.prices);
  try {
    const now = new Date();
    const histories = await books.histories();
    if (options.look) {
      await desk.look(now).catch((error: unknown) => {
        process.stderr.write(`annofarm: the account cannot be looked at: ${(error as Error).message}\n`);
        process.stderr.write("What follows counts as running what ran when it was last looked at.\n");
        process.exitCode = 1;
      });
    }
    for (const line of desk.files.damaged) process.stderr.write(`annofarm: ${line} is no fact and is left out\n`);
    const tally = desk.tally(now, histories);
    const names = await chosen(
      options.only,
      tally.stacks.map(({ stack }) => stack),
    );
    const shown = only(tally, names);
    process.stdout.write(options.json ? `${JSON.stringify(shown, undefined, 2)}\n` : reportOf(shown));
  } finally {
    await desk.close();
  }
}

/** `annofarm course cost`. */
export function courseCostCommand(openBooks: OpenBooks = openBooksOf): Command {
  const command = new Command("cost")
    .summary("show what each stack has cost so far, and will cost by the end of its lease")
    .description(
      "Multiplies declared prices by what really ran: instances, as EC2 and Auto Scaling report them, and the rest since the stack " +
        "was created. AWS's bill comes a day later; credits, taxes and free allowances are not included. " +
        "Exit code 1 when the account could not be looked at.",
    )
    .option("--no-look", "use recorded facts only, without asking AWS")
    .option("--prices <directory>", "price tables (default: those that come with annofarm)")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm course cost\n  annofarm course cost --json\n\ndocs/course.md says how it is counted.",
    )
    .action((options: CostOptions) => showCost(options, openBooks));
  for (const option of moneyOptions("--only", "--json")) command.addOption(option);
  return command;
}
