/** Kinds of nodes by resource type, and the types that only support another resource. */
import type { NodeKind } from "../picture.ts";

const kinds: Readonly<Record<string, readonly [kind: NodeKind, subtitle: string]>> = {
  "aws:lb/loadBalancer:LoadBalancer": ["balancer", "Load balancer"],
  "aws:autoscaling/group:Group": ["instances", "Instances"],
  "aws:ec2/instance:Instance": ["instances", "Instance"],
  "aws:lambda/function:Function": ["function", "Lambda function"],
  "aws:sns/topic:Topic": ["topic", "SNS topic"],
  "aws:sqs/queue:Queue": ["queue", "SQS queue"],
  "aws:dynamodb/table:Table": ["table", "DynamoDB table"],
  "aws:s3/bucket:Bucket": ["bucket", "S3 bucket"],
  "aws:s3/bucketV2:BucketV2": ["bucket", "S3 bucket"],
  "aws:glacier/vault:Vault": ["vault", "Glacier vault"],
  "aws:sesv2/emailIdentity:EmailIdentity": ["mail", "SES identity"],
  "aws:ses/emailIdentity:EmailIdentity": ["mail", "SES identity"],
  "aws:ses/domainIdentity:DomainIdentity": ["mail", "SES identity"],
  "awsx:ec2:Vpc": ["network", "Network"],
  "awsx:ec2/vpc:Vpc": ["network", "Network"],
  "aws:ec2/vpc:Vpc": ["network", "Network"],
};

export const kindOf = (type: string): readonly [kind: NodeKind, subtitle: string] | undefined => kinds[type];

const supportTypes: readonly RegExp[] = [
  /^(tls|random|command|time|null|pulumi):/,
  /^aws:(iam|acm|route53|vpc)\//,
  /^aws:ec2\/(securityGroup|launch|subnet|routeTable|route|internetGateway|natGateway|eip|vpc(?!:)|keyPair|networkInterface)/,
  /^aws:lb\/(listener|targetGroup)/,
  /^aws:autoscaling\/(?!group:)/,
  /^aws:cloudwatch\/(log|metricAlarm|compositeAlarm|eventTarget|dashboard)/,
  /^aws:s3\/bucket(?!V2:|:)/,
  /^aws:(sns|sqs)\/(?!topic:|queue:)/,
  /^aws:ses(v2)?\/(?!\w*[iI]dentity:)/,
  /^aws:lambda\/(?!function:)/,
  /^aws:dynamodb\/(?!table:)/,
  /(Policy|Attachment|Permission|Association|Validation)$/,
];

/** True: of interest only to what it belongs to. */
export const isSupport = (type: string): boolean =>
  kinds[type] === undefined && supportTypes.some((pattern) => pattern.test(type));
