import { resolve } from "node:path";
import { Command } from "commander";
import { type ProgramOptions, programOptions } from "./options.ts";

interface DoctorOptions extends ProgramOptions {
  readonly json?: true;
}

async function runDoctor(options: DoctorOptions): Promise<void> {
  const [{ defaultRegion, readPlan }, { openAccount }, { examine }, { needsOf }, { reportOf }] = await Promise.all([
    import("../../plan/plan.ts"),
    import("../../operate/doctor/account.ts"),
    import("../../operate/doctor/examine.ts"),
    import("../../operate/doctor/needs.ts"),
    import("../../operate/doctor/report.ts"),
  ]);
  const live = process.stderr.isTTY === true;
  const onProgress = (what: string) => {
    if (live) process.stderr.write(`\r\u001b[2Klooking at ${what} …`);
  };
  onProgress("the program");
  const plan = await readPlan({ directory: resolve(options.cwd), stack: options.stack, config: options.config });
  const region = plan.config["aws:region"] ?? defaultRegion;
  const account = openAccount(region);
  try {
    const findings = await examine(needsOf(plan, region), account, { onProgress });
    if (live) process.stderr.write("\r\u001b[2K");
    const json = { stack: options.stack, region, findings };
    process.stdout.write(options.json ? `${JSON.stringify(json, undefined, 2)}\n` : reportOf(findings));
    if (findings.some(({ verdict }) => verdict === "wrong")) process.exitCode = 1;
  } finally {
    account.close();
  }
}

export function doctorCommand(): Command {
  const command = new Command("doctor")
    .summary("check whether an AWS account is ready for the stack; changes nothing")
    .description(
      "Checks whether the account is ready for what the stack declares: credentials, region, quotas, Glacier vaults, mail,\n" +
        "domain, secrets, identity provider and Stripe; once the stack is deployed, which of its alarms are set off. Each\n" +
        "finding comes with its fix. Changes nothing.\n" +
        "Exit code 1 when something would keep the stack from working.",
    )
    .option("--json", "findings as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm doctor\n  annofarm doctor -s dev -c store=vault\n  AWS_PROFILE=course annofarm doctor",
    )
    .action(runDoctor);
  for (const option of programOptions("dev")) command.addOption(option);
  return command;
}
