import type { ServerResponse } from "node:http";

/** One answer of Server-Sent Events. `comment` keeps an idle connection open. */
export function eventStream(response: ServerResponse) {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-accel-buffering": "no",
  });
  response.write("retry: 1000\n\n");
  return {
    send: (data: unknown) => response.write(`data: ${JSON.stringify(data)}\n\n`),
    comment: () => response.write(": still here\n\n"),
    /** True while the client reads slower than we write. */
    get backedUp(): boolean {
      return response.writableNeedDrain;
    },
  };
}

/** Sends each listener what `produce` makes, about once a second; produces nothing while nobody listens. */
export function createBroadcast(produce: () => Promise<unknown>, intervalMilliseconds = 1_000) {
  const listeners = new Map<ServerResponse, ReturnType<typeof eventStream>>();
  let timer: NodeJS.Timeout | undefined;

  async function round(): Promise<void> {
    const started = Date.now();
    let data: unknown;
    try {
      data = await produce();
    } catch {
      data = undefined; // the next round tries again; the page sees the age of what it has
    }
    for (const stream of listeners.values()) {
      if (stream.backedUp) continue;
      if (data === undefined) stream.comment();
      else stream.send(data);
    }
    if (listeners.size === 0) timer = undefined;
    else timer = setTimeout(() => void round(), Math.max(100, intervalMilliseconds - (Date.now() - started)));
  }

  return {
    add(response: ServerResponse): void {
      listeners.set(response, eventStream(response));
      response.once("close", () => {
        listeners.delete(response);
        if (listeners.size === 0 && timer !== undefined) {
          clearTimeout(timer);
          timer = undefined;
        }
      });
      if (timer === undefined) timer = setTimeout(() => void round(), 0);
    },
    close(): void {
      clearTimeout(timer);
      for (const response of listeners.keys()) response.end();
    },
  };
}
