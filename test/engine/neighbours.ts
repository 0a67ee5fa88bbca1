/** What somebody else has in the account before the program comes. */
import { CreateSecurityGroupCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import type { Emulator } from "../../local/types.ts";
import { clientOptions } from "../support/emulator.ts";

export interface Neighbours {
  readonly vpcId: string;
  /** Of two zones. */
  readonly subnetIds: readonly string[];
  readonly balancerSecurityGroupId: string;
  readonly listenerArn: string;
}

/** A VPC and a balancer in it. */
export async function makeNeighbours(emulator: Emulator): Promise<Neighbours> {
  const [ec2, elb] = [
    new EC2Client(clientOptions(emulator)),
    new ElasticLoadBalancingV2Client(clientOptions(emulator)),
  ];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const vpcId = Subnets[0]?.VpcId ?? "";
  const ofVpc = Subnets.filter(({ VpcId }) => VpcId === vpcId);
  const subnetIds = ofVpc.slice(0, 2).map(({ SubnetId = "" }) => SubnetId);
  const { GroupId = "" } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "balancer", Description: "of the balancer", VpcId: vpcId }),
  );
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "shared", Subnets: subnetIds, SecurityGroups: [GroupId] }),
  );
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: "HTTP",
      Port: 80,
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    }),
  );
  ec2.destroy();
  elb.destroy();
  return { vpcId, subnetIds, balancerSecurityGroupId: GroupId, listenerArn: Listeners?.[0]?.ListenerArn ?? "" };
}

/** Whose domain it is has a zone of it already. */
export async function makeZone(emulator: Emulator, name: string): Promise<void> {
  const route53 = new Route53Client(clientOptions(emulator));
  await route53.send(new CreateHostedZoneCommand({ Name: name, CallerReference: name }));
  route53.destroy();
}
