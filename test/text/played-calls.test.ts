// The table of calls in docs/local.md is what the gateway's registries and the emulator say.
import test from "ava";
import { calledDocument, type PlayedCalls, playedCalls, tableOf, withCalls } from "../support/played-calls.ts";
import { readKept } from "../support/text/kept-files.ts";

let calls: readonly PlayedCalls[];
test.before(async () => {
  calls = await playedCalls();
});

test("the document's table is made from the registries", (t) => {
  const written = readKept(calledDocument);
  t.is(written, withCalls(written, tableOf(calls)), "run npm run docs:calls");
});

test("no change that the emulator takes of a group goes without effect or a refusal", (t) => {
  t.deepEqual(calls.find(({ service }) => service === "autoscaling")?.keeps, []);
});

test("what is kept only, refused and played is told apart, and of many the number is told", (t) => {
  const sample = { service: "x", word: "X", acts: ["Put"], answers: ["Describe"], refuses: ["Break"] };
  const row = (keeps: PlayedCalls["keeps"]) => tableOf([{ ...sample, keeps }]).split("\n")[2];
  t.is(row(["Keep"]), "| X | `Put` | `Describe` | `Break` | `Keep` |");
  t.is(row([]), "| X | `Put` | `Describe` | `Break` | – |");
  t.is(row(Array(50).fill("Keep")), "| X | `Put` | `Describe` | `Break` | 50 actions |");
  t.regex(row(undefined) ?? "", /the emulator's to play \|$/);
});

test("a document without the markers is an error that names them", (t) => {
  t.throws(() => withCalls("# Page\n", "| |"), {
    message: /docs\/local\.md has no line "<!-- generated: npm run docs:calls -->"/,
  });
});
