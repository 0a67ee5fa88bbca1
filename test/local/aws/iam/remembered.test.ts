import test from "ava";
import { remembered } from "../../../../local/aws/iam/remembered.ts";

test("a reading serves everybody for a while, unless a newer one is asked for; a failed one serves nobody", async (t) => {
  const reads: string[] = [];
  let fails = true;
  const read = remembered(60_000, async (key: string) => {
    reads.push(key);
    if (key === "bad" && fails) throw new Error("unread");
    return `${key} ${reads.length}`;
  });
  t.deepEqual(await Promise.all([read("a"), read("a")]), ["a 1", "a 1"], "who comes meanwhile gets the same");
  t.is(await read("a"), "a 1");
  const since = performance.now();
  t.is(await read("a", since), "a 2");
  t.is(await read("a", since), "a 2", "it began after that instant");
  await t.throwsAsync(read("bad"), { message: "unread" });
  fails = false;
  t.is(await read("bad"), "bad 4");
  const never = remembered(0, async () => reads.push("never"));
  t.not(await never(""), await never(""), "past its time it is read anew");
});
