import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { Result } from "../../plan/policy/evaluate.ts";
import type { Unread } from "../../plan/policy/unread.ts";
import { type ProgramOptions, programOptions } from "./options.ts";

interface PolicyOptions extends ProgramOptions {
  readonly json?: true;
  readonly markdown?: true;
  readonly control: readonly string[];
  /** False: `--no-exceptions`. */
  readonly exceptions: boolean;
}

/** Exit code 1 when a control is violated. */
async function checkPolicy(options: PolicyOptions): Promise<void> {
  const { controlNamed, controls } = await import("../../plan/policy/controls.ts");
  const chosen = options.control.length === 0 ? controls : options.control.map(controlNamed);
  const { readPlan } = await import("../../plan/plan.ts");
  const { declarationOfPlan } = await import("../../plan/policy/declaration.ts");
  const { evaluate } = await import("../../plan/policy/evaluate.ts");
  const { unreadOf } = await import("../../plan/policy/unread.ts");
  const plan = await readPlan({ directory: resolve(options.cwd), stack: options.stack, config: options.config });
  const declared = declarationOfPlan(plan);
  const results = evaluate(declared, { controls: chosen, ...(options.exceptions ? {} : { exceptions: [] }) });
  // Of a few controls nobody asks what the others would not know either.
  const unread = chosen === controls ? unreadOf(declared) : [];
  process.stdout.write(await textOf(options, plan, results, unread));
  if (results.some(({ status }) => status === "violated")) process.exitCode = 1;
}

async function textOf(
  options: PolicyOptions,
  { project, stack }: { readonly project: string; readonly stack: string },
  results: readonly Result[],
  unread: readonly Unread[],
): Promise<string> {
  if (options.markdown) return (await import("../../plan/policy/document.ts")).documentOf(results);
  const { jsonOfResults, reportOf } = await import("../../plan/policy/report.ts");
  if (options.json) return jsonOfResults(project, stack, results, unread);
  const title = `${project} ${stack} under AWS Foundational Security Best Practices`;
  return reportOf(title, results, unread, Math.min(process.stdout.columns ?? 80, 80));
}

export function policyCommand(): Command {
  const command = new Command("policy")
    .summary("check the declaration against AWS's foundational controls")
    .description(
      "Checks what the program declares against the controls of AWS Foundational Security Best Practices (Security Hub) that apply to it. Needs no AWS. Exit code 1 when one is violated.",
    )
    .option("--json", "the results as JSON, with URNs")
    .addOption(new Option("--markdown", "the tables of docs/policy.md").conflicts("json"))
    .addOption(
      new Option("--control <id>", "only this control, such as ELB.1; may be repeated")
        .default([], "all")
        .argParser((id: string, chosen: readonly string[]) => [...chosen, id]),
    )
    .option("--no-exceptions", "count exceptions as violations")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm policy\n  annofarm policy --stack dev -c production=true -c instances=private\n  annofarm policy --control S3.9 --control EC2.25 --json",
    )
    .action(checkPolicy);
  for (const option of programOptions("local")) command.addOption(option);
  return command;
}
