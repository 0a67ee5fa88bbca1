// Outages of each dependency, of minutes and of hours: they cost nobody a job, a mail, an attempt or a receipt too many.
import test from "ava";
import { createJobWorld, dependencies } from "../../support/job-world.ts";

for (const dependency of dependencies) {
  for (const [seconds, words] of [
    [120, "2 minutes"],
    [180, "3 minutes"],
    [3 * 3_600, "3 hours"],
  ] as const) {
    test(`${dependency} away for ${words}: 160 jobs complete once, each is mailed once, no dead letters`, async (t) => {
      const world = await createJobWorld({ jobs: 160 });
      await world.clock.advance(65_000);
      world.begin(dependency, seconds);
      await world.clock.advance(seconds * 1000);
      await world.settled(4 * 3_600);
      t.deepEqual(world.problems(), []);
    });
  }
}
