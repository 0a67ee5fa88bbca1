// Saving as the run goes: after a change, not at the same time twice, and again when it has failed.
import test from "ava";
import { changes, startSaving } from "../../../../local/run/state/saving.ts";

// Saving alone keeps no process alive.
const alive = setInterval(() => {}, 60_000);
test.after.always(() => clearInterval(alive));

/** Saves that the test lets pass or fail, one after the other. */
function saves() {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let heard: (() => void) | undefined;
  return {
    save: () =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ resolve, reject });
        heard?.();
      }),
    async next() {
      while (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
      return waiting.shift() as (typeof waiting)[number];
    },
    get waiting() {
      return waiting.length;
    },
  };
}

test("a save that fails is tried again without another change, and told from the second failure on", async (t) => {
  const { save, next } = saves();
  const told: unknown[] = [];
  const saving = startSaving(save, (error) => told.push(error));
  saving.changed();
  (await next()).reject(new Error("first"));
  const second = await next();
  t.deepEqual(told, []);
  second.reject(new Error("second"));
  const third = await next();
  t.deepEqual(told.map(String), ["Error: second"]);
  third.resolve();
  saving.changed();
  (await next()).reject(new Error("a new row"));
  (await next()).resolve();
  t.is(told.length, 1);
  const finished = saving.finish();
  (await next()).resolve();
  await finished;
});

test("while saves are held, none begins; what changes meanwhile is saved afterwards", async (t) => {
  const source = saves();
  const saving = startSaving(source.save, (error) => t.fail(String(error)));
  saving.changed();
  const under = await source.next();
  const paused = saving.pause();
  saving.changed();
  under.resolve();
  await paused;
  t.is(source.waiting, 0);
  saving.resume();
  (await source.next()).resolve();
  const finished = saving.finish();
  (await source.next()).resolve();
  await finished;
});

test("the last save is tried twice, and says why it failed", async (t) => {
  const source = saves();
  const saving = startSaving(source.save, () => {});
  const finished = saving.finish();
  (await source.next()).reject(new Error("busy"));
  (await source.next()).reject(new Error("gone"));
  await t.throwsAsync(finished, { message: "gone" });
});

test("calls that change what is saved, and those that do not", (t) => {
  const call = (service: string, action: string, status = 200) =>
    changes({ service, action, status } as Parameters<typeof changes>[0]);
  for (const [service, action] of [
    ["dynamodb", "PutItem"],
    ["dynamodb", "TransactWriteItems"],
    ["s3", "PutObject"],
    ["s3", "PostObject"],
    ["s3", "CompleteMultipartUpload"],
    ["glacier", "UploadArchive"],
  ] as const) {
    t.true(call(service, action), action);
    t.false(call(service, action, 403), `${action} that was refused`);
  }
  for (const [service, action] of [
    ["dynamodb", "Query"],
    ["dynamodb", "TransactGetItems"],
    ["s3", "HeadObject"],
    ["s3", "ListObjectsV2"],
    ["sqs", "SendMessage"],
  ] as const) {
    t.false(call(service, action), action);
  }
});
