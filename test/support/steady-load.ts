/** Requests without a break, over connections that are kept: what a rolling farm must answer every one of. */
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Answered {
  /** HTTP status, or the code of the connection's error. */
  readonly status: number | string;
  readonly headers: Readonly<Record<string, unknown>>;
}

function ask(url: string, agent: Agent): Promise<Answered> {
  return new Promise((resolve) => {
    const request = get(url, { agent }, (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      response.once("error", (error) => resolve({ status: error.message, headers: {} }));
    });
    request.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ status: error.code ?? error.message, headers: {} }),
    );
  });
}

/** @param options.users each asks for one of the addresses, reads the answer, thinks for 20 to 60 ms, and asks again. */
export function startLoad(urls: readonly string[], { users = 4 } = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: users });
  const answers: Answered[] = [];
  const over = new AbortController();
  const running = Array.from({ length: users }, async (_, user) => {
    while (!over.signal.aborted) {
      answers.push(await ask(urls[user % urls.length] ?? "", agent));
      await sleep(20 + ((user * 17 + answers.length * 7) % 40));
    }
  });
  return {
    answers: answers as readonly Answered[],
    /** What was answered otherwise than by 200. */
    failed: () => answers.flatMap(({ status }) => (status === 200 ? [] : [status])),
    async stop(): Promise<void> {
      over.abort();
      await Promise.all(running);
      agent.destroy();
    },
  };
}
