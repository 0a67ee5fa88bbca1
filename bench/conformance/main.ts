/**
 * The conformance suite against an endpoint of AWS's APIs.
 *
 *     npm run conformance
 *     npm run conformance -- --endpoint http://localhost:4566 --only 'hooks/*'
 *     npm run conformance -- --moto --json scores.json
 */
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { quietSdk } from "../../plan/process/quiet-sdk.ts";
import { anyImage, type StartedAccount, startMoto, startOwn } from "./accounts.ts";
import { areas, type Case } from "./case.ts";
import { cases } from "./cases.ts";
import { type Result, runCases, scoresOf } from "./run.ts";
import { sources } from "./sources.ts";

interface Options {
  readonly endpoint?: string;
  readonly moto?: boolean;
  readonly only?: string;
  readonly json?: string;
  readonly region: string;
  readonly image: string;
  readonly patience: number;
  readonly list?: boolean;
  readonly spendMoneyOnAws?: boolean;
}

/** Whether a host is AWS's own. */
const isAws = (endpoint: string): boolean =>
  /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|aws\.dev)$/.test(new URL(endpoint).hostname);

function chosen(pattern: string | undefined): readonly Case[] {
  if (pattern === undefined) return cases;
  const escaped = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${escaped.join(".*")}$`);
  const found = cases.filter(({ id }) => expression.test(id));
  if (found.length === 0)
    throw new Error(`no case is called ${pattern}; --list shows their ids, and * stands for anything`);
  return found;
}

function accountAt(endpoint: string, options: Options): StartedAccount {
  if (isAws(endpoint) && options.spendMoneyOnAws !== true) {
    throw new Error(
      `${endpoint} is AWS: the suite would launch some 500 instances there, which cost money; add --spend-money-on-aws if you mean that`,
    );
  }
  const { AWS_ACCESS_KEY_ID: accessKeyId = "test", AWS_SECRET_ACCESS_KEY: secretAccessKey = "test" } = process.env;
  const { region, image } = options;
  return { endpoint, region, image, credentials: { accessKeyId, secretAccessKey }, stop: async () => {} };
}

const opened = (options: Options): Promise<StartedAccount> | StartedAccount => {
  if (options.endpoint !== undefined) return accountAt(options.endpoint, options);
  return options.moto === true ? startMoto() : startOwn();
};

function show(results: readonly Result[]): void {
  for (const { area, passed, cases: count } of scoresOf(results)) {
    console.log(`${String(passed).padStart(4)} of ${String(count).padStart(3)}  ${areas[area]}`);
  }
  const passed = results.filter((each) => each.passed).length;
  console.log(`${String(passed).padStart(4)} of ${String(results.length).padStart(3)}  all`);
}

function list(found: readonly Case[]): void {
  for (const { id, kind, rule, source } of found) {
    console.log(`${id} (${kind})\n    ${rule}\n    ${sources[source].title}: ${sources[source].url}`);
  }
}

async function main(options: Options): Promise<void> {
  const found = chosen(options.only);
  if (options.list === true) return list(found);
  const account = await opened(options);
  try {
    const results = await runCases({
      ...account,
      cases: found,
      patience: options.patience,
      onResult: ({ id, passed, why, seconds }) =>
        console.log(`${passed ? "ok  " : "FAIL"} ${id} (${seconds} s)${why === undefined ? "" : `\n     ${why}`}`),
    });
    show(results);
    const { endpoint } = account;
    const record = { endpoint, date: new Date().toISOString(), scores: scoresOf(results), results };
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(record, null, 2)}\n`);
    if (results.some(({ passed }) => !passed)) process.exitCode = 1;
  } finally {
    await account.stop();
  }
}

Object.assign(process.env, quietSdk);
const command = new Command("conformance")
  .description("Runs AWS's documented rules of scaling as cases against an endpoint of its APIs.")
  .option("--endpoint <url>", "of any emulator; without it, the suite starts this project's own account")
  .option("--moto", "start bare moto instead")
  .option("--only <pattern>", "cases whose ids match; * stands for anything")
  .option("--json <file>", "write scores and results there")
  .option("--region <name>", "of the endpoint", "us-east-1")
  .option("--image <id>", "of the instances", anyImage)
  .option("--patience <factor>", "wait so many times as long", Number, 1)
  .option("--list", "show the cases instead of running them")
  .option("--spend-money-on-aws", "permit an endpoint of AWS itself")
  .action(main);
try {
  await command.parseAsync();
} catch (error) {
  console.error(`conformance: ${(error as Error).message}`);
  process.exitCode = 1;
}
