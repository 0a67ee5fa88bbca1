import test from "ava";
import { createClosers } from "../../../local/run/closers.ts";

test("what was started last ends first, and only once", async (t) => {
  const order: string[] = [];
  const closers = createClosers();
  closers.add("first", () => void order.push("first"));
  closers.add("second", async () => void order.push("second"));
  await Promise.all([closers.close(), closers.close()]);
  t.deepEqual(order, ["second", "first"]);
});

test("a closer that fails keeps no other from closing, and is named", async (t) => {
  const order: string[] = [];
  const closers = createClosers();
  closers.add("emulator", () => void order.push("emulator"));
  closers.add("balancer", () => {
    throw new Error("busy");
  });
  const error = await t.throwsAsync(closers.close(), { instanceOf: AggregateError });
  t.regex(String(error?.errors.at(0)), /cannot stop balancer/);
  t.deepEqual(order, ["emulator"]);
});
