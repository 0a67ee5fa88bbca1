import test from "ava";
import { createNarrator, StepError, wrapped } from "../../../local/narrate/narrator.ts";

function recorder() {
  const lines: string[] = [];
  let now = 0;
  const narrator = createNarrator({ write: (text) => lines.push(text), live: false, now: () => now });
  return { narrator, text: () => lines.join(""), pass: (ms: number) => (now += ms) };
}

test("a step prints its number, its time and its evidence within 80 columns", async (t) => {
  const { narrator, text, pass } = recorder();
  await narrator.step("upload", async (evidence) => {
    pass(1_234);
    evidence(`S3 answered 303 ${"and so on ".repeat(20)}`);
  });
  t.regex(text(), /^ 1 {2}upload ✔ +1\.2 s\n {6}S3 answered/);
  t.true(
    text()
      .split("\n")
      .every((line) => line.length <= 80),
  );
  t.is(narrator.count, 1);
});

test("a failing step is named, with its cause and what it had found so far", async (t) => {
  const { narrator, text } = recorder();
  const cause = new Error("the result never came");
  const error = await t.throwsAsync(
    narrator.step("result", async (evidence) => {
      evidence("status RUNNING");
      throw cause;
    }),
    { instanceOf: StepError, message: 'step 1, "result", failed: the result never came' },
  );
  t.is(error?.cause, cause);
  t.regex(text(), /✘[\s\S]*status RUNNING/);
});

test("a word longer than the terminal stays whole", (t) => {
  t.is(wrapped("x".repeat(100), 2), `  ${"x".repeat(100)}`);
});
