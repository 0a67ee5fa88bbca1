import { randomBytes } from "node:crypto";
import type { InstanceCredentials } from "../types.ts";

export interface KnownCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Absent for the administrator. */
  readonly sessionToken?: string;
  /** Role ARN, or `administrator`. */
  readonly caller: string;
  /** Epoch milliseconds, wall clock; absent: never. */
  readonly expiration?: number;
}

export interface Credentials {
  readonly administrator: Pick<InstanceCredentials, "accessKeyId" | "secretAccessKey">;
  issue(roleArn: string): InstanceCredentials;
  register(known: KnownCredentials): void;
  find(accessKeyId: string): KnownCredentials | undefined;
}

const sessionMilliseconds = 6 * 3_600_000;

/** Long after its end an access key is still answered with "expired" instead of "unknown". */
const rememberMilliseconds = 24 * 3_600_000;

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function accessKey(prefix: "AKIA" | "ASIA"): string {
  return prefix + [...randomBytes(16)].map((byte) => base32[byte & 31]).join("");
}

/**
 * Who is who: every access key the gateway has handed out or has seen the emulator hand out. Sessions end by the wall
 * clock, as the services that hold them live by it.
 */
export function createCredentials(milliseconds = sessionMilliseconds): Credentials {
  const byKey = new Map<string, KnownCredentials>();
  const administrator = { accessKeyId: accessKey("AKIA"), secretAccessKey: randomBytes(30).toString("base64") };
  byKey.set(administrator.accessKeyId, { ...administrator, caller: "administrator" });
  return {
    administrator,
    issue(roleArn) {
      const expiration = Date.now() + milliseconds;
      const issued = {
        accessKeyId: accessKey("ASIA"),
        secretAccessKey: randomBytes(30).toString("base64"),
        sessionToken: randomBytes(96).toString("base64"),
      };
      this.register({ ...issued, caller: roleArn, expiration });
      return { ...issued, expiration: new Date(expiration).toISOString() };
    },
    register(known) {
      const forgotten = Date.now() - rememberMilliseconds;
      for (const [key, { expiration }] of byKey) {
        if (expiration !== undefined && expiration < forgotten) byKey.delete(key);
      }
      byKey.set(known.accessKeyId, known);
    },
    find: (accessKeyId) => byKey.get(accessKeyId),
  };
}
