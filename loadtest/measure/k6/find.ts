/** Where k6 is, and whether it is new enough to run TypeScript. */
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

export interface K6 {
  readonly path: string;
  readonly version: string;
}

const how =
  "install k6 1.1 or newer (https://grafana.com/docs/k6/latest/set-up/install-k6/, or `go install go.k6.io/k6@latest`), " +
  "or give --k6 PATH";

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** @param searchPath as `PATH` has it. */
export const onPath = (searchPath: string): string | undefined =>
  searchPath
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => [join(folder, "k6"), join(folder, "k6.exe")])
    .find(runs);

/** @throws {Error} saying how to get one, when there is none or it is too old. */
export async function findK6(given: string | undefined, searchPath: string): Promise<K6> {
  const path = given ?? onPath(searchPath);
  if (path === undefined) throw new Error(`there is no k6 on the search path: ${how}`);
  if (!runs(path)) throw new Error(`--k6 ${path} is no program: ${how}`);
  const said = await promisify(execFile)(path, ["version"], { timeout: 120_000 }).then(
    ({ stdout }) => stdout,
    (cause: Error) => {
      throw new Error(`${path} does not say its version (${cause.message.split("\n")[0]}): ${how}`, { cause });
    },
  );
  const [, version, major, minor] = /\bv((\d+)\.(\d+)[\w.-]*)/.exec(said) ?? [];
  if (version === undefined)
    throw new Error(`${path} is no k6: \`version\` says ${JSON.stringify(said.slice(0, 80))}; ${how}`);
  if (Number(major) < 1 || (Number(major) === 1 && Number(minor) < 1)) {
    throw new Error(`k6 ${version} at ${path} is older than 1.1, which the scenarios need: ${how}`);
  }
  return { path, version };
}
