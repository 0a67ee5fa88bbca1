/** Memory: what the system has left, and what a child holds together with everything that it has started. Bytes. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

/** What a new process could have, within the limits of this process's control group. */
export const freeMemory = (): number => process.availableMemory();

/** By process id: its parent, and its resident set where that costs nothing more to know. */
type Table = ReadonlyMap<number, { readonly parent: number; readonly resident?: number }>;

function tableOfLinux(): Table {
  const table = new Map<number, { parent: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    // The second field is the command in parentheses and may hold anything.
    const parent = Number(stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (Number.isInteger(parent)) table.set(Number(name), { parent });
  }
  return table;
}

async function tableOfPs(): Promise<Table> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss="], { maxBuffer: 1 << 24 });
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  return new Map(
    rows.flatMap(([pid, parent, kilobytes]) =>
      pid === undefined || parent === undefined || kilobytes === undefined
        ? []
        : [[pid, { parent, resident: kilobytes * 1024 }] as const],
    ),
  );
}

/** It may have ended since it was listed. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** A page that n processes share counts as 1/n in each. */
function proportional(pid: number): number {
  const [, kilobytes] = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "") ?? [];
  return kilobytes === undefined ? 0 : Number(kilobytes) * 1024;
}

function belowOf(table: Table): (root: number) => number[] {
  const children = new Map<number, number[]>();
  for (const [pid, { parent }] of table) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below;
}

/** What each of these processes holds with all its descendants; 0 of one that is gone. */
export async function treesInUse(roots: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const table = process.platform === "linux" ? tableOfLinux() : await tableOfPs();
  const below = belowOf(table);
  const held = (pid: number) => table.get(pid)?.resident ?? proportional(pid);
  return new Map(
    roots.map((root) => [root, table.has(root) ? below(root).reduce((sum, pid) => sum + held(pid), 0) : 0] as const),
  );
}
