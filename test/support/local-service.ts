/** The whole declared service for the tests of one file: its own state directory, any free port, a quick clock. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Backstage, openBackstage } from "../../local/demo/backstage.ts";
import { nextFreePort } from "../../local/net/free-port.ts";
import type { LocalOptions } from "../../local/run/context.ts";
import { type LocalService, startLocal } from "../../local/run/start.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

export interface TestService extends LocalService {
  readonly backstage: Backstage;
  /** What went wrong behind the scenes: a test that has broken nothing expects none. */
  readonly problems: readonly string[];
  readonly stateDirectory: string;
  /** Sub of the ready person on this plan. */
  person(plan: "free_user" | "premium_user"): { readonly sub: string; readonly email: string; readonly name: string };
}

/** `stop` it in `test.after.always`: its state is removed, too. Each file asks for ports of its own. */
export async function startTestService(
  port: number,
  config: Readonly<Record<string, string>> = {},
  speed = 60,
  { directory = project, capacities = [] }: Partial<Pick<LocalOptions, "directory" | "capacities">> = {},
): Promise<TestService> {
  const stateDirectory = await mkdtemp(join(tmpdir(), "annofarm-service-"));
  const problems: string[] = [];
  const service = await startLocal({
    directory,
    stateDirectory,
    stack: "local",
    config,
    speed,
    port: await nextFreePort(port),
    fresh: true,
    capacities,
    step: async (_title, run) =>
      run(
        () => {},
        () => {},
      ),
    onProblem: (problem) => problems.push(problem),
  });
  const backstage = openBackstage(service);
  return {
    ...service,
    backstage,
    problems,
    stateDirectory,
    person(plan) {
      const found = service.identity.people().find((each) => each.plan === plan);
      if (found === undefined) throw new Error(`nobody with plan ${plan} is there`);
      return found;
    },
    async stop() {
      backstage.close();
      await service.stop();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}
