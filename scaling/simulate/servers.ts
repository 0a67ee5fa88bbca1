/** Instances as the balancer sees them, and its choice among them. */

import { IdQueue } from "./id-queue.ts";
import type { Machine } from "./machines.ts";
import type { WebService } from "./model.ts";

export interface Server {
  readonly machine: Machine;
  /** Requests that found all slots busy, those whose clients have given up since included. */
  readonly queue: IdQueue;
  /** Of those, the ones that somebody still waits for. */
  queued: number;
  busy: number;
  /** Requests whose clients wait for an answer. */
  outstanding: number;
  draining: boolean;
  /** A lifecycle hook holds it. */
  held: boolean;
}

export interface Servers {
  of(machine: Machine): Server;
  at(index: number): Server;
  all(): readonly Server[];
  /** How many the balancer may choose from. */
  healthy(): number;
  enter(server: Server): void;
  leave(server: Server): void;
  /** `undefined`: there is none. */
  choose(): Server | undefined;
}

export function createServers(balancing: WebService["balancing"]): Servers {
  const servers: Server[] = [];
  let targets: Server[] = [];
  let turn = 0;
  return {
    of(machine) {
      const found = servers[machine.index];
      if (found !== undefined) return found;
      const queue = new IdQueue();
      const made = { machine, queue, queued: 0, busy: 0, outstanding: 0, draining: false, held: false };
      servers[machine.index] = made;
      return made;
    },
    at: (index) => servers[index] as Server,
    all: () => servers.filter((each) => each !== undefined),
    healthy: () => targets.length,
    enter(server) {
      targets.push(server);
    },
    leave(server) {
      targets = targets.filter((each) => each !== server);
    },
    choose() {
      const count = targets.length;
      if (count === 0) return undefined;
      turn = turn + 1 < count ? turn + 1 : 0;
      let chosen = targets[turn] as Server;
      if (balancing === "round robin") return chosen;
      for (let n = 1; n < count; n++) {
        const other = targets[(turn + n) % count] as Server;
        if (other.outstanding < chosen.outstanding) chosen = other;
      }
      return chosen;
    },
  };
}
