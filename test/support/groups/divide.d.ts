import type { Group } from "./write.js";
export function aloneBecause(source: string): string | undefined;
export function divide(files: readonly string[]): Group[];
