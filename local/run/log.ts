import type { Writable } from "node:stream";

export interface RunnerLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One JSON object a line, as the services' own logs have it: `level`, `time`, `msg` and the fields. */
export function fileLog(stream: Writable): RunnerLog {
  const write = (level: number) => (fields: object, msg: string) => {
    stream.write(`${JSON.stringify({ level, time: Date.now(), ...fields, msg })}\n`);
  };
  return { debug: write(20), info: write(30), warn: write(40), error: write(50) };
}
