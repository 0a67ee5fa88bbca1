import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import test, { type ExecutionContext } from "ava";
import { identifyInstance } from "../../../runtime/aws/instance.ts";

/** A metadata service, version 2 only. */
async function metadata(t: ExecutionContext, values: Map<string, string>): Promise<string> {
  let token = 0;
  const server = createServer((request, response) => {
    if (request.method === "PUT" && request.url === "/latest/api/token") {
      const wanted = request.headers["x-aws-ec2-metadata-token-ttl-seconds"];
      token += 1;
      return response.writeHead(wanted === undefined ? 400 : 200).end(`token-${token}`);
    }
    if (request.headers["x-aws-ec2-metadata-token"] !== `token-${token}`) return response.writeHead(401).end();
    const value = values.get((request.url ?? "").replace("/latest/meta-data/", ""));
    response.writeHead(value === undefined ? 404 : 200).end(value);
  });
  await promisify((done: () => void) => server.listen(0, "127.0.0.1", done))();
  t.teardown(() => promisify((done: () => void) => server.close(done))());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("an instance knows its id and whether it is to leave, by IMDSv2", async (t) => {
  const values = new Map([["instance-id", "i-0abc"]]);
  const identity = await identifyInstance({ endpoint: await metadata(t, values) });
  t.is(identity.instanceId, "i-0abc");
  t.is(await identity.targetLifecycleState(), "InService");
  values.set("autoscaling/target-lifecycle-state", "Terminated");
  t.is(await identity.targetLifecycleState(), "Terminated");
});

test("outside EC2 everything is harmless", async (t) => {
  const identity = await identifyInstance({ endpoint: "http://127.0.0.1:9" });
  t.is(identity.instanceId, undefined);
  t.is(await identity.targetLifecycleState(), "InService");
  await t.notThrowsAsync(identity.protectFromScaleIn(true));
  await t.notThrowsAsync(identity.completeTermination());
});

test("protection and the end of the termination hook go to the instance's own group", async (t) => {
  const calls: [string, unknown][] = [];
  const autoScaling = () =>
    ({
      async send(command: { constructor: { name: string }; input: unknown }) {
        calls.push([command.constructor.name, command.input]);
        return {
          AutoScalingInstances: [{ AutoScalingGroupName: "farm" }],
          LifecycleHooks: [
            { LifecycleHookName: "boot", LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" },
            {
              LifecycleHookName: "drain",
              LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
              HeartbeatTimeout: 90,
            },
          ],
        };
      },
    }) as unknown as AutoScalingClient;
  const endpoint = await metadata(t, new Map([["instance-id", "i-0abc"]]));
  const identity = await identifyInstance({ endpoint, autoScaling });
  await identity.protectFromScaleIn(true);
  t.deepEqual(calls.at(-1), [
    "SetInstanceProtectionCommand",
    { AutoScalingGroupName: "farm", InstanceIds: ["i-0abc"], ProtectedFromScaleIn: true },
  ]);
  t.is(await identity.prolongTermination(), 90, "seconds until it ends without another");
  t.deepEqual(calls.at(-1), [
    "RecordLifecycleActionHeartbeatCommand",
    { AutoScalingGroupName: "farm", LifecycleHookName: "drain", InstanceId: "i-0abc" },
  ]);
  await identity.completeTermination();
  const completed = calls.filter(([name]) => name === "CompleteLifecycleActionCommand");
  t.deepEqual(
    completed.map(([, input]) => input),
    [
      {
        AutoScalingGroupName: "farm",
        LifecycleHookName: "drain",
        InstanceId: "i-0abc",
        LifecycleActionResult: "CONTINUE",
      },
    ],
  );
});
