/** A Python environment with the packages that a benchmark is compared with: made on first use, of exactly these versions. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPython } from "../../local/process/python/find-python.ts";

const home = fileURLToPath(new URL("../../.annofarm", import.meta.url));

/**
 * @param name - of the benchmark.
 * @param packages - requirements such as `simpy==4.1.2`.
 * @returns the folder of the environment's programs. One that was left half made, or has other packages, is made anew.
 */
export async function peerPython(name: string, packages: readonly string[]): Promise<string> {
  const venv = join(home, `bench-${name}`);
  const programs = join(venv, "bin");
  const stamp = join(venv, "annofarm-packages");
  const wanted = packages.join("\n");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return programs;
  console.log(`installing ${packages.join(", ")} for comparison`);
  rmSync(venv, { recursive: true, force: true });
  execFileSync((await findPython()).executable, ["-m", "venv", venv]);
  execFileSync(join(programs, "pip"), ["install", "--quiet", "--disable-pip-version-check", ...packages]);
  writeFileSync(stamp, wanted); // last
  return programs;
}
