/** One service as the local run has it on an instance, without the farm around it. */
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBundles, openBundles } from "../../../local/aws/ec2/instances/bundles.ts";
import { createPorts } from "../../../local/aws/ec2/instances/ports.ts";
import { startService } from "../../../local/aws/ec2/instances/service.ts";
import { startChildren } from "../../../local/process/children.ts";
import type { BootService } from "../../../runtime/contract/boot.ts";
import { until } from "../until.ts";
import { probeBundle } from "./services.ts";

export async function startHere(service: BootService, instanceId: string) {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-here-"));
  const children = startChildren();
  const cache = join(directory, "cache");
  const folder = await createBundles(cache)(service.bundle, async () => createReadStream(probeBundle().file));
  const nowhere = "http://127.0.0.1:9"; // the probe asks nobody
  const host = { instanceId, region: "us-east-1", home: join(directory, "instances", instanceId), metadata: nowhere };
  const context = {
    gateway: { endpoint: nowhere },
    children,
    directory,
    nodePath: process.execPath,
    ports: createPorts(),
  };
  const { unit, port } = await startService(service, folder, host, context, { onHealth() {}, onExit() {} });
  await until("the service is healthy", () => unit.health === "healthy");
  return {
    unit,
    get: async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text(),
    async stop() {
      await unit.stop();
      await children.stopAll();
      await openBundles(cache);
      rmSync(directory, { recursive: true });
    },
  };
}
