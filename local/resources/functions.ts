/** Answers the provider functions that a program calls. */
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { FunctionDriver } from "../../plan/types.ts";
import { createZone, findZone } from "../aws/route53/resources.ts";
import { type Context, ifThere } from "./handler.ts";

type Arguments = Readonly<Record<string, unknown>>;
type Answers = Readonly<Record<string, (args: Arguments, context: Context) => Promise<Record<string, unknown>>>>;

const answers: Answers = {
  async "aws:index/getRegion:getRegion"(_args, { emulator: { region } }) {
    return { id: region, name: region, region, description: region };
  },
  async "aws:index/getCallerIdentity:getCallerIdentity"(_args, { emulator: { accountId } }) {
    return { id: accountId, accountId, userId: accountId, arn: `arn:aws:iam::${accountId}:root` };
  },
  async "aws:index/getPartition:getPartition"() {
    return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
  },
  async "aws:index/getAvailabilityZones:getAvailabilityZones"(_args, { emulator: { region } }) {
    return { id: region, names: ["a", "b", "c"].map((zone) => region + zone), zoneIds: ["az1", "az2", "az3"] };
  },
  async "aws:ssm/getParameter:getParameter"({ name, withDecryption }, { client }) {
    const command = new GetParameterCommand({ Name: String(name), WithDecryption: withDecryption !== false });
    const parameter = (await ifThere(client(SSMClient).send(command)))?.Parameter;
    if (parameter === undefined) throw new Error(`there is no parameter ${name}`);
    const { Value: value, Type: type, Version: version, ARN: arn } = parameter;
    return { id: name, name, arn, type, value, version };
  },
  /** A zone is there before a program is; here, where no domain is anybody's, it is made when it is asked for. */
  async "aws:route53/getZone:getZone"({ name }, context) {
    const zone = (await findZone(String(name), context)) ?? (await createZone(String(name), "made on demand", context));
    return { id: zone.id, ...zone.outputs };
  },
};

/** @throws {Error} for a function that it does not know, naming it. */
export function createFunctions(context: Context): FunctionDriver {
  return async (token, args) => {
    const answer = answers[token];
    if (answer === undefined) {
      throw new Error(
        `the program calls ${token}; nothing here answers it (known: ${Object.keys(answers).join(", ")})`,
      );
    }
    return answer(args, context);
  };
}
