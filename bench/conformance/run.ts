/** Runs cases against an endpoint: those of timing all side by side, since each waits most of its time; the others a few at a time. */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Area, areaOf, areas, type Case, type Kind } from "./case.ts";
import { Broken } from "./expect.ts";
import { type Clients, type EndpointOptions, makeTemplate, openClients, World } from "./world.ts";

export interface Result {
  readonly id: string;
  readonly kind: Kind;
  readonly passed: boolean;
  /** What the endpoint did otherwise; absent where the case passed. */
  readonly why?: string;
  readonly seconds: number;
}

export interface RunOptions extends EndpointOptions {
  readonly cases: readonly Case[];
  /** See `WorldOptions`. */
  readonly patience?: number | undefined;
  /** Told of each case as it ends. */
  readonly onResult?: (result: Result) => void;
}

const sideBySide = { timing: 100, others: 6 } as const;

/** No case takes longer: what it waits for is bounded, and this bounds the rest. */
const longest = 600_000;

const text = (error: unknown): string => {
  if (error instanceof Broken) return error.message;
  const { name, message } = error as Error;
  return `${name}: ${message}`.replaceAll(/\s+/g, " ").slice(0, 300);
};

async function runCase(each: Case, world: World): Promise<Result> {
  const began = performance.now();
  const result = (more: Pick<Result, "passed" | "why">): Result => ({
    id: each.id,
    kind: each.kind,
    ...more,
    seconds: Math.round((performance.now() - began) / 100) / 10,
  });
  const given = new AbortController();
  const late = delay(longest, undefined, { signal: given.signal }).then(
    () => Promise.reject(new Broken(`not over after ${longest / 1000} s`)),
    () => {},
  );
  try {
    await Promise.race([each.run(world), late]);
    return result({ passed: true });
  } catch (error) {
    return result({ passed: false, why: text(error) });
  } finally {
    given.abort();
    await world.end();
  }
}

/** At most `count` at once. */
async function pool<Item>(items: readonly Item[], count: number, work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
}

async function withTemplate<T>(
  clients: Clients,
  run: string,
  image: string,
  work: (launchTemplateId: string) => Promise<T>,
): Promise<T> {
  const template = await makeTemplate(clients, run, image);
  try {
    return await work(template.LaunchTemplateId);
  } finally {
    await template.remove().catch(() => {});
  }
}

/** Resolves with a result for each case, in their order. @throws when the endpoint cannot be used at all. */
export async function runCases({ cases, patience, onResult = () => {}, ...endpoint }: RunOptions): Promise<Result[]> {
  const clients = openClients(endpoint);
  const run = `conformance-${randomBytes(3).toString("hex")}`;
  const results = new Map<string, Result>();
  try {
    await withTemplate(clients, run, endpoint.image, async (launchTemplateId) => {
      const work = async (each: Case) => {
        const prefix = `${run}-${cases.indexOf(each)}`;
        const world = new World({ clients, region: endpoint.region, prefix, launchTemplateId, patience });
        const result = await runCase(each, world);
        results.set(each.id, result);
        onResult(result);
      };
      const timing = cases.filter(({ kind }) => kind === "timing");
      const others = cases.filter(({ kind }) => kind !== "timing");
      await Promise.all([pool(timing, sideBySide.timing, work), pool(others, sideBySide.others, work)]);
    });
  } finally {
    clients.destroy();
  }
  return cases.flatMap(({ id }) => results.get(id) ?? []);
}

export interface Score {
  readonly area: Area;
  readonly passed: number;
  readonly cases: number;
}

/** Area by area, in the order of the areas. */
export function scoresOf(results: readonly Pick<Result, "id" | "passed">[]): Score[] {
  return (Object.keys(areas) as Area[]).flatMap((area) => {
    const own = results.filter((each) => areaOf(each) === area);
    return own.length === 0 ? [] : [{ area, passed: own.filter(({ passed }) => passed).length, cases: own.length }];
  });
}
