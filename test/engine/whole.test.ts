// The project's own program through `annofarm local --engine`'s deployment: the plan that the runner reads is the embedded run's.
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { deploy } from "../../local/run/deploy.ts";
import type { Plan } from "../../plan/types.ts";
import { testEmulator } from "../support/emulator.ts";
import { noPulumi, pulumiForTests } from "./support.ts";

const pulumi = await pulumiForTests();
const engineTest = pulumi === undefined ? test.skip : test.serial;
if (pulumi === undefined) test(noPulumi, (t) => t.pass());

const directory = fileURLToPath(new URL("../plan/programs/complete", import.meta.url));

function shape({ resources, project, stack, config }: Plan) {
  const told = resources.map(({ urn, type, name, parent, custom, protect, inputs, secretInputs }) => ({
    ...{ urn, type, name, parent, custom, protect, secretInputs },
    inputs: Object.keys(inputs).sort(),
  }));
  return { project, stack, config, resources: told };
}

engineTest("the engine's plan is the embedded run's, and its state tells no secret", async (t) => {
  const stateDirectory = mkdtempSync(join(tmpdir(), "annofarm-engine-"));
  const emulators = await Promise.all([testEmulator("eu-central-1"), testEmulator("eu-central-1")]);
  const [one, other] = emulators;
  try {
    const options = { directory, stack: "test", config: { password: "open sesame" }, onOutput: () => {} };
    const embedded = await deploy({ ...options, emulator: one });
    const told: string[] = [];
    const engine = { pulumi: pulumi as string, stateDirectory };
    const deployed = await deploy({ ...options, emulator: other, engine, onResource: ({ name }) => told.push(name) });
    t.deepEqual(shape(deployed), shape(embedded));
    t.true(told.includes("results") && told.includes("farm-inner-queue"));
    for (const file of readdirSync(join(stateDirectory, "engine", "backend"), { recursive: true, encoding: "utf8" })) {
      if (file.endsWith(".json")) {
        t.notRegex(readFileSync(join(stateDirectory, "engine", "backend", file), "utf8"), /hidden|open sesame/, file);
      }
    }
    t.deepEqual(Object.keys(deployed.outputs).sort(), Object.keys(embedded.outputs).sort());
  } finally {
    for (const emulator of emulators) await emulator.stop();
  }
});

engineTest(
  "a setting that was typed and that nothing reads is told by the engine's deployment as by the embedded run",
  async (t) => {
    const engine = { pulumi: pulumi as string, stateDirectory: mkdtempSync(join(tmpdir(), "annofarm-engine-")) };
    const config = { password: "open", owner: "team2", "pulumi:tags": "{}", ownr: "team3", "compete:owner": "team3" };
    const emulator = await testEmulator("eu-central-1");
    const lines: string[] = [];
    const onOutput = (line: string) => void (line.includes("no effect") && lines.push(line));
    try {
      await deploy({ directory, stack: "test", config, typed: Object.keys(config), emulator, engine, onOutput });
      const told = [
        "! -c complete:ownr has no effect: nothing reads it; is complete:owner meant?",
        "! -c compete:owner has no effect: nothing reads it; is complete:owner meant?",
      ];
      t.deepEqual(lines, told);
      // What the runner gives by itself, and no user has typed, is not told.
      lines.length = 0;
      await deploy({ directory, stack: "test", config, typed: ["password"], emulator, engine, onOutput });
      t.deepEqual(lines, []);
    } finally {
      await emulator.stop();
    }
  },
);

engineTest("a region that is not the emulator's is refused before anything is made", async (t) => {
  const emulator = await testEmulator("us-east-1");
  const engine = { pulumi: pulumi as string, stateDirectory: mkdtempSync(join(tmpdir(), "annofarm-engine-")) };
  const options = { directory, stack: "test", config: { password: "open" }, onOutput: () => {} };
  await t.throwsAsync(deploy({ ...options, emulator, engine }), {
    message: /aws:region is eu-central-1, but the emulator that this stack is deployed to is of us-east-1/,
  });
  await emulator.stop();
});
