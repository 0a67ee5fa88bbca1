// What a simulation remembers, in a process of its own: the peak of its memory cannot be reset.
import test from "ava";
import { simulate } from "../../../scaling/simulate/simulate.ts";
import { steady, workers } from "./given.ts";

const peakMegabytes = () => process.resourceUsage().maxRSS / 1024;

function growth(run: () => void): number {
  const before = peakMegabytes();
  run();
  return peakMegabytes() - before;
}

test("a job that is done is forgotten", (t) => {
  const service = { jobSeconds: 0.001, protects: false };
  // The first run is the program's own growth.
  simulate(workers(service, { sources: [steady(500, 60)], seconds: 60 }), 1);
  const megabytes = growth(() => {
    const { totals } = simulate(workers(service, { sources: [steady(500, 3600)], seconds: 3600 }), 1);
    t.true(totals.ended > 1_700_000);
  });
  t.true(megabytes < 100, `${megabytes} MB`);
});
