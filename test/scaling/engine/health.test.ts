// When a group replaces an instance, and in which words: the table above `scaling/engine/health.ts`.
import test from "ava";
import { type Complaint, isHeeded, replacementCause, type ScalingProcess } from "../../../scaling/engine/health.ts";

const lost: Complaint = { by: "lost" };
const abandoned: Complaint = { by: "hook", hook: "prepare" };
const said: Complaint = { by: "user" };
const status: Complaint = { by: "EC2", reason: "a service never started" };
const balancer: Complaint = { by: "ELB" };

const cause = (complaints: readonly Complaint[], age: number, ...suspended: ScalingProcess[]) =>
  replacementCause(complaints, { age, graceMilliseconds: 300, suspended: new Set(suspended) });

test("checks wait for the end of the grace period; what is certain does not", (t) => {
  t.is(cause([lost], 0), "an EC2 health check indicating it has been terminated or stopped");
  t.is(cause([abandoned], 0), "an abandoned lifecycle hook prepare");
  t.is(cause([said], 0), "a user health-check");
  for (const [complaint, words] of [
    [status, "a health check failure: a service never started"],
    [{ by: "EC2" }, "an EC2 instance status checks failure"],
    [balancer, "an ELB system health check failure"],
  ] as const) {
    t.is(cause([complaint], 299), undefined);
    t.is(cause([complaint], 300), words);
  }
});

test("the first complaint that counts is told", (t) => {
  t.is(cause([balancer, said], 0), "a user health-check");
  t.is(cause([said, lost], 500), "a user health-check");
  t.is(cause([], 500), undefined);
});

test("HealthCheck suspended: checks are not noticed, what was said and abandoned is", (t) => {
  for (const check of [lost, status, balancer]) t.is(cause([check], 500, "HealthCheck"), undefined);
  for (const certain of [said, abandoned]) t.truthy(cause([certain], 500, "HealthCheck"));
});

test("ReplaceUnhealthy or Terminate suspended: nothing is replaced", (t) => {
  for (const process of ["ReplaceUnhealthy", "Terminate"] as const) {
    for (const each of [lost, abandoned, said, status, balancer]) t.is(cause([each], 500, process), undefined);
  }
  t.truthy(cause([lost], 500, "Launch", "AZRebalance", "AlarmNotification"));
});

test("the balancer is heeded by groups that ask for it, all else by every group", (t) => {
  t.false(isHeeded("ELB", { checkedByBalancer: false }));
  t.true(isHeeded("ELB", { checkedByBalancer: true }));
  t.true((["lost", "hook", "user", "EC2"] as const).every((by) => isHeeded(by, { checkedByBalancer: false })));
});
