/** Places that options name, looked at before anything runs: what cannot be written in the end is told at once. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** @throws Node's error, unless a file of that name could be written. Nothing is made. */
export function requirePlaceOf(file: string): void {
  accessSync(dirname(resolve(file)), constants.W_OK);
}

/** @throws Node's error, unless the directory is there or could be made. Nothing is made. */
export function requireDirectory(directory: string): void {
  for (let place = resolve(directory); ; place = dirname(place)) {
    const found = statSync(place, { throwIfNoEntry: false });
    if (found?.isDirectory()) {
      if (place !== resolve(directory)) accessSync(place, constants.W_OK);
      return;
    }
    if (found !== undefined) {
      const error = new Error(`${place} is no directory`);
      throw Object.assign(error, { code: "ENOTDIR", syscall: "stat", path: directory });
    }
    if (place === dirname(place)) return;
  }
}
