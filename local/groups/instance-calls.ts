/**
 * DescribeAutoScalingGroups and DescribeAutoScalingInstances: the emulator says of every instance that it runs the template's
 * default version. Which one it was launched from stands in the answer instead.
 */
import { type Interceptor, whole } from "../gateway/aws/call.ts";

/** Launch template version of an instance; `undefined`: it is not known here. */
export type VersionOf = (instanceId: string) => string | undefined;

/** One instance in the answer: a list entry that no other is in. */
const entry =
  /<member>(?:(?!<\/?member>)[\s\S])*?<InstanceId>([^<]+)<\/InstanceId>(?:(?!<\/?member>)[\s\S])*?<\/member>/g;

/** By action, for the signing name `autoscaling`. */
export function instanceInterceptors(versionOf: VersionOf): Readonly<Record<string, Interceptor>> {
  const told: Interceptor = async (call, next) => {
    const answer = await whole(await next(call));
    const body = answer.body.toString("utf8").replace(entry, (instance, instanceId: string) => {
      const version = versionOf(instanceId);
      return version === undefined ? instance : instance.replace(/<Version>[^<]*</, `<Version>${version}<`);
    });
    const { "content-length": _, ...headers } = answer.headers;
    return { ...answer, headers, body: Buffer.from(body) };
  };
  return { DescribeAutoScalingGroups: told, DescribeAutoScalingInstances: told };
}
