/**
 * AWS clients, one maker for each, so that a service's bundle holds only the ones it calls. A process makes each once.
 *
 * Credentials and endpoint come from the SDK's own chain: the instance's role by its metadata service, a role to assume
 * where the instance's AWS configuration names one, `AWS_ENDPOINT_URL` where AWS is played by an emulator.
 */
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GlacierClient } from "@aws-sdk/client-glacier";
import { S3Client } from "@aws-sdk/client-s3";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { tellsOutages } from "./outage.ts";

export interface AwsSettings {
  /** Omitted: `AWS_REGION`. */
  readonly region?: string;
  /** Omitted: `AWS_ENDPOINT_URL`, else AWS itself. */
  readonly endpoint?: string;
  /** Omitted: the SDK's chain. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

const connectMilliseconds = 3_000;
/** Longest silence on a connection: more than a 20 s long poll, and than a reader that waits for its writer. */
const idleMilliseconds = 120_000;

function settingsOf({ region, endpoint, credentials }: AwsSettings, maxSockets: number) {
  const agent = { keepAlive: true, maxSockets };
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    retryMode: "standard",
    maxAttempts: 5,
    requestHandler: {
      connectionTimeout: connectMilliseconds,
      socketTimeout: idleMilliseconds,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

/** An emulator knows no virtual-hosted buckets. */
const isEmulated = (settings: AwsSettings) => (settings.endpoint ?? process.env.AWS_ENDPOINT_URL ?? "") !== "";

export const createS3Client = (settings: AwsSettings = {}): S3Client =>
  tellsOutages(
    new S3Client({
      ...settingsOf(settings, 100),
      forcePathStyle: isEmulated(settings),
      // Browsers and the emulator verify what S3 asks for; the SDK's additional trailers break presigned requests.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }),
  );

/** A declared queue's URL names the emulator itself; calls have to go the way that all others go. */
export const createSqsClient = (settings: AwsSettings = {}): SQSClient =>
  tellsOutages(new SQSClient({ ...settingsOf(settings, 50), useQueueUrlAsEndpoint: !isEmulated(settings) }));
export const createSnsClient = (settings: AwsSettings = {}): SNSClient =>
  tellsOutages(new SNSClient(settingsOf(settings, 25)));
/** One attempt a call: a mail whose answer was lost would be sent twice. Whoever sends tries again, by what the item says. */
export const createSesClient = (settings: AwsSettings = {}): SESv2Client =>
  tellsOutages(new SESv2Client({ ...settingsOf(settings, 10), maxAttempts: 1 }));
export const createSsmClient = (settings: AwsSettings = {}): SSMClient => new SSMClient(settingsOf(settings, 10));
export const createGlacierClient = (settings: AwsSettings = {}): GlacierClient =>
  tellsOutages(new GlacierClient(settingsOf(settings, 25)));
export const createAutoScalingClient = (settings: AwsSettings = {}): AutoScalingClient =>
  new AutoScalingClient(settingsOf(settings, 5));

export const createDynamoClient = (settings: AwsSettings = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(tellsOutages(new DynamoDBClient(settingsOf(settings, 50))), {
    marshallOptions: { removeUndefinedValues: true },
  });
