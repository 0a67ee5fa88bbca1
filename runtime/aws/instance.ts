/** What an instance knows of itself: the metadata service (IMDSv2) and its Auto Scaling group. */
import {
  type AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeLifecycleHooksCommand,
  type LifecycleHook,
  RecordLifecycleActionHeartbeatCommand,
  SetInstanceProtectionCommand,
} from "@aws-sdk/client-auto-scaling";
import type { InstanceIdentity } from "../jobs/ports.ts";

/** Patient: a slow answer must not make an instance believe that it is none, without protection and without a hook to complete. */
const answerMilliseconds = 10_000;
const tokenSeconds = 21_600;

/** Reads paths below `/latest/meta-data/`. Outside EC2 nothing answers. */
function createMetadata(endpoint: string) {
  let token: { value: string; until: number } | undefined;

  async function freshToken(): Promise<string> {
    if (token !== undefined && token.until > Date.now()) return token.value;
    const response = await fetch(new URL("/latest/api/token", endpoint), {
      method: "PUT",
      headers: { "X-aws-ec2-metadata-token-ttl-seconds": String(tokenSeconds) },
      signal: AbortSignal.timeout(answerMilliseconds),
    });
    if (!response.ok) throw new Error(`instance metadata: no token (${response.status})`);
    token = { value: await response.text(), until: Date.now() + (tokenSeconds - 60) * 1000 };
    return token.value;
  }

  /** `undefined` when the path does not exist. */
  return async (path: string): Promise<string | undefined> => {
    const response = await fetch(new URL(`/latest/meta-data/${path}`, endpoint), {
      headers: { "X-aws-ec2-metadata-token": await freshToken() },
      signal: AbortSignal.timeout(answerMilliseconds),
    });
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (response.status === 401) token = undefined;
    if (!response.ok) throw new Error(`instance metadata ${path}: ${response.status}`);
    return text.trim();
  };
}

/** Seconds; AWS's, where a hook says nothing else. */
const heartbeatDefault = 3_600;

interface Member {
  readonly client: AutoScalingClient;
  readonly AutoScalingGroupName: string;
}

/** A machine that is no EC2 instance: in service as long as it runs, protected by nobody. */
export const noInstance: InstanceIdentity = {
  instanceId: undefined,
  targetLifecycleState: async () => "InService",
  protectFromScaleIn: async () => {},
  prolongTermination: async () => undefined,
  completeTermination: async () => {},
};

/**
 * Finds out once whether this process runs on an EC2 instance; ten seconds without an answer mean that it does not.
 *
 * @param options.endpoint omitted: `AWS_EC2_METADATA_SERVICE_ENDPOINT`, else the link-local address.
 * @param options.autoScaling makes the client when the group is first needed; omitted: protection and termination are no-ops.
 */
export async function identifyInstance(
  options: { endpoint?: string; autoScaling?: () => AutoScalingClient } = {},
): Promise<InstanceIdentity> {
  const metadata = createMetadata(
    options.endpoint ?? process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? "http://169.254.169.254",
  );
  let instanceId: string | undefined;
  try {
    instanceId = await metadata("instance-id");
  } catch {
    // Not EC2, or its metadata service is switched off.
  }
  if (instanceId === undefined) return noInstance;
  const InstanceIds = [instanceId];
  let client: AutoScalingClient | undefined;

  /** The client and the group's name; undefined for an instance that belongs to no group. */
  async function group(): Promise<Member | undefined> {
    client ??= options.autoScaling?.();
    if (client === undefined) return undefined;
    const { AutoScalingInstances = [] } = await client.send(new DescribeAutoScalingInstancesCommand({ InstanceIds }));
    const name = AutoScalingInstances[0]?.AutoScalingGroupName;
    return name === undefined ? undefined : { client, AutoScalingGroupName: name };
  }

  /** Asks something of each termination hook of the group, one after the other. */
  async function eachHook<Result>(ask: (member: Member, hook: LifecycleHook) => Promise<Result>): Promise<Result[]> {
    const member = await group();
    if (member === undefined) return [];
    const { client, AutoScalingGroupName } = member;
    const { LifecycleHooks = [] } = await client.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName }));
    const results: Result[] = [];
    for (const hook of LifecycleHooks) {
      if (hook.LifecycleTransition === "autoscaling:EC2_INSTANCE_TERMINATING") results.push(await ask(member, hook));
    }
    return results;
  }

  return {
    instanceId,
    // An instance outside a group has no such path and is in service.
    targetLifecycleState: async () => (await metadata("autoscaling/target-lifecycle-state")) ?? "InService",

    async protectFromScaleIn(protect) {
      const member = await group();
      if (member === undefined) return;
      const { client, AutoScalingGroupName } = member;
      await client.send(
        new SetInstanceProtectionCommand({ AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn: protect }),
      );
    },

    async prolongTermination() {
      const timeouts = await eachHook(
        async ({ client, AutoScalingGroupName }, { LifecycleHookName, HeartbeatTimeout }) => {
          const action = { AutoScalingGroupName, LifecycleHookName, InstanceId: instanceId };
          await client.send(new RecordLifecycleActionHeartbeatCommand(action));
          return HeartbeatTimeout ?? heartbeatDefault;
        },
      );
      return timeouts.length === 0 ? undefined : Math.min(...timeouts);
    },

    async completeTermination() {
      await eachHook(({ client, AutoScalingGroupName }, { LifecycleHookName }) => {
        const action = { AutoScalingGroupName, LifecycleHookName, InstanceId: instanceId };
        return client.send(new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: "CONTINUE" }));
      });
    },
  };
}
