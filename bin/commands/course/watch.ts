import { setTimeout } from "node:timers/promises";
import { Command } from "commander";
import { type MoneyOptions, moneyOptions, type OpenBooks, openBooksOf } from "../../course/money-options.ts";
import { wholeNumber } from "../options.ts";

interface WatchOptions extends MoneyOptions {
  /** Seconds. */
  readonly every: number;
  readonly once?: true;
  readonly expire?: true;
}

async function runWatch(options: WatchOptions, openBooks: OpenBooks): Promise<void> {
  const [{ openHands }, { watch }, { progressOf }, { expire }, { endSharedAfterLast }] = await Promise.all([
    import("../../../course/hands.ts"),
    import("../../../course/money/watch.ts"),
    import("../../../course/money/progress.ts"),
    import("../../../course/lifetime/expire.ts"),
    import("../../../course/lifetime/after-last.ts"),
  ]);
  const now = () => new Date();
  const live = process.stdout.isTTY === true;
  const clear = live ? "\r\u001b[2K" : "";
  const tell = (line: string) => process.stdout.write(`${clear}${now().toISOString().slice(0, 19)}Z  ${line}\n`);
  const hands = await openHands(await openBooks(options, "annofarm course watch"), { now, tell });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  try {
    await watch({
      async turn(at) {
        const turn = await hands.turn(at);
        if (turn.blind !== undefined)
          tell(`the account cannot be looked at: ${turn.blind}; what ran counts as running`);
        if (options.expire) {
          const { outlived } = await expire(hands);
          for (const { stack, instances } of outlived) tell(`${stack} is gone, and ${instances} of its instances run`);
        } else await endSharedAfterLast(hands);
        if (live) process.stdout.write(`${clear}${progressOf(turn)}`);
        else tell(progressOf(turn));
        if (options.once) stop.abort();
      },
      period: options.every * 1000,
      now,
      wait: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => {}),
      signal: stop.signal,
      tell,
    });
    if (live) process.stdout.write("\n");
    await hands.idle();
  } finally {
    await hands.close();
  }
}

/** `annofarm course watch`. */
export function courseWatchCommand(openBooks: OpenBooks = openBooksOf): Command {
  const command = new Command("watch")
    .summary("count the cost continuously, and brake at the budgets")
    .description(
      "Looks at the account every half a minute, counts what each stack has cost, and takes the steps of budgets.brake when they are " +
        "due. Reports each step here, in brake.jsonl of the course's state, and by mail. Ctrl-C ends it after the current step.",
    )
    .option("--every <seconds>", "interval between looks, 5 to 60", wholeNumber(5, 60), 30)
    .option("--once", "look once, and take the steps that are due")
    .option("--expire", "also end leases that are over")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm course watch\n  annofarm course watch --once   # from cron, each minute",
    )
    .action((options: WatchOptions) => runWatch(options, openBooks));
  for (const option of moneyOptions()) command.addOption(option);
  return command;
}
