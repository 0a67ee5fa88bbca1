/** Every type of resource that is known here. */
import { acm } from "./acm.ts";
import { autoscaling } from "./autoscaling.ts";
import { awsx } from "./awsx.ts";
import { budgets } from "./budgets.ts";
import { cloudwatch } from "./cloudwatch.ts";
import { dynamodb } from "./dynamodb.ts";
import { ec2 } from "./ec2.ts";
import { glacier } from "./glacier.ts";
import { iam } from "./iam.ts";
import { kms } from "./kms.ts";
import { lambda } from "./lambda.ts";
import { lb } from "./lb.ts";
import type { ResourceTypes } from "./resource-type.ts";
import { route53 } from "./route53.ts";
import { s3 } from "./s3.ts";
import { ses } from "./ses.ts";
import { sesv2 } from "./sesv2.ts";
import { sns } from "./sns.ts";
import { sqs } from "./sqs.ts";
import { ssm } from "./ssm.ts";
import { tls } from "./tls.ts";
import { vpc } from "./vpc.ts";

export const resourceTypes: ResourceTypes = {
  ...acm,
  ...autoscaling,
  ...awsx,
  ...budgets,
  ...cloudwatch,
  ...dynamodb,
  ...ec2,
  ...glacier,
  ...iam,
  ...kms,
  ...lambda,
  ...lb,
  ...route53,
  ...s3,
  ...ses,
  ...sesv2,
  ...sns,
  ...sqs,
  ...ssm,
  ...tls,
  ...vpc,
};
