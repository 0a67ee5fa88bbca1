/** The services' ports in memory, on a virtual clock, with faults on request. */
export * from "./memory/archive.ts";
export * from "./memory/clock.ts";
export * from "./memory/faults.ts";
export * from "./memory/instance.ts";
export * from "./memory/log.ts";
export * from "./memory/objects.ts";
export * from "./memory/queue.ts";
export * from "./memory/samples.ts";
export * from "./memory/stores.ts";
