import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command } from "commander";
import type { StackImage } from "../../operate/image/images.ts";
import { type ProgramOptions, programOptions } from "./options.ts";

interface ImageOptions extends ProgramOptions {
  readonly update?: true;
}

const told = ({ id, name }: StackImage["newest"]) =>
  name === undefined ? `${id} (not known in this region)` : `${id} (${name})`;

function report({ architecture, setting, pinned, newest }: StackImage): string {
  const lines = [
    `${architecture}: ${pinned === undefined ? "not pinned: pulumi up looks up the newest" : `pinned ${told(pinned)}`}`,
    ...(pinned?.id === newest.id ? ["  it is the newest"] : [`  newest ${told(newest)}; ${setting}`]),
  ];
  return lines.join("\n");
}

async function runImage(options: ImageOptions): Promise<void> {
  const [
    { defaultRegion, readPlan },
    { readStackConfig },
    { instanceTypes, openClients, stackImages },
    { withSetting },
  ] = await Promise.all([
    import("../../plan/plan.ts"),
    import("../../plan/stack-config.ts"),
    import("../../operate/image/images.ts"),
    import("../../operate/image/setting.ts"),
  ]);
  const directory = resolve(options.cwd);
  const { stack, config } = options;
  const plan = await readPlan({ directory, stack, config });
  const { values, project: namespace } = await readStackConfig(directory, stack, config);
  const clients = openClients(plan.config["aws:region"] ?? defaultRegion);
  try {
    const images = await stackImages(clients, { types: instanceTypes(plan), namespace, values });
    if (images.length === 0) throw new Error(`stack ${stack} declares no launch template`);
    for (const image of images) process.stdout.write(`${report(image)}\n`);
    const old = images.filter(({ pinned, newest }) => pinned?.id !== newest.id);
    if (options.update !== true || old.length === 0) return;
    const file = join(directory, `Pulumi.${stack}.yaml`);
    const before = await readFile(file, "utf8");
    await writeFile(
      file,
      old.reduce((text, { setting, newest }) => withSetting(text, setting, newest.id), before),
    );
    process.stdout.write(
      `Pulumi.${stack}.yaml now pins the newest; pulumi up and annofarm roll bring it to the instances.\n`,
    );
  } finally {
    clients.close();
  }
}

export function imageCommand(): Command {
  const command = new Command("image")
    .summary("show the machine image of the stack's instances, and pin the newest")
    .description(
      "Shows for each architecture of the stack's instances the image that is pinned, and the newest Amazon Linux 2023. With --update\n" +
        "writes the newest into Pulumi.<stack>.yaml. A stack whose image is pinned gets another one only by this.",
    )
    .option("--update", "pin the newest in the stack's file")
    .addHelpText("after", "\nExamples:\n  annofarm image -s dev\n  annofarm image -s dev --update")
    .action(runImage);
  for (const option of programOptions("dev")) command.addOption(option);
  return command;
}
