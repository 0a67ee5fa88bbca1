// What Auto Scaling's calls ask of the groups that run here.
import test from "ava";
import { runningGroups } from "../../../../local/aws/autoscaling/running.ts";
import type { InstanceEvent } from "../../../../local/aws/ec2/instances/events.ts";

test("a report that arrives after an instance's end is judged as its group's", (t) => {
  let tell: (event: InstanceEvent) => void = () => {};
  const hypervisor = {
    instances: () => [],
    on(listener: typeof tell) {
      tell = listener;
      return () => true;
    },
  };
  const running = runningGroups(hypervisor as never, {} as never);
  t.is(running.groupOf("i-1"), undefined);
  const instance = { time: 0, instanceId: "i-1", groupName: "gas-web" };
  tell({ ...instance, kind: "launched" });
  tell({ ...instance, kind: "terminated" });
  t.is(running.groupOf("i-1"), "gas-web");
  t.is(running.groupOf("i-2"), undefined);
});
