/** Types whose id the AWS provider takes from an input, so that what may have been made can be looked for by it. */

/** Type → the input that is its id. */
const idInput: Readonly<Record<string, string>> = {
  "aws:autoscaling/group:Group": "name",
  "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
  "aws:cloudwatch/logGroup:LogGroup": "name",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
  "aws:dynamodb/table:Table": "name",
  "aws:glacier/vault:Vault": "name",
  "aws:iam/instanceProfile:InstanceProfile": "name",
  "aws:iam/role:Role": "name",
  "aws:s3/bucket:Bucket": "bucket",
  "aws:sesv2/emailIdentity:EmailIdentity": "emailIdentity",
  "aws:ssm/parameter:Parameter": "name",
};

interface Named {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** `undefined`: AWS gives the id, and nobody was told it. */
export function idByName({ type, inputs = {} }: Named): string | undefined {
  const id = inputs[idInput[type] ?? ""];
  return typeof id === "string" && id !== "" ? id : undefined;
}
