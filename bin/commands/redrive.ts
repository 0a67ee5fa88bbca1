import { resolve } from "node:path";
import { Command } from "commander";
import { nameWithinStack } from "../../runtime/contract/names.ts";
import { type ProgramOptions, programOptions } from "./options.ts";

interface RedriveOptions extends ProgramOptions {
  readonly all?: true;
}

async function runRedrive(queue: string | undefined, options: RedriveOptions): Promise<void> {
  const [{ defaultRegion, readPlan }, { lookAt, openQueues, queuePairs }, { redrive }] = await Promise.all([
    import("../../plan/plan.ts"),
    import("../../operate/redrive/dead-letters.ts"),
    import("../../operate/redrive/redrive.ts"),
  ]);
  const plan = await readPlan({ directory: resolve(options.cwd), stack: options.stack, config: options.config });
  const pairs = queuePairs(plan);
  const isMeant = (name: string) => queue === undefined || queue === name || queue === nameWithinStack(name);
  const chosen = pairs.filter((pair) => isMeant(pair.queue) || isMeant(pair.deadLetters));
  if (pairs.length === 0) throw new Error(`stack ${options.stack} declares no queue with dead letters`);
  if (chosen.length === 0) {
    throw new Error(
      `stack ${options.stack} has no queue ${queue}; it has ${pairs.map((pair) => pair.queue).join(", ")}`,
    );
  }
  const sqs = openQueues(plan.config["aws:region"] ?? defaultRegion);
  try {
    const found = await Promise.all(chosen.map((pair) => lookAt(sqs, pair)));
    const width = Math.max(...found.map((each) => each.queue.length));
    for (const each of found) {
      const name = each.queue.padEnd(width);
      if (queue === undefined && options.all !== true) {
        process.stdout.write(`${name}  ${each.messages} dead letters\n`);
        continue;
      }
      const live = process.stderr.isTTY === true;
      const moved = await redrive(sqs, each, (count) => {
        if (live) process.stderr.write(`\r${name}  ${count} of ${each.messages} …`);
      });
      if (live) process.stderr.write("\r\u001b[2K");
      process.stdout.write(`${name}  ${moved} of ${each.messages} dead letters sent back\n`);
    }
  } finally {
    sqs.destroy();
  }
}

export function redriveCommand(): Command {
  const command = new Command("redrive")
    .summary("list dead letters, or send them back to their queue")
    .description(
      "Without a queue, lists how many dead letters each queue of the stack has. With one (or --all), sends them back to\n" +
        "their queue; use it after you have fixed the cause. AWS_ENDPOINT_URL leads to an emulator.",
    )
    .argument("[queue]", "a queue of the stack, by its name")
    .option("--all", "every queue of the stack")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm redrive -s dev\n  annofarm redrive -s dev gas-job-archive\n  annofarm redrive -s dev --all",
    )
    .action(runRedrive);
  for (const option of programOptions("dev")) command.addOption(option);
  return command;
}
