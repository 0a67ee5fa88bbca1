import type { StackRecord } from "./types.ts";

/** Whether anything of a stack is there: also of one that failed half way, is frozen, or is on its way. */
export const stands = ({ state }: Pick<StackRecord, "state">): boolean => state !== "absent" && state !== "gone";
