import type { Emulator } from "../types.ts";

/** Configuration of an SDK client that goes straight to the emulator, past the gateway, with every permission. */
export function administrator({ endpoint, region }: Pick<Emulator, "endpoint" | "region">) {
  return {
    endpoint,
    region,
    credentials: { accessKeyId: "administrator", secretAccessKey: "administrator" },
    // The emulator unpacks a compressed request twice, and fails: CloudWatch's client compresses from 10 KB on.
    disableRequestCompression: true,
  };
}
