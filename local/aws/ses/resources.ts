import { createHash } from "node:crypto";
import {
  CreateEmailIdentityCommand,
  DeleteEmailIdentityCommand,
  GetEmailIdentityCommand,
  SESv2Client,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sesv2";
import { type Context, type Handlers, handler, ifThere, type State } from "../../resources/handler.ts";
import { putTagChanges, type Tags, tagList, tagMap } from "../../resources/shape.ts";

interface IdentityInputs {
  readonly emailIdentity: string;
  readonly tags?: Tags;
}

/** The emulator makes no DKIM keys; the tokens are of the right form, and nobody resolves them here. */
function dkimTokens(identity: string): string[] {
  const digest = createHash("sha512").update(identity).digest("hex");
  return [0, 1, 2].map((index) => digest.slice(index * 32, index * 32 + 32));
}

function stateOf(identity: string, { emulator }: Context): State {
  const outputs = {
    emailIdentity: identity,
    arn: `arn:aws:ses:${emulator.region}:${emulator.accountId}:identity/${identity}`,
    identityType: identity.includes("@") ? "EMAIL_ADDRESS" : "DOMAIN",
    // No mail leaves the machine, so there is nothing to prove.
    verifiedForSendingStatus: true,
    dkimSigningAttributes: { tokens: identity.includes("@") ? [] : dkimTokens(identity) },
  };
  return { id: identity, outputs };
}

export const handlers: Handlers = {
  "aws:sesv2/emailIdentity:EmailIdentity": handler<IdentityInputs>({
    async create({ emailIdentity, tags }, context) {
      const command = new CreateEmailIdentityCommand({ EmailIdentity: emailIdentity, Tags: tagList(tags) });
      await context.client(SESv2Client).send(command);
      return stateOf(emailIdentity, context);
    },
    async read({ id }, context) {
      const command = new GetEmailIdentityCommand({ EmailIdentity: id });
      const found = await ifThere(context.client(SESv2Client).send(command));
      return found && { id, outputs: { ...stateOf(id, context).outputs, tags: tagMap(found.Tags) } };
    },
    async update({ id, inputs: previous }, inputs, context) {
      const ses = context.client(SESv2Client);
      const state = stateOf(id, context);
      const ResourceArn = String(state.outputs.arn);
      await putTagChanges(previous.tags, inputs.tags, {
        put: (tags) => ses.send(new TagResourceCommand({ ResourceArn, Tags: tagList(tags) })),
        remove: (TagKeys) => ses.send(new UntagResourceCommand({ ResourceArn, TagKeys })),
      });
      return state;
    },
    async delete({ id }, { client }) {
      await ifThere(client(SESv2Client).send(new DeleteEmailIdentityCommand({ EmailIdentity: id })));
    },
  }),
};
