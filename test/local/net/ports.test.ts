// Ports of services: each is one service's on this machine, whether anybody listens there or not.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createPorts } from "../../../local/aws/ec2/instances/ports.ts";
import { runsSources } from "../../support/runs-sources.ts";

const file = fileURLToPath(new URL("../../support/fixture/takes-port.ts", import.meta.url));
/** Of this process, so that two runs of this test do not meet. */
const from = 20_000 + ((process.pid * 31) % 10_000);

test("a port that another run has given to a service that does not listen is no other service's, until that run has ended", async (t) => {
  const other = spawn(process.execPath, [...runsSources, file, String(from)], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => other.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: other.stdout }), "line")) as [string];
  const theirs = Number(line);
  const ports = createPorts(theirs);
  const ours = await ports.take();
  t.true(ours > theirs, `${ours}, theirs is ${theirs}`);
  other.kill("SIGKILL");
  await once(other, "exit");
  t.is(await createPorts(theirs).take(), theirs);
  t.not(await createPorts(theirs).take(), theirs, "nor another service's of this run");
  ports.release(ours);
});
