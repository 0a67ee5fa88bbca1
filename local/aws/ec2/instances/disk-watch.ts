/** What the watch of the boot script does about disks, done for an instance of this machine: its folder's file system is its disk. */
import { appendFile, mkdir, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { type DiskUse, diskFillingLine, diskFillingPercent } from "../../../../runtime/contract/disk.ts";
import type { LocalClock } from "../../../types.ts";

const minute = 60_000;

/** Of what a user may fill, rounded up, as `df` reckons. */
const percent = (used: number, free: number) => (used + free === 0 ? 0 : Math.ceil((used / (used + free)) * 100));

/** How full the file system of a folder is. */
export async function diskUse(folder: string): Promise<DiskUse> {
  const { blocks, bfree, bavail, files, ffree } = await statfs(folder);
  return {
    mount: "/",
    usedPercent: percent(blocks - bfree, bavail),
    inodesPercent: percent(files - ffree, ffree),
  };
}

/** Looks at once, so that the log is there, and once a minute. @returns ends it. */
export async function watchDisk(
  logFile: string,
  { clock, use, onError }: { clock: LocalClock; use: () => Promise<DiskUse>; onError: (error: unknown) => void },
): Promise<() => void> {
  await mkdir(dirname(logFile), { recursive: true });
  let cancel = () => {};
  let over = false;
  async function look(): Promise<void> {
    const found = await use();
    const fills = Math.max(found.usedPercent, found.inodesPercent) >= diskFillingPercent;
    const line = fills ? `${diskFillingLine(found, new Date(clock.now()).toISOString())}\n` : "";
    await appendFile(logFile, line);
  }
  const again = () => {
    if (!over) cancel = clock.after(minute, () => void look().catch(onError).finally(again));
  };
  await look();
  again();
  return () => {
    over = true;
    cancel();
  };
}
