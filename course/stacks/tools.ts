/** What operations work with: the account, an engine in it, and its groups. Each is made when it is first needed. */
import { sharedProgram } from "../plan/sharing.ts";
import { awsAccount, localAccount, type TargetAccount } from "./account.ts";
import { type Engine, openEngine } from "./engine.ts";
import { type Group, type Groups, openGroups } from "./groups.ts";
import type { PlacedCourse } from "./place.ts";
import { pluginsOf, providePlugins } from "./plugins.ts";
import { fingerprintOf } from "./settings.ts";

export interface ToolsOptions {
  /** `emulate.json`; absent: AWS. */
  readonly local?: string;
  /** Finds Pulumi's command line, and gets it when there is none. */
  readonly pulumi: () => Promise<string>;
  readonly onProgress: (line: string) => void;
}

export interface Tools {
  readonly account: TargetAccount;
  readonly groups: Groups;
  readonly engine: () => Promise<Engine>;
  /** For the program of what the class shares. */
  readonly sharedEngine: () => Promise<Engine>;
  /** Fingerprint of the program's files. */
  readonly program: () => Promise<string>;
  /** What stands in the account, listed once. */
  readonly allGroups: () => Promise<readonly Group[]>;
  close(): void;
}

/** Calls it once, whoever asks. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function requireRegion({ course }: PlacedCourse, { region }: TargetAccount): void {
  if (region === undefined || region === course.region) return;
  throw new Error(
    `the course is in ${course.region}, but annofarm emulate runs an account of ${region}; start it with --region ${course.region}`,
  );
}

/** Whether a rehearsal on this machine must leave it alone: it would look for the bucket in an account that forgets everything. */
const isOfAws = (backend: string | undefined): boolean =>
  backend?.startsWith("s3://") === true && !backend.includes("endpoint=");

/** @throws {Error} when the account of this machine is not there, or is of another region. */
export async function openTools(placed: PlacedCourse, options: ToolsOptions): Promise<Tools> {
  const { local, onProgress } = options;
  const { course, file, stateDirectory } = placed;
  const { program, backend } = course;
  const account = local === undefined ? awsAccount() : await localAccount(local);
  requireRegion(placed, account);
  const isKeptHere = local !== undefined && isOfAws(backend);
  if (isKeptHere) onProgress(`state is kept on this machine: ${backend} is for stacks on AWS`);
  const groups = openGroups({
    region: course.region,
    ...(local === undefined ? {} : { environment: account.environment }),
  });
  const engineOf = (folder: string) =>
    once(async () => {
      const pulumi = await options.pulumi();
      if (account.kind === "aws") {
        await providePlugins(pulumi, account.plugins, await pluginsOf(folder), onProgress);
      }
      const kept = backend === undefined || isKeptHere ? {} : { backend };
      return openEngine({ account, pulumi, program: folder, stateDirectory, ...kept });
    });
  return {
    account,
    groups,
    engine: engineOf(program),
    sharedEngine: engineOf(sharedProgram),
    program: once(() => fingerprintOf(program, [file, course.roster])),
    allGroups: once(() => groups.list()),
    close: groups.close,
  };
}
