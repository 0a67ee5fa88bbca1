import { CreateVaultCommand, DeleteVaultCommand, DescribeVaultCommand, GlacierClient } from "@aws-sdk/client-glacier";
import { SSMClient } from "@aws-sdk/client-ssm";
import { type Context, type Handlers, handler, ifThere, type State } from "../../resources/handler.ts";
import { deleteVaultNotifications, setVaultNotifications, type VaultNotifications } from "./notifications.ts";

interface VaultInputs {
  readonly name: string;
  readonly notification?: { readonly snsTopic: string; readonly events: VaultNotifications["Events"] };
}

function stateOf(name: string, region: string, accountId: string): State {
  const arn = `arn:aws:glacier:${region}:${accountId}:vaults/${name}`;
  return { id: name, outputs: { name, arn, location: `/${accountId}/vaults/${name}` } };
}

/** The emulator has no call for a vault's notifications: the gateway, which announces retrievals, keeps and reads them. Nor has it one for its tags: they are left out. */
async function putNotifications({ name, notification }: VaultInputs, { client }: Context): Promise<void> {
  if (notification === undefined) return deleteVaultNotifications(client(SSMClient), name);
  const { snsTopic: SNSTopic, events: Events } = notification;
  await setVaultNotifications(client(SSMClient), name, { SNSTopic, Events });
}

export const handlers: Handlers = {
  "aws:glacier/vault:Vault": handler<VaultInputs>({
    async create(inputs, context) {
      const { name } = inputs;
      await context.client(GlacierClient).send(new CreateVaultCommand({ accountId: "-", vaultName: name }));
      await putNotifications(inputs, context);
      return stateOf(name, context.emulator.region, context.emulator.accountId);
    },
    async read({ id }, { client, emulator }) {
      const command = new DescribeVaultCommand({ accountId: "-", vaultName: id });
      const found = await ifThere(client(GlacierClient).send(command));
      return found && stateOf(id, emulator.region, emulator.accountId);
    },
    async update({ id }, inputs, context) {
      await putNotifications(inputs, context);
      return stateOf(id, context.emulator.region, context.emulator.accountId);
    },
    async delete({ id }, { client }) {
      await deleteVaultNotifications(client(SSMClient), id);
      const vault = { accountId: "-", vaultName: id };
      // The emulator breaks down over the deletion of a vault that is not there.
      if ((await ifThere(client(GlacierClient).send(new DescribeVaultCommand(vault)))) === undefined) return;
      await client(GlacierClient).send(new DeleteVaultCommand(vault));
    },
  }),
};
