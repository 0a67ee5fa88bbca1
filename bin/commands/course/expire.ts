import { Command } from "commander";
import { type MoneyOptions, moneyOptions, type OpenBooks, openBooksOf } from "../../course/money-options.ts";

async function runExpire(options: MoneyOptions, openBooks: OpenBooks): Promise<void> {
  const [{ expire }, { openHands }, { reportOfExpiry }] = await Promise.all([
    import("../../../course/lifetime/expire.ts"),
    import("../../../course/hands.ts"),
    import("../../../course/lifetime/report.ts"),
  ]);
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const hands = await openHands(await openBooks(options, "annofarm course expire"), { now: () => new Date(), tell });
  try {
    const expired = await expire(hands);
    process.stdout.write(options.json ? `${JSON.stringify(expired, undefined, 2)}\n` : reportOfExpiry(expired));
    const failed = [...expired.steps, expired.shared].some((each) => each?.failure !== undefined);
    if (failed || expired.outlived.length > 0 || expired.unread !== undefined) process.exitCode = 1;
  } finally {
    await hands.close();
  }
}

/** `annofarm course expire`. */
export function courseExpireCommand(openBooks: OpenBooks = openBooksOf): Command {
  const command = new Command("expire")
    .summary("end leases that are over; run it from cron")
    .description(
      "Destroys stacks whose lease has ended and that nobody uses, and after the last one what they shared. Extends stacks that are in use. Then looks for instances " +
        "of stacks that are gone. Asks no questions, and may be called at any time. Exit code 1 when something failed, could not " +
        "be read, or runs although its stack is gone.",
    )
    .addHelpText(
      "after",
      "\nIn crontab, every quarter of an hour:\n  */15 * * * *  cd /srv/gas26 && annofarm course expire",
    )
    .action((options: MoneyOptions) => runExpire(options, openBooks));
  for (const option of moneyOptions("--json")) command.addOption(option);
  return command;
}
