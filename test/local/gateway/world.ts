/** An emulator with a gateway in front of it, for the tests of one file. */

import { type AccountOptions, startEmulatedAccount } from "../../../local/aws/account.ts";
import { createAuthorizer, type Denial } from "../../../local/aws/iam/authorizer.ts";
import type { Emulator, Gateway, GatewayCall, InstanceCredentials, LocalClock } from "../../../local/types.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";

/** Stands still until it is moved. */
export interface HandClock extends LocalClock {
  /** Moves on and calls whatever is due, in order. */
  advance(milliseconds: number): void;
}

export function handClock(start = Date.UTC(2026, 0, 5, 12)): HandClock {
  let now = start;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    speed: 1,
    now: () => now,
    after(milliseconds, callback) {
      const timer = { at: now + milliseconds, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        now = next.at;
        next.callback();
      }
      now = end;
    },
  };
}

export async function gatewayWorld(options: Partial<AccountOptions> = {}) {
  return worldAround(await testEmulator(), options);
}

/** The same, with every call of a role judged by the policies that stand in the emulator. */
export async function enforcedWorld(options: Partial<AccountOptions> = {}) {
  const emulator = await testEmulator();
  const denials: Denial[] = [];
  const authorizer = createAuthorizer({ emulator, onDenied: (denial) => denials.push(denial) });
  const world = await worldAround(emulator, { authorize: authorizer.authorize, ...options });
  return {
    ...world,
    authorizer,
    /** Refused calls. */
    denials,
    async stop() {
      authorizer.stop();
      await world.stop();
    },
  };
}

async function worldAround(emulator: Emulator, options: Partial<AccountOptions>) {
  const clock = handClock();
  const failures: unknown[] = [];
  const log = { error: (fields: object) => void failures.push(fields) };
  const gateway = await startEmulatedAccount({ emulator, clock, log, ...options });
  return {
    emulator,
    clock,
    gateway,
    /** What went wrong in the background. */
    failures,
    /** Options of a client that speaks to the emulator itself. */
    direct: clientOptions(emulator),
    /** Options of a client of a service: known by its role, through the gateway. */
    as: (roleArn: string) => through(gateway, gateway.credentialsFor(roleArn)),
    through: (credentials: Pick<InstanceCredentials, "accessKeyId" | "secretAccessKey">) =>
      through(gateway, credentials),
    async stop() {
      await gateway.stop();
      await emulator.stop();
    },
  };
}
export type GatewayWorld = Awaited<ReturnType<typeof gatewayWorld>>;
export type EnforcedWorld = Awaited<ReturnType<typeof enforcedWorld>>;

function through(gateway: Gateway, credentials: Partial<InstanceCredentials>) {
  const { accessKeyId = "", secretAccessKey = "", sessionToken } = credentials;
  return {
    endpoint: gateway.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    forcePathStyle: true,
    maxAttempts: 1,
  };
}

/** Calls that the gateway tells of while `work` runs. */
export async function callsDuring(gateway: Gateway, work: () => Promise<unknown>): Promise<GatewayCall[]> {
  const calls: GatewayCall[] = [];
  const off = gateway.onCall((call) => calls.push(call));
  try {
    await work();
  } finally {
    off();
  }
  return calls;
}

export const role = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;

/** The error that a promise is rejected with. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<Error & { $metadata?: { httpStatusCode?: number } }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was expected to be refused and was not");
}
