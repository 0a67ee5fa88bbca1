import { fileURLToPath } from "node:url";
import test from "ava";
import { parseCapacity } from "../../../local/capacity/parse.ts";
import { capacitiesOfRoles, resolveCapacities } from "../../../local/capacity/resolve.ts";
import { readPlan } from "../../../plan/plan.ts";
import type { Plan } from "../../../plan/types.ts";

let plan: Plan;
test.before(async () => {
  plan = await readPlan({ directory: fileURLToPath(new URL("../../..", import.meta.url)), stack: "local" });
});
const resolve = (...texts: string[]) => resolveCapacities(plan, texts.map(parseCapacity));

test("names are those of services or of groups", (t) => {
  t.deepEqual(
    resolve("web=4.9rps", "gas-annotator=60s").map(({ group, kind }) => [group, kind]),
    [
      ["gas-web--local", "web"],
      ["gas-annotator--local", "workers"],
    ],
  );
  t.deepEqual(resolve(), []);
});

test("workers are known by their role", (t) => {
  const roles = capacitiesOfRoles(plan, resolve("web=4.9rps", "annotator=60s"));
  t.deepEqual([...roles.keys()], ["arn:aws:iam::123456789012:role/gas-annotator--local--us-east-1"]);
  t.like(roles.get("arn:aws:iam::123456789012:role/gas-annotator--local--us-east-1"), { jobSeconds: 60 });
});

test("what cannot be is refused, with what there is", (t) => {
  t.throws(() => resolve("wbe=4.9rps"), {
    message:
      /stack local has no group or service "wbe"; it has gas-annotator--local \(annotator\), gas-web--local \(web\), gas-utility--local \(.*notifier.*\)/,
  });
  t.throws(() => resolve("annotator=4.9rps"), {
    message: /"annotator": no balancer stands before gas-annotator--local/,
  });
  t.throws(() => resolve("web=60s"), { message: /"web": gas-web--local runs no annotator/ });
  t.throws(() => resolve("web=5rps", "gas-web=6rps"), { message: /gas-web--local has been given two/ });
});
