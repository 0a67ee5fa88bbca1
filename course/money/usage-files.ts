/**
 * Facts of every stack on disk: `usage/<stack>.jsonl`, append-only, and `usage/looked`, the time of the last look that was
 * written whole. Two commands may write at once: a line is one write, and a fact twice is a fact.
 */
import { appendFile, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Fact, factLine, factSchema } from "./facts.ts";

export interface UsageFiles {
  /** `file:line` of what is no fact. Nothing is lost by it that the next look would not find, as long as AWS knows it. */
  readonly damaged: readonly string[];
  /** Stacks with facts, sorted. */
  stacks(): string[];
  facts(stack: string): readonly Fact[];
  append(stack: string, facts: readonly Fact[]): Promise<void>;
  /** Epoch milliseconds; `undefined`: nobody has looked yet. */
  lookedAt(): number | undefined;
  looked(at: number): Promise<void>;
}

const ending = ".jsonl";

/** Facts of a file, and the numbers of lines that are none: written half, by a command that was killed or on a full disk. */
function parseFacts(text: string): { readonly facts: Fact[]; readonly damaged: number[] } {
  const facts: Fact[] = [];
  const damaged: number[] = [];
  text.split("\n").forEach((line, index) => {
    const fact = line === "" ? undefined : parseLine(line);
    if (fact !== undefined) facts.push(fact);
    else if (line !== "") damaged.push(index + 1);
  });
  return { facts, damaged };
}

function parseLine(line: string): Fact | undefined {
  try {
    return factSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** @param directory the course's; `usage/` in it is made when it is not there. */
export async function openUsageFiles(directory: string): Promise<UsageFiles> {
  const folder = join(directory, "usage");
  await mkdir(folder, { recursive: true });
  const known = new Map<string, Fact[]>();
  const damaged: string[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith(ending)) continue;
    const file = join(folder, name);
    const text = await readFile(file, "utf8");
    const { facts, damaged: lines } = parseFacts(text);
    known.set(name.slice(0, -ending.length), facts);
    damaged.push(...lines.map((line) => `${file}:${line}`));
    // What comes next is a line of its own.
    if (text !== "" && !text.endsWith("\n")) await appendFile(file, "\n");
  }
  const mark = join(folder, "looked");
  // Without a mark, or with one that was cut off, the next look reaches back as far as AWS does.
  const marked = Date.parse((await readFile(mark, "utf8").catch(() => "")).trim());
  let last = Number.isNaN(marked) ? undefined : marked;

  return {
    damaged,
    stacks: () => [...known.keys()].sort(),
    facts: (stack) => known.get(stack) ?? [],
    async append(stack, facts) {
      if (facts.length === 0) return;
      await appendFile(join(folder, `${stack}${ending}`), facts.map((fact) => `${factLine(fact)}\n`).join(""));
      known.set(stack, [...(known.get(stack) ?? []), ...facts]);
    },
    lookedAt: () => last,
    async looked(at) {
      const next = `${mark}.${process.pid}`;
      await writeFile(next, `${new Date(at).toISOString()}\n`);
      await rename(next, mark);
      last = at;
    },
  };
}
