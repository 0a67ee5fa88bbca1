import test from "ava";
import { createNarrator, StepError, troubleLine, wrapped } from "../../../local/run/narrator.ts";

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

test("a trouble fits the terminal, however long its reason", (t) => {
  const lines = troubleLine(`jobs and files could not be saved: ${"and so on ".repeat(20)}`).split("\n");
  t.regex(lines[0] ?? "", /^ {2}! jobs/);
  t.true(lines.length > 3 && lines.every((line) => line.length <= 80));
});

test("a step that lasts tells what it is at and for how long, in a file too", async (t) => {
  for (const live of [false, true]) {
    const written: string[] = [];
    let now = 0;
    let show = () => {};
    let stopped = false;
    const { step } = createNarrator({
      write: (text) => written.push(text),
      live,
      numbered: false,
      now: () => now,
      repeat: (again) => {
        show = again;
        return () => {
          stopped = true;
        };
      },
    });
    await step("packages", async (_, progress) => {
      progress(`12 of 52: ${"botocore".repeat(20)}`);
      now = 12_300;
      show();
    });
    const last = written.at(-2) ?? "";
    t.regex(last, /packages … 12 of 52: botocore.* \(12 s\)\n?$/);
    t.true(last.replace("\r\u001b[2K", "").trimEnd().length < 80);
    t.is(last.endsWith("\n"), !live);
    t.true(stopped);
  }
});
