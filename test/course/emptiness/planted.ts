/** One resource of each kind, as a stack of an owner would leave them. */
import type { Clients } from "../../support/clients.ts";
import { plantMachines, plantNetwork } from "./planted-ec2.ts";
import { plantServices } from "./planted-services.ts";
import type { Planted, Shared } from "./planted-types.ts";

/** @param tags none: only names tell whose it is, where a name can. */
export async function plantRegion(
  clients: Clients,
  owner: string,
  shared: Shared,
  tags: Readonly<Record<string, string>>,
): Promise<Planted> {
  const network = await plantNetwork(clients, owner, tags);
  return {
    ...network.planted,
    ...(await plantMachines(clients, owner, tags, network)),
    ...(await plantServices(clients, owner, tags, { ...network, ...shared })),
  };
}
