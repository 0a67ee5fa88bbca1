import { GetParameterCommand, ParameterNotFound, type SSMClient } from "@aws-sdk/client-ssm";

/**
 * A secret by the name of its SSM parameter.
 *
 * @throws when the parameter does not exist or is empty; the message tells how to create it, never what it holds.
 */
export async function readSecret(client: SSMClient, name: string): Promise<string> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    if (Parameter?.Value) return Parameter.Value;
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  }
  throw new Error(
    `SSM parameter ${name} does not exist or is empty; create it: aws ssm put-parameter --type SecureString --name ${name} --value …`,
  );
}
