import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { lookAround } from "../../../course/money/look.ts";
import { openUsageFiles } from "../../../course/money/usage-files.ts";
import { temporaryDirectory } from "./fixture.ts";
import { createWorld, day, hour, minute } from "./world.ts";

const stack = "gas26-saaaaaa";

test("facts outlive the command, in the order of learning, and are only ever added", async (t) => {
  const directory = await temporaryDirectory();
  const world = createWorld();
  world.launch(stack, `${stack}-web`);
  world.goTo(minute);
  const files = await openUsageFiles(directory);
  await lookAround("gas26", { account: world.account, files }, minute);
  const before = await readFile(join(directory, "usage", `${stack}.jsonl`), "utf8");
  world.launch(stack, `${stack}-web`);
  world.goTo(2 * minute);
  await lookAround("gas26", { account: world.account, files }, 2 * minute);
  const after = await readFile(join(directory, "usage", `${stack}.jsonl`), "utf8");
  t.true(after.startsWith(before) && after.length > before.length);
  const again = await openUsageFiles(directory);
  t.deepEqual(again.facts(stack), files.facts(stack));
  t.is(again.lookedAt(), 2 * minute);
  t.deepEqual(again.stacks(), [stack]);
});

test("a line that was written half is named and harmless: the next look finds what it said", async (t) => {
  const directory = await temporaryDirectory();
  const world = createWorld();
  world.launch(stack, `${stack}-web`);
  world.goTo(minute);
  const files = await openUsageFiles(directory);
  await lookAround("gas26", { account: world.account, files }, minute);
  const file = join(directory, "usage", `${stack}.jsonl`);
  const text = await readFile(file, "utf8");
  for (let cut = 1; cut < text.length; cut += 17) {
    await writeFile(file, text.slice(0, cut));
    const cutOff = await openUsageFiles(directory);
    await lookAround("gas26", { account: world.account, files: cutOff }, minute);
    const mended = await openUsageFiles(directory);
    t.deepEqual(
      [...mended.facts(stack)].sort((a, b) => (a.kind < b.kind ? -1 : 1)),
      [...files.facts(stack)].sort((a, b) => (a.kind < b.kind ? -1 : 1)),
      `cut at ${cut}`,
    );
    t.true(mended.damaged.length <= 1);
  }
  await appendFile(file, "no fact\n");
  t.deepEqual((await openUsageFiles(directory)).damaged.at(-1)?.startsWith(file), true);
});

test("a look reaches back beyond the last one by the longest that an activity may last, and never beyond six weeks", async (t) => {
  const world = createWorld();
  const asked: number[] = [];
  const account: typeof world.account = {
    ...world.account,
    activities: async (_, since) => {
      asked.push(since);
      return [];
    },
  };
  const files = await openUsageFiles(await temporaryDirectory());
  for (const at of [100 * day, 100 * day + minute, 200 * day]) await lookAround("gas26", { account, files }, at);
  t.deepEqual(asked, [58 * day, 100 * day - 50 * hour, 158 * day]);
});

test("a look that failed is no look: the next one reaches back as far", async (t) => {
  const world = createWorld();
  world.launch(stack, `${stack}-web`);
  const files = await openUsageFiles(await temporaryDirectory());
  world.fail("Throttling");
  await t.throwsAsync(lookAround("gas26", { account: world.account, files }, minute), { message: "Throttling" });
  t.is(files.lookedAt(), undefined);
  t.deepEqual(files.stacks(), []);
});
