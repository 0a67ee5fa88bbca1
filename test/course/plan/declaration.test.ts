// What money is counted by is what is deployed: the program of the stacks as each isolation configures it, and what they share.
import test from "ava";
import { courseRatesOf } from "../../../course/money/rates.ts";
import { readDeclaration } from "../../../course/plan/declaration.ts";
import { writePlaces } from "../../../course/plan/places.ts";
import { readTable } from "../../../plan/cost/prices.ts";
import { usageOf } from "../../../plan/cost/usage.ts";
import type { Plan } from "../../../plan/types.ts";
import { classOf } from "./class.ts";

const table = await readTable("us-east-1");
const many = (plan: Plan | undefined, type: string) => plan?.resources.filter((each) => each.type === type).length ?? 0;
const balancers = (plan: Plan | undefined) => many(plan, "aws:lb/loadBalancer:LoadBalancer");
const networks = (plan: Plan | undefined) => many(plan, "awsx:ec2:Vpc");

async function read(said: Parameters<typeof classOf>[1], places?: Parameters<typeof writePlaces>[1]) {
  const { course, stacks, stateDirectory } = classOf(2, said);
  if (places !== undefined) writePlaces(stateDirectory, places);
  const declaration = await readDeclaration(course, stacks, stateDirectory);
  return { declaration, rates: courseRatesOf(declaration, table, usageOf()) };
}

test("each isolation: who declares network and balancer, and who pays for them", async (t) => {
  const own = await read({ isolation: "own" });
  const { owner, plan, shared } = own.declaration;
  t.is(owner, "gas26-saaaaa0");
  t.deepEqual([balancers(plan), balancers(shared?.plan)], [1, 0]);
  // The permissions boundary, which is free.
  const { fixed, estimated, leftOut } = own.rates.shared;
  t.deepEqual([shared?.owner, fixed, estimated, leftOut], ["gas26-shared", 0, 0, []]);

  const network = await read({ isolation: "network", config: { instances: "private" } });
  t.deepEqual([networks(network.declaration.plan), networks(network.declaration.shared?.plan)], [0, 1]);
  t.deepEqual([balancers(network.declaration.plan), balancers(network.declaration.shared?.plan)], [1, 0]);
  t.true(network.rates.shared.fixed >= 0.045, "a NAT gateway");

  // Two of them stand, whatever the roster says now.
  const places = { "gas26-saaaaa0": { balancer: 0, priority: 1 }, "gas26-szzzzzz": { balancer: 1, priority: 1 } };
  const behind = await read({ isolation: "balancers" }, places);
  t.deepEqual([balancers(behind.declaration.plan), balancers(behind.declaration.shared?.plan)], [0, 2]);
  const each = 0.0225 + 2 * 0.005;
  t.true(Math.abs(own.rates.each.fixed - behind.rates.each.fixed - each) < 0.001, "no stack pays for a balancer");
  t.true(Math.abs(behind.rates.shared.fixed - 2 * each) < 0.001, String(behind.rates.shared.fixed));
});

test("a course that shares nothing declares nothing of the kind", async (t) => {
  const { declaration } = await read({ isolation: "own", permissionsBoundary: false });
  t.false("shared" in declaration);
});

test("choices that do not go together are refused before a program runs", async (t) => {
  const { course, stacks, stateDirectory } = classOf(2, { isolation: "balancers" });
  const { domain: _, ...without } = course;
  await t.throwsAsync(readDeclaration(without, stacks, stateDirectory), { message: /give domain, a Route 53 zone/ });
});
