/** What somebody else has in the account before the program comes: a VPC and a balancer in it. */
import { CreateSecurityGroupCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { Emulator } from "../../local/types.ts";
import { clientsOf } from "../support/clients.ts";
import { defaultNetwork, shareListener } from "../support/shared.ts";

export interface Neighbours {
  readonly vpcId: string;
  /** Of two zones. */
  readonly subnetIds: readonly string[];
  readonly balancerSecurityGroupId: string;
  readonly listenerArn: string;
}

export async function makeNeighbours(emulator: Emulator): Promise<Neighbours> {
  const clients = clientsOf(emulator, emulator.region);
  const network = await defaultNetwork(clients);
  const { GroupId = "" } = await clients.of(EC2Client).send(
    new CreateSecurityGroupCommand({
      GroupName: "balancer",
      Description: "of the balancer",
      VpcId: network.vpcId,
    }),
  );
  return { ...network, balancerSecurityGroupId: GroupId, listenerArn: await shareListener(clients, [GroupId]) };
}
