/**
 * AWS clients, one maker for each, so that a service's bundle holds only the ones it calls. A process makes each once.
 *
 * Credentials and endpoint come from the SDK's own chain: the instance's role by its metadata service, `AWS_ENDPOINT_URL` where AWS is
 * played by an emulator. Where the instance's AWS configuration names a role to assume, it is that role or none.
 */
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GlacierClient } from "@aws-sdk/client-glacier";
import { S3Client } from "@aws-sdk/client-s3";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { fromIni } from "@aws-sdk/credential-providers";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type Tracer, untraced } from "../jobs/tracing.ts";
import { limitCalls } from "./limit-calls.ts";
import { tellsOutages } from "./outage.ts";
import { traceCalls } from "./trace-calls.ts";

export interface AwsSettings {
  /** Omitted: `AWS_REGION`. */
  readonly region?: string;
  /** Omitted: `AWS_ENDPOINT_URL`, else AWS itself. */
  readonly endpoint?: string;
  /** Omitted: the SDK's chain. */
  readonly credentials?:
    | {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string;
      }
    | ReturnType<typeof fromIni>;
  /** Omitted: calls are not traced. */
  readonly tracer?: Tracer;
}

const connectMilliseconds = 3_000;
/** Longest silence on a connection: more than a 20 s long poll, and than a reader that waits for its writer. */
const idleMilliseconds = 120_000;

/** How long a call may wait for a connection: a burst is worked off, a standstill is told while its user still waits. */
const waitMilliseconds = 15_000;

/**
 * The role that a service is to assume; `undefined`: it has its instance's own. The SDK's chain would go on to the instance's role when
 * one question to the metadata service is not answered in time, and keep its credentials, which are good for nothing, for hours.
 */
function roleToAssume() {
  const { AWS_PROFILE: profile } = process.env;
  return profile === undefined ? undefined : fromIni({ profile });
}

function settingsOf({ region, endpoint, credentials = roleToAssume() }: AwsSettings, maxSockets: number) {
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

/** At most so many connections a process has to each service, and so many calls at work. */
const sockets = { s3: 100, sqs: 50, sns: 50, ses: 10, ssm: 10, glacier: 25, autoScaling: 5, dynamo: 100 } as const;

const limited = <C extends Parameters<typeof limitCalls>[0]>(client: C, max: number): C =>
  limitCalls(client, max, waitMilliseconds);

/** Traced from within: a span has the SDK's error, its caller what an outage is made of it. */
const told = <C extends Parameters<typeof traceCalls>[0]>(client: C, { tracer = untraced }: AwsSettings): C =>
  tellsOutages(traceCalls(client, tracer));

export const createS3Client = (settings: AwsSettings = {}): S3Client => {
  const client = new S3Client({
    ...settingsOf(settings, sockets.s3),
    forcePathStyle: isEmulated(settings),
    // Browsers and the emulator verify what S3 asks for; the SDK's additional trailers break presigned requests.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  return told(limited(client, sockets.s3), settings);
};

/** A declared queue's URL names the emulator itself; calls have to go the way that all others go. */
export const createSqsClient = (settings: AwsSettings = {}): SQSClient => {
  const client = new SQSClient({
    ...settingsOf(settings, sockets.sqs),
    useQueueUrlAsEndpoint: !isEmulated(settings),
  });
  return told(limited(client, sockets.sqs), settings);
};
export const createSnsClient = (settings: AwsSettings = {}): SNSClient =>
  told(limited(new SNSClient(settingsOf(settings, sockets.sns)), sockets.sns), settings);
/** One attempt a call: a mail whose answer was lost would be sent twice. Whoever sends tries again, by what the item says. */
export const createSesClient = (settings: AwsSettings = {}): SESv2Client =>
  told(new SESv2Client({ ...settingsOf(settings, sockets.ses), maxAttempts: 1 }), settings);
export const createSsmClient = (settings: AwsSettings = {}): SSMClient =>
  new SSMClient(settingsOf(settings, sockets.ssm));
export const createGlacierClient = (settings: AwsSettings = {}): GlacierClient =>
  told(new GlacierClient(settingsOf(settings, sockets.glacier)), settings);
export const createAutoScalingClient = (settings: AwsSettings = {}): AutoScalingClient =>
  new AutoScalingClient(settingsOf(settings, sockets.autoScaling));

export const createDynamoClient = (settings: AwsSettings = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    told(limited(new DynamoDBClient(settingsOf(settings, sockets.dynamo)), sockets.dynamo), settings),
    { marshallOptions: { removeUndefinedValues: true } },
  );
