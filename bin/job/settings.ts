/** Which service, and in whose name. A token comes from the environment or a file that nobody else reads, never from an option. */
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { partsOfToken } from "../../runtime/contract/api-token.ts";
import { JobFailure } from "./failure.ts";

export interface Settings {
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string;
  readonly token: string;
}

/** What the user has given. */
export interface Given {
  /** As `originOf` made it. */
  readonly url?: string | undefined;
  readonly settings?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const fileSchema = z.strictObject({ url: z.string().optional(), token: z.string().optional() });

const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** @throws {Error} for what is no origin, and for one to which a token would travel readable. */
export function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url?.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
  if (url === undefined || !bare || !/^https?:$/.test(url.protocol)) {
    throw new Error(`"${text}" is no origin; give one such as https://gas.example.org`);
  }
  if (url.protocol === "http:" && !loopback.test(url.hostname)) {
    throw new Error(
      `"${text}" would send the token unencrypted; give an https address (http is for this machine only)`,
    );
  }
  return url.origin;
}

function originFrom(text: string, place: string): string {
  try {
    return originOf(text);
  } catch (error) {
    throw new JobFailure("use", `${place}: ${(error as Error).message}`);
  }
}

function tokenFrom(text: string, place: string): string {
  const token = text.trim();
  if (token.includes(",")) throw new JobFailure("use", `${place} holds several tokens; give one`);
  // Not a word of what it holds: it may be a secret of something else.
  if (partsOfToken(token) === undefined) {
    throw new JobFailure("use", `${place} holds no token of the service (gas_…_…); make one on its profile page`);
  }
  return token;
}

const usualFile = ({ XDG_CONFIG_HOME: base }: Given["env"]) =>
  join(base || join(homedir(), ".config"), "annofarm", "service.json");

/** What the file says; nothing where there is none and nobody has named one. */
async function readSettingsFile(file: string, named: boolean): Promise<z.output<typeof fileSchema>> {
  const about = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (named || error.code !== "ENOENT") throw error;
    return undefined;
  });
  if (about === undefined) return {};
  if (process.platform !== "win32" && (about.mode & 0o077) !== 0) {
    throw new JobFailure("use", `${file} can be read by others; chmod 600 ${file}, and revoke the token if it matters`);
  }
  const text = await readFile(file, "utf8");
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    // Neither the parser's words nor the content: the token is in it.
    throw new JobFailure("use", `${file} is not of the form {"url": "https://…", "token": "gas_…"}`);
  }
}

/** @throws {JobFailure} that says what is missing and where to put it. */
export async function readSettings({ url, settings, env }: Given): Promise<Settings> {
  const named = settings ?? (env.ANNOFARM_SETTINGS || undefined);
  const file = named ?? usualFile(env);
  const own = await readSettingsFile(file, named !== undefined);
  const fileOrigin = own.url === undefined ? undefined : originFrom(own.url, `${file}: url`);
  const given = env.ANNOFARM_URL ? originFrom(env.ANNOFARM_URL, "ANNOFARM_URL") : undefined;
  const origin = url ?? given ?? fileOrigin;
  if (origin === undefined) {
    throw new JobFailure(
      "use",
      `no service is named; set ANNOFARM_URL, give --url, or put {"url": …, "token": …} into ${file}`,
    );
  }
  if (env.ANNOFARM_TOKEN) return { origin, token: tokenFrom(env.ANNOFARM_TOKEN, "ANNOFARM_TOKEN") };
  if (own.token === undefined) {
    throw new JobFailure(
      "use",
      `no token; make one on ${origin}/profile#tokens and set ANNOFARM_TOKEN, or use ${file}`,
    );
  }
  // The file's token goes to the file's service, wherever an option leads.
  if (fileOrigin !== undefined && fileOrigin !== origin) {
    throw new JobFailure("use", `the token in ${file} is for ${fileOrigin}; set ANNOFARM_TOKEN for ${origin}`);
  }
  return { origin, token: tokenFrom(own.token, `${file}: token`) };
}
