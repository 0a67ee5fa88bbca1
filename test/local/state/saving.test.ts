// When a save is made: soon after a change, one at a time, not while it is paused, and once more at the end.
import test from "ava";
import { changes, startSaving } from "../../../local/state/saving.ts";

// A save that is due does not keep a process.
let alive: NodeJS.Timeout;
test.before(() => {
  alive = setInterval(() => {}, 60_000);
});
test.after.always(() => clearInterval(alive));

/** A save that ends when it is told to. */
function heldSave() {
  const begun: (() => void)[] = [];
  let [count, running, most] = [0, 0, 0];
  let fails = false;
  const next = () => new Promise<void>((resolve) => void begun.push(resolve));
  let [held, release] = [Promise.resolve(), () => {}];
  return {
    next,
    count: () => count,
    most: () => most,
    fail: (value: boolean) => {
      fails = value;
    },
    hold() {
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
    async save() {
      count += 1;
      running += 1;
      most = Math.max(most, running);
      for (const each of begun.splice(0)) each();
      await held;
      running -= 1;
      if (fails) throw new Error("the disk is full");
    },
  };
}

/** Resolves when somebody else, who had a change just now, has saved it twice. */
async function anotherSave(): Promise<void> {
  const held = heldSave();
  const saving = startSaving(held.save, () => {});
  for (let times = 0; times < 2; times++) {
    const begun = held.next();
    saving.changed();
    await begun;
  }
  await saving.pause();
}

test("a change is saved; one that comes while it is, is saved after it", async (t) => {
  const held = heldSave();
  const saving = startSaving(held.save, (error) => t.fail(String(error)));
  held.hold();
  const first = held.next();
  saving.changed();
  saving.changed();
  await first;
  t.is(held.count(), 1);
  const second = held.next();
  saving.changed();
  held.release();
  await second;
  t.is(held.most(), 1, "never two at once");
  await saving.finish();
  t.is(held.count(), 3, "the last save is made whether or not anything has changed");
});

test("nothing is saved while it is paused: neither a change nor the end", async (t) => {
  const held = heldSave();
  const saving = startSaving(held.save, (error) => t.fail(String(error)));
  held.hold();
  const first = held.next();
  saving.changed();
  await first;
  const paused = saving.pause();
  held.release();
  await paused;
  saving.changed();
  await anotherSave(); // begun later, and due as soon
  t.is(held.count(), 1);
  const second = held.next();
  saving.resume();
  await second;
  await saving.pause();
  await saving.finish();
  t.is(held.count(), 2, "a paused one has nothing whole to save");
});

test("a save that fails is told, and the next change makes another; what the last one fails of is thrown", async (t) => {
  const held = heldSave();
  const errors: unknown[] = [];
  let told = () => {};
  const heard = new Promise<void>((resolve) => {
    told = resolve;
  });
  const saving = startSaving(held.save, (error) => {
    errors.push(error);
    told();
  });
  held.fail(true);
  saving.changed();
  await heard;
  t.regex(String(errors), /the disk is full/);
  held.fail(false);
  const next = held.next();
  saving.changed();
  await next;
  held.fail(true);
  await t.throwsAsync(saving.finish(), { message: /the disk is full/ });
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
