import {
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  type GrantOperation,
  KMSClient,
  ListGrantsCommand,
  RevokeGrantCommand,
} from "@aws-sdk/client-kms";
import { type Context, type Handlers, handler, ifThere, type State, sent } from "../../resources/handler.ts";
import { defined } from "../../resources/shape.ts";

interface GrantInputs {
  readonly name?: string;
  readonly keyId: string;
  readonly granteePrincipal: string;
  readonly operations: readonly string[];
  readonly retiringPrincipal?: string;
}

/** A grant is known by its key and its own id together, as the provider has it. */
const idOf = (keyId: string, grantId: string) => `${keyId}:${grantId}`;

/** Services that use a customer's key in their own name, as docs/security.md has them. */
const services = ["sns", "s3", "cloudwatch", "events", "budgets"].map((name) => `${name}.amazonaws.com`);

/** The policy that the customer is told to give the key. */
const preparedPolicy = ({ accountId, region }: Context["emulator"]): string => {
  const allow = (Principal: object, Action: string | readonly string[]) => ({
    Effect: "Allow",
    Principal,
    Action,
    Resource: "*",
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      allow({ AWS: `arn:aws:iam::${accountId}:root` }, "kms:*"),
      allow({ Service: services }, ["kms:GenerateDataKey", "kms:Decrypt"]),
      allow(
        { Service: `logs.${region}.amazonaws.com` },
        ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*"].concat("kms:GenerateDataKey*", "kms:Describe*"),
      ),
    ],
  });
};

/**
 * A key that a program names and does not declare is the customer's and has been there before, so the emulator is given one of that
 * id, with the policy that such a key needs: whether the real one has it, `annofarm doctor` looks. Another policy
 * (`aws kms put-key-policy`) is judged here as by AWS. The tag is read by `local/emulator/moto_server.py`; AWS chooses ids itself.
 */
async function haveKey(keyArn: string, { client, emulator }: Context): Promise<void> {
  const kms = client(KMSClient);
  if ((await ifThere(kms.send(new DescribeKeyCommand({ KeyId: keyArn })))) !== undefined) return;
  const TagValue = keyArn.slice(keyArn.lastIndexOf("/") + 1);
  await kms.send(
    new CreateKeyCommand({
      Description: "The customer's",
      Policy: preparedPolicy(emulator),
      Tags: [{ TagKey: "annofarm:key-id", TagValue }],
    }),
  );
}

async function readGrant({ id, inputs }: { id: string; inputs: GrantInputs }, { client }: Context) {
  const at = id.lastIndexOf(":");
  const [KeyId, GrantId] = [id.slice(0, at), id.slice(at + 1)];
  const found = await ifThere(client(KMSClient).send(new ListGrantsCommand({ KeyId })));
  const grant = found?.Grants?.find((each) => each.GrantId === GrantId);
  if (grant === undefined) return undefined;
  const { Name: name, GranteePrincipal: granteePrincipal, Operations: operations } = grant;
  const outputs = defined({ keyId: inputs.keyId ?? KeyId, grantId: GrantId, name, granteePrincipal, operations });
  return { id, outputs } satisfies State;
}

export const handlers: Handlers = {
  "aws:kms/grant:Grant": handler<GrantInputs>({
    async create(inputs, context) {
      const { keyId, granteePrincipal, operations, retiringPrincipal } = inputs;
      await haveKey(keyId, context);
      const { GrantId, GrantToken } = await context.client(KMSClient).send(
        new CreateGrantCommand(
          defined({
            KeyId: keyId,
            Name: inputs.name ?? context.autoName,
            GranteePrincipal: granteePrincipal,
            RetiringPrincipal: retiringPrincipal,
            Operations: [...operations] as GrantOperation[],
          }),
        ),
      );
      const grantId = sent(GrantId, "GrantId");
      return { id: idOf(keyId, grantId), outputs: { grantId, grantToken: sent(GrantToken, "GrantToken") } };
    },
    read: readGrant,
    update() {
      throw new Error("a grant cannot be changed in place; every input replaces it");
    },
    async delete({ id }, { client }) {
      const at = id.lastIndexOf(":");
      const grant = { KeyId: id.slice(0, at), GrantId: id.slice(at + 1) };
      await ifThere(client(KMSClient).send(new RevokeGrantCommand(grant)));
    },
  }),
};
