/** Who on this machine is at the other end of a connection. */
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { confinement } from "../../plan/program/confinement.ts";

const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, "0");

/** User id of the process that opened the connection; `undefined`: it is gone. Linux only. */
function uidOfCaller({ remotePort = 0, localPort = 0 }: Socket): number | undefined {
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const row of readFileSync(table, "utf8").split("\n")) {
      const fields = row.trim().split(/\s+/);
      const from = fields[1]?.endsWith(`:${hex(remotePort)}`);
      if (from && fields[2]?.endsWith(`:${hex(localPort)}`)) return Number(fields[7]);
    }
  }
  return undefined;
}

/** True: confined code asks, or somebody who has left. Where it shares the runner's user id nothing tells it apart. */
export function isConfined(socket: Socket): boolean {
  const refused = confinement()?.uid;
  if (refused === undefined) return false;
  const uid = uidOfCaller(socket);
  return uid === undefined || uid === refused;
}
