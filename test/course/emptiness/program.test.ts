// The program itself, deployed to the emulator: whatever it makes is found, and the sweep takes all of it away.
import { fileURLToPath } from "node:url";
import test from "ava";
import { type Aws, openAws } from "../../../course/emptiness/aws.ts";
import { proveEmpty, sweepAway } from "../../../course/emptiness/empty.ts";
import { isEmpty } from "../../../course/emptiness/prove.ts";
import { deploy } from "../../../local/run/deploy.ts";
import type { Emulator } from "../../../local/types.ts";
import { resourceTypes } from "../../../plan/resource-types/all.ts";
import { clientsOf } from "../../support/clients.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";
import { shareZone } from "../../support/shared.ts";

const directory = fileURLToPath(new URL("../../..", import.meta.url));
const owner = "gas26-sk7m2qa";

let emulator: Emulator;
let aws: Aws;
test.before(async () => {
  emulator = await testEmulator();
  const { endpoint, credentials } = clientOptions(emulator);
  aws = await openAws("us-east-1", { endpoint, credentials });
  await shareZone(clientsOf(emulator, "us-east-1"), "example.org");
});
test.after.always(() => {
  aws?.close();
  return emulator?.stop();
});

/** Types of which each resource is one on a list; the others are settings of these, or many resources at once. */
const counted = new Map(
  Object.entries(resourceTypes).flatMap(([type, { inAccount }]) =>
    typeof inAccount === "symbol" || inAccount.part ? [] : [[type, inAccount.kind] as const],
  ),
);
const goWithAnother = ["aws:autoscaling/schedule:Schedule", "aws:lb/listener:Listener"];

test.serial("everything that the program makes is found, and swept away", async (t) => {
  const { resources: made } = await deploy({
    directory,
    stack: "dev",
    config: {
      owner,
      domain: "example.org",
      operatorEmail: "me@example.org",
      instances: "private",
      store: "vault",
      webSchedule: "50 17 * * MON-FRI = 6; 0 21 * * MON-FRI = 2",
    },
    emulator,
    onOutput: () => {},
  });
  t.true(made.length > 150, String(made.length));
  const look = { aws, sought: { owners: [owner] }, regions: ["us-east-1"] };
  const proof = await proveEmpty(look);
  t.deepEqual(proof.failures, []);

  for (const [type, kind] of counted) {
    if (goWithAnother.includes(type) || type.startsWith("aws:vpc/")) continue;
    const declared = made.filter((each) => each.type === type).length;
    const found = proof.leftovers.filter((each) => each.kind === kind).length;
    t.true(found >= declared, `${kind}: ${declared} declared, ${found} found`);
  }

  const { swept, proof: after } = await sweepAway({ ...look, wait: async () => {} }, proof.leftovers);
  t.deepEqual(
    swept.flatMap(({ leftover, kept }) => (kept === undefined ? [] : [`${leftover.kind} ${leftover.id}: ${kept}`])),
    [],
  );
  t.deepEqual(
    after.leftovers.map(({ kind, id }) => `${kind} ${id}`),
    [],
  );
  t.true(isEmpty(after));
});
