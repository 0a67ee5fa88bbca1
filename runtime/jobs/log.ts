import { pino } from "pino";
import type { Log } from "./ports.ts";

/** Names under which a secret may stand in a logged object, at its top or one level down. */
const secret = ["password", "secret", "token", "access_token", "refresh_token", "id_token", "client_secret", "code"];
const headers = ["authorization", "cookie", '["set-cookie"]', '["stripe-signature"]'];
const below = (prefix: string, name: string) => (name.startsWith("[") ? `${prefix}${name}` : `${prefix}.${name}`);

const redactedPaths: readonly string[] = [
  ...secret.flatMap((name) => [name, `*.${name}`]),
  ...headers.flatMap((name) => [name, below("headers", name), below("*.headers", name)]),
];

/** One JSON object a line on standard output; level as a word, time in ISO 8601. */
export function createLogger(options: {
  service: string;
  level: string;
  instance: string | undefined;
  /** Omitted: standard output. */
  destination?: { write(line: string): void };
}): Log {
  const { service, level, instance, destination } = options;
  const settings = {
    level,
    base: { service, ...(instance === undefined ? {} : { instance }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: [...redactedPaths], censor: "[redacted]" },
    messageKey: "message",
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}
