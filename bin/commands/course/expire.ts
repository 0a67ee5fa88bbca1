import { Command } from "commander";
import { type CourseOptions, jsonOption, type OpenBooks } from "./options.ts";

interface ExpireOptions extends CourseOptions {
  readonly json?: true;
}

async function runExpire(options: ExpireOptions, openBooks: OpenBooks): Promise<void> {
  const [{ expire }, { openHands }, { reportOfExpiry }] = await Promise.all([
    import("../../../course/lifetime/expire.ts"),
    import("../../../course/hands.ts"),
    import("../../../course/lifetime/report.ts"),
  ]);
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const hands = await openHands(await openBooks(options), { now: () => new Date(), tell });
  try {
    const expired = await expire(hands);
    process.stdout.write(options.json ? `${JSON.stringify(expired, undefined, 2)}\n` : reportOfExpiry(expired));
    const failed = expired.steps.some(({ failure }) => failure !== undefined);
    if (failed || expired.outlived.length > 0 || expired.unread !== undefined) process.exitCode = 1;
  } finally {
    await hands.close();
  }
}

/** `annofarm course expire`. */
export function courseExpireCommand(openBooks: OpenBooks): Command {
  return new Command("expire")
    .summary("end leases that are over; what cron calls")
    .description(
      "Destroys stacks whose lease has ended and that nobody uses, extends those that are in use, and then looks whether anything runs\n" +
        "of stacks that are gone. Needs no answers, may be called as often as you like. Exit code 1 when something failed, could not\n" +
        "be read, or runs that should not.",
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nIn crontab, every quarter of an hour:\n  */15 * * * *  cd /srv/gas26 && annofarm course expire",
    )
    .action((options: ExpireOptions, command: Command) =>
      runExpire({ ...command.optsWithGlobals(), ...options }, openBooks),
    );
}
