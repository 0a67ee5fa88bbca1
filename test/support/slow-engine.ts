import type { Engine } from "../../runtime/annotator/engine/engine.ts";
import type { VirtualClock } from "./memory/clock.ts";

/** Passes its input on, and takes its time. @param seconds of each job, virtual. */
export const slowEngine = (clock: VirtualClock, seconds: () => number): Engine => ({
  name: "slow",
  start: ({ bytes }) => ({
    records: () => 1,
    findings: () => undefined,
    account: () => "",
    output: (async function* () {
      await clock.sleep(seconds() * 1000);
      for await (const chunk of bytes) yield Buffer.from(chunk);
    })(),
  }),
});
