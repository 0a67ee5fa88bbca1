/** Child processes that are forks of the test run's nursery instead of new ones: an emulator is there at once. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Child, ChildOptions, Children, Exit } from "../../../local/process/children.ts";

async function connected(address: string): Promise<Socket> {
  const socket = connect(address);
  await once(socket, "connect");
  return socket;
}

/** Where the nursery makes forks; opens it if need be. */
async function nurseryFor(desk: string, { command, args: [server], env }: ChildOptions): Promise<string> {
  const socket = await connected(desk);
  socket.write(`${JSON.stringify({ command, server, environment: env })}\n`);
  const [line] = (await once(createInterface({ input: socket }), "line")) as [string];
  const { address, error } = JSON.parse(line) as { readonly address?: string; readonly error?: string };
  if (address === undefined) throw new Error(error);
  return address;
}

/** @param options of a Python program; its first argument is the script, the others are the fork's. */
function fork(desk: string, options: ChildOptions): Child {
  const making = (async () => {
    const socket = await connected(await nurseryFor(desk, options));
    socket.write(`${JSON.stringify({ arguments: options.args.slice(1), log: options.logFile })}\n`);
    return socket;
  })();
  const exited: Promise<Exit> = making.then(async (socket) => {
    const over = once(socket, "close");
    socket.resume().on("error", () => {}); // a reset is an end as well
    await over;
    return { code: 0, signal: null };
  });
  const end = async () => void (await making).end();
  return {
    name: options.name,
    pid: undefined,
    exited,
    stop: async () => {
      await end();
      await exited;
    },
    kill: () => void end(),
  };
}

/** @param desk what `openNursery` has given. */
export function nurseryChildren(desk: string): Children {
  const started: Child[] = [];
  return {
    start(options) {
      const child = fork(desk, options);
      started.push(child);
      return child;
    },
    stopAll: async () => {
      await Promise.all(started.map((child) => child.stop()));
    },
  };
}
