/** A key as a service of AWS finds it that is to use it. */
import { DescribeKeyCommand, GetKeyPolicyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { ifThere } from "../../resources/handler.ts";

interface CustomersKey {
  /** ARN. */
  readonly arn: string;
  /** As JSON. */
  readonly policy: string;
}

/** By itself, or as an ARN. */
const aliasOfAws = /^(?:arn:[^/]*:)?alias\/aws\//;

/** @returns `AWS's own`, or `unusable`: disabled, or not there. */
export async function usedKey(kms: KMSClient, KeyId: string): Promise<CustomersKey | "AWS's own" | "unusable"> {
  if (aliasOfAws.test(KeyId)) return "AWS's own";
  const found = (await ifThere(kms.send(new DescribeKeyCommand({ KeyId }))))?.KeyMetadata;
  if (found?.KeyManager === "AWS") return "AWS's own";
  if (found?.Arn === undefined || found.KeyState !== "Enabled") return "unusable";
  const { Policy: policy = "{}" } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
  return { arn: found.Arn, policy };
}
