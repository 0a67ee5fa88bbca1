/** `annofarm local --watch`: what is saved reaches the running service, in which nothing else is interrupted. */
import { relative, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { watch as watchFiles } from "chokidar";
import type { Plan } from "../../plan/types.ts";

export interface WatchOptions {
  /** Where Pulumi.yaml is. */
  readonly directory: string;
  /** What stands. */
  readonly plan: Plan;
  /** Applies what the program has changed since `before`. */
  readonly redeploy: (before: Plan) => Promise<Plan>;
  readonly tell: (line: string) => void;
  /** Told what is not deployed, and why. */
  readonly problem: (line: string) => void;
}

export interface Watch {
  /** Resolves once every later change is noticed. */
  readonly ready: Promise<void>;
  /** Resolves when what is under way has been deployed. */
  stop(): Promise<void>;
}

/** An editor saves in several steps, and several files at once. */
const quietMilliseconds = 200;

/** Made by tools, or read by people only: nothing that is deployed comes from them. */
const leftOut = new Set(["node_modules", "dist", "docs", "test"]);
const isLeftOut = (path: string) =>
  path.split(sep).some((part) => leftOut.has(part) || (part.startsWith(".") && part !== ".")) || path.endsWith(".md");

/** `LaunchTemplate gas-web` */
const nameOf = ({ type, name }: Plan["resources"][number]) => `${type.split(":").at(-1)} ${name}`;

const listed = (words: readonly string[], most = 4) =>
  words.length > most ? `${words.slice(0, most).join(", ")} and ${words.length - most} more` : words.join(", ");

/** What a deployment has done, in words. */
export function changesBetween(before: Plan, after: Plan): string[] {
  const earlier = new Map(before.resources.map((resource) => [resource.urn, resource]));
  const later = new Set(after.resources.map(({ urn }) => urn));
  const own = after.resources.filter(({ custom }) => custom);
  const made = own.filter(({ urn }) => !earlier.has(urn));
  const changed = own.filter(({ urn, inputs }) => {
    const known = earlier.get(urn);
    return known !== undefined && !isDeepStrictEqual(known.inputs, inputs);
  });
  const left = before.resources.filter(({ urn, custom }) => custom && !later.has(urn));
  const lines = [
    ...(made.length === 0 ? [] : [`made: ${listed(made.map(nameOf))}`]),
    ...(changed.length === 0 ? [] : [`changed: ${listed(changed.map(nameOf))}`]),
    ...(left.length === 0 ? [] : [`not declared any more, stays until the next start: ${listed(left.map(nameOf))}`]),
  ];
  return lines.length === 0 ? ["nothing that is deployed has changed"] : lines;
}

/** Deploys after each save, one deployment at a time. What cannot be deployed is told, and what runs stays as it is. */
export function startWatch({ directory, plan, redeploy, tell, problem }: WatchOptions): Watch {
  let standing = plan;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;
  const saved = new Set<string>();

  async function deploySaved(): Promise<void> {
    const files = [...saved].sort();
    saved.clear();
    tell(`saved: ${listed(files)}`);
    try {
      const next = await redeploy(standing);
      for (const line of changesBetween(standing, next)) tell(line);
      standing = next;
    } catch (error) {
      problem(`not deployed, what runs stays as it is: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  function begin(): void {
    if (underWay !== undefined || saved.size === 0) return;
    underWay = deploySaved().finally(() => {
      underWay = undefined;
      begin();
    });
  }

  const watcher = watchFiles(directory, {
    ignored: (path) => isLeftOut(relative(directory, path)),
    ignoreInitial: true,
  });
  watcher.on("all", (event, path) => {
    if (event.endsWith("Dir")) return; // what is in it comes as well
    saved.add(relative(directory, path));
    clearTimeout(timer);
    timer = setTimeout(begin, quietMilliseconds);
  });
  watcher.on("error", (error) => problem(`files cannot be watched: ${error instanceof Error ? error.message : error}`));
  return {
    ready: new Promise((resolve) => watcher.once("ready", resolve)),
    async stop() {
      clearTimeout(timer);
      saved.clear();
      await watcher.close();
      await underWay;
    },
  };
}
