/** The SDK's clients of one region of an emulator, made when they are first asked for. */
import type { Emulator } from "../../local/types.ts";
import { clientOptions } from "./emulator.ts";

type Configuration = ReturnType<typeof clientOptions>;

export interface Clients {
  readonly region: string;
  of<Client>(type: new (configuration: Configuration) => Client): Client;
}

export function clientsOf(emulator: Emulator, region: string): Clients {
  const made = new Map<unknown, unknown>();
  return {
    region,
    of<Client>(type: new (configuration: Configuration) => Client): Client {
      const client = (made.get(type) as Client | undefined) ?? new type({ ...clientOptions(emulator), region });
      made.set(type, client);
      return client;
    },
  };
}

/** In the form that most services take. */
export const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** @throws {Error} when an answer lacks what it must have. */
export function sure<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`the emulator tells no ${what}`);
  return value;
}
