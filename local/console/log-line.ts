/** One line of a service's log for a person: pino's JSON taken apart, anything else as it is. */
export interface LogLine {
  /** `fatal` to `trace`, or `text` for a line that is not pino's. */
  readonly level: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "text";
  /** Epoch milliseconds. */
  readonly time?: number;
  readonly message: string;
  /** Bound and given fields, `key=value`, without what every line has. */
  readonly fields: readonly string[];
  readonly stack?: string;
}

const levels: Readonly<Record<number, LogLine["level"]>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
/** The services' own logger says `message`, pino by itself `msg`; whose log it is stands above the lines. */
const everywhere = new Set([
  "level",
  "time",
  "message",
  "msg",
  "pid",
  "hostname",
  "name",
  "service",
  "instance",
  "err",
]);

function valueText(value: unknown): string {
  if (typeof value === "string") return /^[\w./:@~+-]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? String(value);
}

export function readLogLine(line: string): LogLine {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal are what is being removed
  const plain = line.replace(/\u001b\[[0-9;]*m/g, "").replace(/\r$/, "");
  if (!plain.startsWith("{")) return { level: "text", message: plain, fields: [] };
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(plain);
  } catch {
    return { level: "text", message: plain, fields: [] };
  }
  const level =
    levels[Number(json.level)] ?? (typeof json.level === "string" ? (json.level as LogLine["level"]) : undefined);
  const message = json.message ?? json.msg;
  if (level === undefined || typeof message !== "string") return { level: "text", message: plain, fields: [] };
  const fields = Object.entries(json)
    .filter(([name]) => !everywhere.has(name))
    .map(([name, value]) => `${name}=${valueText(value)}`);
  const time = typeof json.time === "string" ? Date.parse(json.time) : Number(json.time);
  const error = json.err as { type?: unknown; message?: unknown; stack?: unknown } | undefined;
  if (error?.message !== undefined) fields.push(`${error.type ?? "Error"}: ${error.message}`);
  return {
    level: Object.values(levels).includes(level) ? level : "text",
    message,
    fields,
    ...(Number.isFinite(time) ? { time } : {}),
    ...(typeof error?.stack === "string" ? { stack: error.stack } : {}),
  };
}
