/** Where the stacks of a course stand: in the user's AWS account, or in the one that `annofarm emulate` keeps on this machine. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { environmentWithout } from "../../plan/engine/workspace.ts";

export interface TargetAccount {
  readonly kind: "aws" | "local";
  /** What commands and programs are given to reach it. */
  readonly inherited: NodeJS.ProcessEnv;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of provider plugins that all stacks use. */
  readonly plugins: string;
  /** See `Start.pending`. */
  readonly pending: "adopted" | "cleared";
  /** The account's own region, where it has one. */
  readonly region?: string;
  /** Names an account that forgets when it ends: what was deployed into another one is not there. */
  readonly identity?: string;
}

const emulated = z.object({
  endpoint: z.url(),
  region: z.string(),
  accountId: z.string(),
  pid: z.number(),
  environment: z.record(z.string(), z.string()),
  pulumiHome: z.string(),
});

/** The user's own: credentials, profile and plugins are where every AWS tool and Pulumi look for them. */
export function awsAccount(environment: NodeJS.ProcessEnv = process.env): TargetAccount {
  const home = environment.PULUMI_HOME || join(homedir(), ".pulumi");
  return {
    kind: "aws",
    inherited: environmentWithout(["PULUMI"]),
    environment: {},
    plugins: join(home, "plugins"),
    pending: "cleared",
  };
}

const howToStart = "start annofarm emulate in another terminal, or leave out --local to deploy to AWS";

function documentIn(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON; ${howToStart}`, { cause });
  }
}

/** Resolves when something answers there. */
async function requireAnswer(file: string, endpoint: string): Promise<void> {
  try {
    await (await fetch(endpoint, { method: "HEAD" })).body?.cancel();
  } catch (cause) {
    throw new Error(`${file} names ${endpoint}, where nothing answers; ${howToStart}`, { cause });
  }
}

/**
 * @param file what `annofarm emulate` has written.
 * @throws {Error} when it is not there, or the emulator does not run any more.
 */
export async function localAccount(file: string): Promise<TargetAccount> {
  if (!existsSync(file)) throw new Error(`there is no ${file}; ${howToStart}`);
  const text = readFileSync(file, "utf8");
  const parsed = emulated.safeParse(documentIn(file, text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}; ${howToStart}`);
  const { endpoint, region, environment, pulumiHome } = parsed.data;
  await requireAnswer(file, endpoint);
  return {
    kind: "local",
    inherited: environmentWithout(["PULUMI", "AWS"]),
    environment,
    plugins: join(pulumiHome, "plugins"),
    pending: "adopted",
    region,
    identity: createHash("sha256").update(text).digest("hex").slice(0, 12),
  };
}
