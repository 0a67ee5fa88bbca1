/** A deployed stack, or any address at which the service answers: looked at, never changed, except by a disaster that staff allow. */
import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { Recorder } from "../evidence/recorder.ts";
import { type Api, createApi } from "../stage/api.ts";
import { openAws } from "../stage/aws.ts";
import type { Need } from "../stage/needs.ts";
import type { Role, Target } from "../stage/stage.ts";

export interface DeployedTargetOptions {
  /** Origin. */
  readonly url: string;
  readonly evidence: Recorder;
  /** Tokens of the API, of a free and a premium user. */
  readonly tokens: Readonly<Partial<Record<Role, string>>>;
  /** How AWS is asked; undefined: it is not. */
  readonly aws?: {
    readonly region: string;
    readonly endpoint?: string;
    /** Begins the names of the stack's resources. */
    readonly owner: string;
    /** Assumed by the credentials of the environment; undefined: those credentials themselves. */
    readonly role?: { readonly arn: string; readonly externalId?: string };
  };
  /** Terminates all web and annotator instances. */
  readonly allowDisaster: boolean;
}

/** What a deployed target lacks, and what would bring it. */
function lacksOf({ tokens, aws, allowDisaster }: DeployedTargetOptions): Map<Need, string> {
  const lacks = new Map<Need, string>([
    ["sign-in", "a deployed service's identity provider is not signed in to; grade its pages as a submission"],
    ["mail", "mails of a deployed service are not read"],
    ["payments", "no card is entered at a deployed service"],
    ["interfere", "nothing is sent into a deployed stack's queues"],
    ["plan", "a deployed stack's program is not here; grade it as a submission"],
    ["load", "load tests of a deployed service are annofarm loadtest's"],
  ]);
  if (aws === undefined) lacks.set("aws", "no access to AWS is given; --role-arn and --owner give it");
  if (tokens.free === undefined || tokens.premium === undefined) {
    lacks.set("api", "ANNOFARM_TOKEN_FREE and ANNOFARM_TOKEN_PREMIUM hold no tokens of the API");
  }
  if (!allowDisaster) lacks.set("disaster", "not allowed; --allow-disaster terminates all web and annotator instances");
  return lacks;
}

/** @throws {Error} when nothing answers at the address. */
export async function openDeployedTarget(options: DeployedTargetOptions): Promise<Target> {
  const { url, evidence, tokens, allowDisaster } = options;
  const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(20_000) }).catch((error: Error) => {
    const why = (error.cause as { code?: string } | undefined)?.code ?? error.message;
    throw new Error(`nothing answers at ${url} (${why}): is the service up, and is the address right?`, {
      cause: error,
    });
  });
  await answer.body?.cancel();
  for (const token of Object.values(tokens)) if (token !== undefined) evidence.secret(token);
  const access = options.aws;
  const role = access?.role;
  const credentials =
    role === undefined
      ? fromNodeProviderChain()
      : fromTemporaryCredentials({
          params: {
            RoleArn: role.arn,
            RoleSessionName: "annofarm-course-check",
            ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
          },
          ...(access === undefined
            ? {}
            : {
                clientConfig: {
                  region: access.region,
                  ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint }),
                },
              }),
        });
  const aws =
    access === undefined
      ? undefined
      : openAws(
          {
            region: access.region,
            owner: access.owner,
            credentials,
            ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint }),
          },
          evidence,
        );
  return {
    url,
    speed: 1,
    lacks: lacksOf(options),
    ...(aws === undefined ? {} : { aws }),
    api: async (who: Role): Promise<Api> => createApi(url, tokens[who], evidence),
    ...(allowDisaster && aws !== undefined ? { terminate: (ids: readonly string[]) => aws.terminate(ids) } : {}),
    close: async () => aws?.close(),
  };
}
