// Every documented value of every setting, and every pair of them: planned, checked and deployed.
import { fileURLToPath } from "node:url";
import test from "ava";
import { dashboardMistakes } from "../../local/aws/cloudwatch/dashboard-body.ts";
import { handlerOf } from "../../local/resources/driver.ts";
import { deploy } from "../../local/run/deploy.ts";
import { withPlans } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import { readScalingPlan } from "../../scaling/read/read-scaling-plan.ts";
import { clientsOf } from "../support/clients.ts";
import { testEmulator } from "../support/emulator.ts";
import { baseRow, configurationOf, conflictingRows, coveringRows } from "../support/settings/rows.ts";
import { shareZone } from "../support/shared.ts";

const directory = fileURLToPath(new URL("../..", import.meta.url));
const stack = { directory, stack: "dev", onOutput: () => {} };

/** What AWS, or a local run, would refuse of a plan. */
async function faultsOf(plan: Plan): Promise<string[]> {
  const faults: string[] = [];
  for (const { type, inputs } of plan.resources) {
    if (type === "aws:cloudwatch/dashboard:Dashboard") {
      faults.push(...dashboardMistakes(String(inputs.dashboardBody)).map((mistake) => JSON.stringify(mistake)));
    }
    if (type.startsWith("aws")) await handlerOf(type);
  }
  readScalingPlan(plan);
  return faults;
}

const { rows } = coveringRows();

test(`${rows.length} configurations, which have every pair of documented values, are planned without a fault`, async (t) => {
  await withPlans(async (read) => {
    for (const row of rows) {
      const config = configurationOf(row);
      const faults = await read({ ...stack, config }).then(faultsOf, (error: unknown) => [String(error)]);
      t.deepEqual(faults, [], JSON.stringify(config));
    }
  });
});

test("values that do not go together are refused by an error that names both settings", async (t) => {
  await withPlans(async (read) => {
    for (const { conflict, values } of conflictingRows()) {
      const config = { ...configurationOf(baseRow), ...values };
      const error = await t.throwsAsync(read({ ...stack, config }), undefined, JSON.stringify(values));
      for (const [key] of conflict.settings)
        t.regex(error?.message ?? "", new RegExp(`annofarm:${key}\\b`), conflict.rule);
    }
    const slow = { annotatorJobTakes: "5 minutes", annotatorAcceptableWait: "1 minute" };
    const error = await t.throwsAsync(read({ ...stack, config: { ...configurationOf(baseRow), ...slow } }));
    for (const key of Object.keys(slow)) t.regex(error?.message ?? "", new RegExp(`annofarm:${key}\\b`));
  });
});

for (const [index, row] of rows.entries()) {
  // What a network that is there already is made of has to be there: test/components/existing.test.ts and the course's tests do it.
  const { vpcId: _, instanceSubnets, publicSubnets, balancerSecurityGroup, ...others } = configurationOf(row);
  const { listenerArn, listenerPriority, hostName, permissionsBoundary, ...config } = others;
  // One after another: each has an emulator of its own.
  test.serial(`configuration ${index + 1} of ${rows.length} is deployed`, async (t) => {
    const emulator = await testEmulator();
    t.teardown(() => emulator.stop());
    // A zone is somebody else's, and has to be there.
    if (config.domain) await shareZone(clientsOf(emulator, emulator.region), config.domain);
    const deployment = deploy({ ...stack, config, emulator });
    const { resources } = await t.notThrowsAsync(deployment, JSON.stringify(config)).then(() => deployment);
    t.true(resources.length > 80, `${resources.length} resources: ${JSON.stringify(config)}`);
  });
}
