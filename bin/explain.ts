/** What an error says to the user of a command: one line with the value, what is wrong with it and what to do. */
import { existsSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";

/** An option or argument as it was given. */
export interface GivenValue {
  /** `--html`, or an argument's name. */
  readonly name: string;
  readonly value: unknown;
}

interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error &&
  typeof (error as { code?: unknown }).code === "string" &&
  typeof (error as { syscall?: unknown }).syscall === "string";

/** The error itself and what it came from. */
function* causesOf(error: unknown): Generator<unknown> {
  for (let next = error, depth = 0; next !== undefined && depth < 10; depth++) {
    yield next;
    next = next instanceof Error ? next.cause : undefined;
  }
}

/** What is wrong with a path, and what to do. */
function troubleWith(path: string, code: string): string {
  switch (code) {
    case "ENOENT": {
      const directory = dirname(resolve(path));
      return existsSync(directory)
        ? `there is no ${path}; name one that is there`
        : `there is no directory ${directory}; make it, or name another place`;
    }
    case "EEXIST":
      return `${path} is there already and is no directory; remove it, or name another place`;
    case "EISDIR":
      return `${path} is a directory; name a file`;
    case "ENOTDIR":
      return `a part of ${path} is a file, not a directory; name another place`;
    case "EACCES":
    case "EPERM":
      return `this user has no permission for ${path}; grant it, or name another place`;
    case "EROFS":
      return `${path} is on a read-only file system; name another place`;
    case "ENOSPC":
      return `no space is left for ${path}; make room, or name another place`;
    default:
      return `${path} cannot be used (${code}); name another place`;
  }
}

/** The option that named a path, or a place above or below it. */
function namedBy(path: string, given: readonly GivenValue[]): GivenValue | undefined {
  const target = resolve(path);
  const related = (value: string) => {
    const own = resolve(value);
    return target === own || target.startsWith(`${own}${sep}`) || own.startsWith(`${target}${sep}`);
  };
  const candidates = given.filter(({ value }) => typeof value === "string" && value !== "" && related(value));
  // The longest is the nearest: the working directory is above everything.
  return candidates.sort((a, b) => resolve(String(b.value)).length - resolve(String(a.value)).length)[0];
}

function explainSystem(error: SystemError, given: readonly GivenValue[]): string {
  const path = error.dest ?? error.path;
  if (path !== undefined) {
    const option = namedBy(path, given);
    const trouble = troubleWith(path, error.code);
    return option === undefined ? trouble : `${option.name} ${option.value}: ${trouble}`;
  }
  if (error.code === "ENOTFOUND") return `there is no host ${error.hostname}; check its name and the network`;
  if (error.code === "ECONNREFUSED") {
    return `nothing answers at ${error.address}:${error.port}; start it, or name another address`;
  }
  return `${error.syscall} failed (${error.code}); set DEBUG=1 to see where`;
}

const refusals =
  /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|AuthFailure|TokenRefreshRequired)/;
const howToSignIn = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws sso login";

/** Errors of the SDK's about who calls. */
function explainCredentials(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "CredentialsProviderError") return `no AWS credentials were found; ${howToSignIn}`;
  if (refusals.test(error.name)) return `AWS refuses these credentials (${error.name}); ${howToSignIn}`;
  return undefined;
}

/** Node's own wording, which names neither option nor fix. */
const raw = /\bE[A-Z]{3,}\b: /;

/** @param given options and arguments of the command that failed. */
export function explain(error: unknown, given: readonly GivenValue[]): string {
  const message = error instanceof Error ? error.message : String(error);
  for (const cause of causesOf(error)) {
    const credentials = explainCredentials(cause);
    if (credentials !== undefined) return credentials;
    if (isSystemError(cause) && (cause === error || raw.test(message))) return explainSystem(cause, given);
  }
  return message.trim() === "" ? "failed without a word; set DEBUG=1 to see where" : message;
}
