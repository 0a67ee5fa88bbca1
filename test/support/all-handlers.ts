import { existsSync, readdirSync } from "node:fs";
import type { Handlers } from "../../local/resources/handler.ts";

const services = new URL("../../local/aws/", import.meta.url);

/** Handlers of every type that comes to life on this machine, of AWS and of others, by type. */
export async function allHandlers(): Promise<Handlers> {
  const files = readdirSync(services)
    .map((service) => new URL(`${service}/resources.ts`, services))
    .filter((file) => existsSync(file));
  files.push(new URL("../resources/tls.ts", services));
  const modules = await Promise.all(files.map((file) => import(file.href) as Promise<{ handlers: Handlers }>));
  return Object.assign({}, ...modules.map(({ handlers }) => handlers));
}
