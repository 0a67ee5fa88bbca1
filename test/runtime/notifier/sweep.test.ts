// What the sweep finds, whatever the queues and the dead letters hold.
import test from "ava";
import { createJobWorld } from "../../support/job-world.ts";
import type { Fault } from "../../support/memory.ts";

const minutes = (count: number) => count * 60_000;

test("a PENDING job whose message is gone is requested again, and completes", async (t) => {
  const world = await createJobWorld({ jobs: 1, workers: 0 });
  for (const delivery of await world.requestQueue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 })) {
    await world.requestQueue.delete(delivery);
  }
  t.deepEqual(world.requestQueue.contents(), []);
  await world.clock.advance(minutes(14));
  t.deepEqual(world.requestQueue.contents(), []);
  await world.clock.advance(minutes(3));
  t.is(world.requestQueue.contents().length, 1);
  await world.clock.advance(minutes(20));
  t.is(world.requestQueue.contents().length, 1, "what is requested in vain is requested ever more seldom");
  world.start();
  await world.settled(600);
  t.deepEqual(world.problems(), []);
});

test("a RUNNING job whose worker and message are gone is requested again, and completes", async (t) => {
  const world = await createJobWorld({ jobs: 3, workers: 0 });
  const [taken] = await world.requestQueue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 60 });
  if (taken !== undefined) await world.requestQueue.delete(taken);
  const { job_id } = JSON.parse(taken?.body ?? "") as { job_id: string };
  await world.claimByTheDead(job_id);
  world.start();
  await world.settled(3_600);
  t.deepEqual(
    world.problems().filter((problem) => problem !== "1 faults counted"),
    [],
  );
  t.is(world.jobs.jobs.get(job_id)?.attempts, 2);
});

test("a job whose every claim ends its worker is FAILED, not RUNNING for ever: four claims within five receipts", async (t) => {
  const world = await createJobWorld({ jobs: 1, workers: 0 });
  const [job] = [...world.jobs.jobs.keys()];
  for (let receipt = 0; receipt < 5; receipt += 1) {
    await world.requestQueue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 0 });
    if (receipt > 0) await world.claimByTheDead(job ?? "");
  }
  world.start();
  await world.settled(3 * 3_600);
  t.is(world.requestQueue.deadLetters.length, 1, "its message is a dead letter");
  t.is(world.jobs.jobs.get(job ?? "")?.job_status, "FAILED");
  t.is(world.mailer.sent.length, 1);
});

test("a long queue does not grow by its own length: jobs that wait their turn are not requested again", async (t) => {
  // Two at a time, ten minutes each: the last waits for more than three hours.
  const world = await createJobWorld({ jobs: 40, workers: 1, jobSeconds: 600 });
  await world.settled(6 * 3_600);
  t.deepEqual(world.problems(), []);
  t.is(world.jobs.history.filter(({ name }) => name === "requestAgain").length, 0);
});

test("an ending whose notice is gone is mailed, once", async (t) => {
  const world = await createJobWorld({ jobs: 2, notices: false });
  await world.clock.advance(minutes(10));
  t.is(world.mailer.sent.length, 0);
  await world.clock.advance(minutes(20));
  t.is(world.mailer.sent.length, 2);
  await world.clock.advance(minutes(60));
  t.deepEqual(world.problems(), []);
});

test("every notice delivered twice, at once and later: one mail per job", async (t) => {
  const world = await createJobWorld({ jobs: 20, doubled: true });
  await world.settled(3_600);
  t.true(world.notifyQueue.receives() > 20);
  t.deepEqual(world.problems(), []);
});

for (const kind of ["refuse", "lose-response", "repeat", "unavailable"] as const) {
  test(`a fault (${kind}) at any call of the notifier: one mail per job`, async (t) => {
    for (const call of ["claimNotice", "notified"] as const) {
      let met = false;
      const fault = (): Fault | undefined => {
        if (met) return undefined;
        met = true;
        return { kind };
      };
      const world = await createJobWorld({ jobs: 1, onTransition: (name) => (name === call ? fault() : undefined) });
      await world.settled(3_600);
      t.true(met, call);
      t.deepEqual(world.problems(), [], call);
    }
  });
}
