/** What several stacks share in a region: a balancer in the default VPC, and a zone. */
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { type Clients, sure } from "./clients.ts";

/** The default VPC and two of its subnets. */
export async function defaultNetwork({ of }: Clients): Promise<{ vpcId: string; subnetIds: string[] }> {
  const { Subnets = [] } = await of(EC2Client).send(new DescribeSubnetsCommand({}));
  const [first] = Subnets;
  return {
    vpcId: sure(first?.VpcId, "default VPC"),
    subnetIds: Subnets.slice(0, 2).map(({ SubnetId = "" }) => SubnetId),
  };
}

export async function shareListener(clients: Clients, SecurityGroups?: string[]): Promise<string> {
  const { subnetIds: Subnets } = await defaultNetwork(clients);
  const elb = clients.of(ElasticLoadBalancingV2Client);
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "everybody", Subnets, SecurityGroups }),
  );
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: "HTTP",
      Port: 80,
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
    }),
  );
  return sure(Listeners?.[0]?.ListenerArn, "listener");
}

export async function shareZone({ of }: Clients, zone: string): Promise<string> {
  const { HostedZone } = await of(Route53Client).send(
    new CreateHostedZoneCommand({ Name: zone, CallerReference: zone }),
  );
  return sure(HostedZone?.Id, "zone").replace("/hostedzone/", "");
}
