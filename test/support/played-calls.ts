/**
 * The table of docs/local.md that says what becomes of a call: derived from the account's list of services, the registry of
 * what it refuses, the SDK's list of actions and the emulator's.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createServices } from "../../local/aws/account.ts";
import { notPlayed } from "../../local/aws/autoscaling/not-played.ts";
import { ensurePython } from "../../local/process/python/environment.ts";

export const calledDocument = "docs/local.md";

/** Services whose resources run here: what only the emulator has of them does not act by itself. By signing name: moto's and the SDK's names. */
const acting = {
  autoscaling: { moto: "autoscaling", sdk: "@aws-sdk/client-auto-scaling", word: "Auto Scaling" },
  monitoring: { moto: "cloudwatch", sdk: "@aws-sdk/client-cloudwatch", word: "CloudWatch" },
  ec2: { moto: "ec2", sdk: "@aws-sdk/client-ec2", word: "EC2" },
  elasticloadbalancing: {
    moto: "elbv2",
    sdk: "@aws-sdk/client-elastic-load-balancing-v2",
    word: "Elastic Load Balancing",
  },
} as const;
type Acting = keyof typeof acting;

/** Services that the emulator plays itself, with what the gateway adds. */
const words: Readonly<Record<string, string>> = { s3: "S3", glacier: "Glacier", ses: "SES", sts: "STS" };

export interface PlayedCalls {
  readonly service: string;
  readonly word: string;
  /** Calls that change something: done or completed by the runner. */
  readonly acts: readonly string[];
  /** Calls that look: answered or completed by the runner. */
  readonly answers: readonly string[];
  readonly refuses: readonly string[];
  /** Changes that the emulator takes and nothing here follows by itself; `undefined`: the emulator itself plays the service. */
  readonly keeps: readonly string[] | undefined;
}

const looks = (action: string) => /^(Describe|Get|List|Head|Search)/.test(action);

function registry(): Readonly<Record<string, object>> {
  const nowhere = { endpoint: "http://127.0.0.1:9", region: "us-east-1", accountId: "" };
  const options = { emulator: nowhere, log: console } as unknown as Parameters<typeof createServices>[0];
  const { clients, gateway } = createServices(options, () => ({}));
  clients.destroy();
  return Object.fromEntries(
    gateway.services.flatMap(({ name, calls }) => (calls === undefined ? [] : [[name, calls]])),
  );
}

async function emulatorActions(): Promise<Readonly<Record<string, readonly string[]>>> {
  const python = await ensurePython({ directory: fileURLToPath(new URL("../../.annofarm", import.meta.url)) });
  const script = fileURLToPath(new URL("emulator_actions.py", import.meta.url));
  const services = Object.values(acting).map(({ moto }) => moto);
  return JSON.parse(execFileSync(python.bin("python"), [script, ...services], { encoding: "utf8" }));
}

/** Of each service of whose calls some are played or refused here, or which acts here. */
export async function playedCalls(): Promise<PlayedCalls[]> {
  const played = registry();
  const offered = await emulatorActions();
  const refusals: Readonly<Record<string, object>> = notPlayed;
  const services = [...new Set([...Object.keys(acting), ...Object.keys(played)])];
  return Promise.all(
    services.map(async (service) => {
      const refuses = Object.keys(refusals[service] ?? {}).sort();
      const own = Object.keys(played[service] ?? {})
        .filter((action) => !refuses.includes(action))
        .sort();
      const about = acting[service as Acting];
      let keeps: string[] | undefined;
      if (about !== undefined) {
        const known = new Set((offered[about.moto] ?? []).map((each) => each.toLowerCase()));
        const actions = Object.keys(await import(about.sdk)).flatMap(
          (name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? [],
        );
        keeps = actions
          .filter((action) => known.has(action.toLowerCase()) && !looks(action))
          .filter((action) => !refuses.includes(action) && !own.includes(action))
          .sort();
      }
      const word = about?.word ?? words[service] ?? service;
      return { service, word, acts: own.filter((each) => !looks(each)), answers: own.filter(looks), refuses, keeps };
    }),
  );
}

/** So many names are not read any more. */
const namedMax = 40;

function listed(actions: readonly string[]): string {
  if (actions.length === 0) return "–";
  if (actions.length > namedMax) return `${actions.length} actions`;
  return actions.map((action) => `\`${action}\``).join(", ");
}

export function tableOf(calls: readonly PlayedCalls[]): string {
  const rows = calls.map(
    ({ word, acts, answers, refuses, keeps }) =>
      `| ${word} | ${listed(acts)} | ${listed(answers)} | ${listed(refuses)} | ${keeps === undefined ? "all others are the emulator's to play" : listed(keeps)} |`,
  );
  return [
    "| Service | Acts on what runs here | Answered with what runs here | Refused by name | Only kept by the emulator |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

const begin = "<!-- generated: npm run docs:calls -->";
const end = "<!-- end of generated calls -->";

/** @throws {Error} when the markers are not there. */
export function withCalls(document: string, table: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${calledDocument} has no line "${begin}" followed by "${end}"`);
  return `${document.slice(0, from)}${begin}\n\n${table}\n\n${document.slice(to)}`;
}
