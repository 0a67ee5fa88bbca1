/** Logs of services: the end of one as a page, all of it as text, or what is added to it as events. */
import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { eventStream } from "./event-stream.ts";
import { readLogLine } from "./log-line.ts";
import { followFile, tailFile } from "./log-tail.ts";
import { logPage } from "./pages.tsx";
import { head, html } from "./replies.ts";

const limit = { lines: 500, bytes: 262_144 };
const heartbeatMilliseconds = 15_000;

export async function sendLogPage(response: ServerResponse, instanceId: string, service: string, file: string) {
  const { lines, end } = await tailFile(file, limit);
  html(response, logPage({ instanceId, service, lines: lines.map(readLogLine), end }));
}

export async function sendLogText(response: ServerResponse, file: string): Promise<void> {
  const stream = createReadStream(file);
  await new Promise<void>((resolve, reject) => stream.once("open", () => resolve()).once("error", reject));
  head(response, 200, { "content-type": "text/plain; charset=utf-8" });
  stream.on("error", () => response.destroy());
  response.once("close", () => stream.destroy());
  stream.pipe(response);
}

/** @param from first byte to send; whatever is no such number means the first of all. */
export function followLog(response: ServerResponse, file: string, from: number): void {
  const events = eventStream(response);
  const unfollow = followFile(file, Number.isSafeInteger(from) && from >= 0 ? from : 0, (lines) =>
    events.send(lines.map(readLogLine)),
  );
  const heartbeat = setInterval(() => events.comment(), heartbeatMilliseconds);
  response.once("close", () => {
    unfollow();
    clearInterval(heartbeat);
  });
}
