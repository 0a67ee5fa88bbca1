// A class of a hundred, planned without AWS: costs by isolation, quotas that break and what mends them, all on 80 columns.
import test from "ava";
import { writePlaces } from "../../../course/plan/places.ts";
import { planCourse } from "../../../course/plan/plan.ts";
import { breaksSomething, coursePlanText } from "../../../course/plan/text.ts";
import { classOf } from "./class.ts";

const verdictsOf = ({ quotas }: Awaited<ReturnType<typeof planCourse>>) =>
  new Map(quotas.map(({ rule, verdict }) => [rule.kind, verdict]));

test("a hundred with networks of their own break what sharing mends", async (t) => {
  const plan = await planCourse(classOf(100));
  const found = verdictsOf(plan);
  for (const kind of ["balancers", "vpcs", "internetGateways", "gatewayEndpoints", "onDemandVcpus"] as const) {
    t.is(found.get(kind), "breaks", kind);
  }
  t.is(found.get("buckets"), "fits");
  const vpcs = plan.quotas.find(({ rule }) => rule.kind === "vpcs");
  t.is(vpcs?.mends[0], "isolation: network");
  t.is(plan.quotas.find(({ rule }) => rule.kind === "balancers")?.mends[0], "isolation: balancers");
  t.is(plan.balancers, 0);
  t.is(plan.stacks[0]?.host, "gas26-saaaaa0.example.org");

  // One balancer in place of a hundred; what is left is the instances'.
  const { own, network, balancers } = plan.costs;
  t.true(balancers !== undefined && own !== undefined && network !== undefined);
  if (balancers === undefined || own === undefined || network === undefined) return;
  const perBalancer = 0.0225 * 730 + 2 * 0.005 * 730;
  const saved = own.expected.month - balancers.expected.month;
  t.true(Math.abs(saved - 99 * perBalancer) < 0.02 * 99 * perBalancer, `saves $${saved} a month`);
  t.true(own.min.month <= own.expected.month);
  t.true(Math.abs(own.expected.term - own.expected.month * ((10 * 168) / 730)) < 1e-6);

  t.true(breaksSomething(plan));
  const text = coursePlanText(plan, true);
  for (const line of text.split("\n")) {
    t.true([...line].length <= 80, line);
  }
  t.regex(text, /none is allowed/);
  t.regex(text, /BREAKS {2}application balancers +100 of 50/);
});

test("behind shared balancers each has a place, which stays its own", async (t) => {
  const options = classOf(3, { isolation: "balancers", config: { webMax: "4" } });
  const [first, second, third] = options.stacks.map(({ name }) => name);
  writePlaces(options.stateDirectory, { [String(second)]: { balancer: 0, priority: 42 } });
  const plan = await planCourse(options);
  t.deepEqual(
    plan.stacks.map(({ name, place }) => [name, place]),
    [
      [first, { balancer: 0, priority: 1 }],
      [second, { balancer: 0, priority: 42 }],
      [third, { balancer: 0, priority: 2 }],
    ],
  );
  t.is(plan.balancers, 1);
  const found = verdictsOf(plan);
  t.is(found.get("balancers"), "fits");
  t.is(found.get("rulesPerBalancer"), "fits");
  t.deepEqual(plan.proof.collisions, []);
});

test("shared balancers without a domain are refused", async (t) => {
  const { course, ...rest } = classOf(2, { isolation: "balancers" });
  const { domain: _, ...without } = course;
  await t.throwsAsync(planCourse({ course: without, ...rest }), { message: /give domain, a Route 53 zone/ });
});

test("without a domain all send from one address, whose identity is made once", async (t) => {
  const { course, ...rest } = classOf(2);
  const { domain: _, ...without } = course;
  const plan = await planCourse({ course: without, ...rest });
  t.deepEqual(plan.proof.collisions, []);
  t.deepEqual(plan.proof.widened.reached, []);
  t.is(plan.costs.balancers, undefined);
  t.is(plan.stacks[0]?.host, undefined);
});
