/** An AWS emulator for the tests of one file. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "../../local/emulator/moto.ts";
import { startChildren } from "../../local/process/children.ts";
import { ensurePython } from "../../local/process/python/environment.ts";
import type { Emulator } from "../../local/types.ts";
import { nurseryChildren } from "./nursery/children.ts";

/**
 * A fresh moto; `stop` it in `test.after.always`. The first caller on a machine installs it (about 15 s); the first of a test run
 * waits until moto is read (about 3 s), all others are forks of that.
 *
 * ```ts
 * let emulator: Emulator;
 * test.before(async () => { emulator = await testEmulator(); });
 * test.after.always(() => emulator?.stop());
 * ```
 */
export async function testEmulator(region = "us-east-1"): Promise<Emulator> {
  const directory = fileURLToPath(new URL("../../.annofarm", import.meta.url));
  const python = await ensurePython({ directory });
  const logs = await mkdtemp(join(tmpdir(), "annofarm-moto-"));
  const desk = process.env.EMULATOR_NURSERY;
  const children = desk === undefined ? startChildren() : nurseryChildren(desk);
  const emulator = await startEmulator({
    python: python.bin("python"),
    children,
    region,
    logFile: join(logs, "moto.log"),
  });
  return { ...emulator, stop: () => children.stopAll() };
}

/** Options for an AWS SDK client of a test. */
export function clientOptions(emulator: Emulator) {
  return {
    endpoint: emulator.endpoint,
    region: emulator.region,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    forcePathStyle: true,
    maxAttempts: 1,
  };
}
