// Loaded before a service's own code on an instance of this machine: what it would open to all interfaces it opens to this
// machine only. On AWS a security group stands before the port; here whoever is in the same network could reach it.
// Plain JavaScript on purpose: services run without a loader.
import { Server } from "node:net";

process.umask(0o022); // the unit's: a file that the user's own umask would hide has the same mode in both places

const loopback = "127.0.0.1";
const everywhere = new Set([undefined, null, "", "0.0.0.0", "::", "::0", "0:0:0:0:0:0:0:0"]);
const { listen } = Server.prototype;
const narrowed = (host) => (everywhere.has(host) ? loopback : host);

/** The forms that name a port, or none: (port, host?, backlog?, callback?) and ({ port, host? }, callback?). Others stay. */
Server.prototype.listen = function (...given) {
  const [first, ...rest] = given;
  if (typeof first === "object" && first !== null) {
    if (first.port === undefined || first.port === null) return listen.apply(this, given); // a path, a handle
    return listen.call(this, { ...first, host: narrowed(first.host) }, ...rest);
  }
  if (typeof first === "string" && !/^\d+$/.test(first)) return listen.apply(this, given); // a path
  const port = typeof first === "function" ? 0 : (first ?? 0);
  const host = narrowed(rest.find((each) => typeof each === "string"));
  const backlog = rest.find((each) => typeof each === "number");
  return listen.call(
    this,
    { port, host, backlog },
    given.find((each) => typeof each === "function"),
  );
};
