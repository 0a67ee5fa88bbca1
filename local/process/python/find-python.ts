/** Finds a Python that can make virtual environments: the emulators are Python programs. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface FoundPython {
  /** Absolute path of the interpreter. */
  readonly executable: string;
  /** `3.11.7`. */
  readonly version: string;
}

/** The oldest Python that the pinned requirements install on. */
const oldest = [3, 9] as const;

const candidates = ["python3", "python", "3.13", "3.12", "3.11", "3.14", "3.10", "3.9"].map((name) =>
  name.startsWith("3") ? `python${name}` : name,
);

const probe = `
import json, sys
def has(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False
print(json.dumps({"executable": sys.executable, "version": list(sys.version_info[:3]), "venv": has("venv") and has("ensurepip")}))
`;

interface Probe {
  readonly executable: string;
  readonly version: readonly [number, number, number];
  readonly venv: boolean;
}

async function look(command: string): Promise<Probe | undefined> {
  try {
    const { stdout } = await run(command, ["-c", probe], { timeout: 120_000 });
    return JSON.parse(stdout) as Probe;
  } catch {
    return undefined; // not there, or a version manager's stub for a version that is not installed
  }
}

function isRecentEnough({ version }: Probe): boolean {
  return version[0] > oldest[0] || (version[0] === oldest[0] && version[1] >= oldest[1]);
}

/**
 * The first Python on PATH that is recent enough and has the `venv` module. `ANNOFARM_PYTHON` names one instead.
 *
 * @throws {Error} that lists what was found and says how to get what is missing.
 */
export async function findPython(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<FoundPython> {
  const { ANNOFARM_PYTHON: chosen } = environment;
  const seen = new Map<string, string>();
  let withoutVenv: Probe | undefined;
  for (const command of chosen ? [chosen] : candidates) {
    const found = await look(command);
    if (found === undefined || seen.has(found.executable)) continue;
    const version = found.version.join(".");
    if (isRecentEnough(found) && found.venv) return { executable: found.executable, version };
    if (isRecentEnough(found)) withoutVenv ??= found;
    seen.set(found.executable, `${version}${isRecentEnough(found) ? " without the venv module" : ""}`);
  }
  const list = [...seen].map(([executable, version]) => `${executable} is ${version}`).join("; ");
  if (withoutVenv !== undefined) {
    const package_ = `python${withoutVenv.version[0]}.${withoutVenv.version[1]}-venv`;
    throw new Error(
      `Python's venv module is missing (${list}). On Debian and Ubuntu install it with: sudo apt install ${package_}`,
    );
  }
  const where = chosen ? `ANNOFARM_PYTHON=${chosen}` : "on PATH";
  throw new Error(
    `no Python ${oldest.join(".")} or newer ${where}${list ? ` (${list})` : ""}; ` +
      "install one from python.org or your package manager, or set ANNOFARM_PYTHON to its path",
  );
}
