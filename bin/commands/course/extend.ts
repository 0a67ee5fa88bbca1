import { Command, InvalidArgumentError, Option } from "commander";
import { durationOf } from "../../../scaling/simulate/scenario/units.ts";
import { chosen, type MoneyOptions, moneyOptions, type OpenBooks, openBooksOf } from "../../course/money-options.ts";

interface ExtendOptions extends MoneyOptions {
  readonly all?: true;
  /** Milliseconds. */
  readonly by?: number;
}

const hour = 3_600_000;
const day = 24 * hour;

function parseBy(text: string): number {
  const milliseconds = (durationOf(text) ?? Number.NaN) * 1000;
  if (milliseconds >= hour && milliseconds <= 366 * day) return milliseconds;
  throw new InvalidArgumentError("Give a length of time from 1h to 366d, for example 7d.");
}

async function extend(options: ExtendOptions, openBooks: OpenBooks): Promise<void> {
  if (options.only === undefined && options.all !== true) {
    throw new Error("select the leases to extend: give --only with names of stacks, or --all");
  }
  const [{ extendedEnd, leaseEnd }, { recordsNow }, { stands }] = await Promise.all([
    import("../../../course/lifetime/lease.ts"),
    import("../../../course/books.ts"),
    import("../../../course/stands.ts"),
  ]);
  const books = await openBooks(options, "annofarm course extend");
  try {
    const { lifetime } = books.course;
    const by = options.by ?? (lifetime === undefined ? undefined : lifetime.extendBy * day);
    if (by === undefined)
      throw new Error(
        "the length of the extension is missing: give --by, such as --by 7d, or lifetime.extendBy in course.yaml",
      );
    const records = recordsNow(await books.histories(), books.shared).filter(stands);
    const names = await chosen(
      options.only,
      records.map(({ stack }) => stack),
    );
    const now = Date.now();
    for (const record of records.filter(({ stack }) => names.includes(stack))) {
      if (leaseEnd(record, lifetime) === undefined) {
        process.stdout.write(`${record.stack}: has no lease that could end\n`);
        continue;
      }
      const until = new Date(extendedEnd(record, lifetime, by, now)).toISOString();
      await books.operations.extend(record.stack, until, "by hand");
      process.stdout.write(`${record.stack}: stands until ${until.slice(0, 16).replace("T", " ")} UTC\n`);
    }
  } finally {
    await books.close();
  }
}

/** `annofarm course extend`. */
export function courseExtendCommand(openBooks: OpenBooks = openBooksOf): Command {
  const command = new Command("extend")
    .summary("let stacks stand longer")
    .description(
      "Extends a lease from its end, or from now if it has ended already. Running the command twice extends it twice.",
    )
    .addOption(new Option("--all", "every stack that stands").conflicts("only"))
    .option("--by <time>", "length of the extension (default: lifetime.extendBy of course.yaml)", parseBy)
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm course extend --only gas26-sabcdef --by 7d\n  annofarm course extend --all",
    )
    .action((options: ExtendOptions) => extend(options, openBooks));
  for (const option of moneyOptions("--only")) command.addOption(option);
  return command;
}
