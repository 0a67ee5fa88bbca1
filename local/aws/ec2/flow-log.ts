import { CreateFlowLogsCommand, DeleteFlowLogsCommand, DescribeFlowLogsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { type Context, handler, ifThere, type State, sent } from "../../resources/handler.ts";
import { defined, type Tags, tagSpecifications } from "../../resources/shape.ts";

interface FlowLogInputs {
  readonly vpcId: string;
  readonly trafficType?: "ACCEPT" | "REJECT" | "ALL";
  readonly logDestinationType?: "cloud-watch-logs" | "s3";
  readonly logDestination?: string;
  readonly iamRoleArn?: string;
  readonly maxAggregationInterval?: number;
  readonly tags?: Tags;
}

async function create(inputs: FlowLogInputs, { client, emulator }: Context): Promise<State> {
  const { FlowLogIds, Unsuccessful } = await client(EC2Client).send(
    new CreateFlowLogsCommand(
      defined({
        ResourceType: "VPC" as const,
        ResourceIds: [inputs.vpcId],
        TrafficType: inputs.trafficType,
        LogDestinationType: inputs.logDestinationType,
        LogDestination: inputs.logDestination,
        DeliverLogsPermissionArn: inputs.iamRoleArn,
        MaxAggregationInterval: inputs.maxAggregationInterval,
        TagSpecifications: tagSpecifications("vpc-flow-log", inputs.tags),
      }),
    ),
  );
  const failure = Unsuccessful?.[0]?.Error;
  if (failure !== undefined) throw new Error(`${failure.Code}: ${failure.Message}`);
  const id = sent(FlowLogIds?.[0], "FlowLogIds");
  return { id, outputs: { arn: `arn:aws:ec2:${emulator.region}:${emulator.accountId}:vpc-flow-log/${id}` } };
}

async function remove(id: string, { client }: Context): Promise<void> {
  await ifThere(client(EC2Client).send(new DeleteFlowLogsCommand({ FlowLogIds: [id] })));
}

/** A flow log is declared and kept; no packets flow here that it could record. */
export const flowLog = handler<FlowLogInputs>({
  create,
  async read({ id }, { client }) {
    const command = new DescribeFlowLogsCommand({ FlowLogIds: [id] });
    const found = (await ifThere(client(EC2Client).send(command)))?.FlowLogs?.[0];
    return found && { id, outputs: {} };
  },
  /** Tags apart, nothing of a flow log can be changed: it is made anew, under a new id. */
  async update({ id }, inputs, context) {
    await remove(id, context);
    return create(inputs, context);
  },
  delete: ({ id }, context) => remove(id, context),
});
