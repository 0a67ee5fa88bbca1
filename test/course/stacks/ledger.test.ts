// The ledger: what has been added is there after any crash, what was cut off in the middle of its writing is not, and one command at a
// time adds to it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { absent, after, fold, type LedgerEvent, operations } from "../../../course/stacks/events.ts";
import { ledgerFile, openLedger, readLedger } from "../../../course/stacks/ledger.ts";
import { runsSources } from "../../support/runs-sources.ts";

const scratch = () => mkdtempSync(join(tmpdir(), "annofarm-ledger-"));
const now = () => new Date("2026-09-01T08:00:00Z");
const command = "annofarm course up";

const minute = (n: number) => new Date(Date.parse("2026-09-01T08:00:00Z") + n * 60_000).toISOString();
const stacks = ["gas26-saaaaaa", "gas26-sbbbbbb", "gas26-tcccccc"];
const size = fc.record({ min: fc.nat(3), max: fc.nat(9), desired: fc.nat(9) });
const event: fc.Arbitrary<LedgerEvent> = fc
  .record({
    minutes: fc.nat(10_000),
    stack: fc.constantFrom(...stacks),
    operation: fc.constantFrom(...operations),
    kind: fc.constantFrom("begun", "done", "failed", "sizes", "lease"),
    text: fc.string(),
    sizes: fc.dictionary(fc.constantFrom("web", "annotator"), size),
  })
  .map(({ minutes, stack, operation, kind, text, sizes }): LedgerEvent => {
    const of = { at: minute(minutes), stack };
    switch (kind) {
      case "begun":
        return { kind, ...of, operation, pid: 1 };
      case "done":
        return { kind, ...of, operation, seconds: 1, fingerprint: text };
      case "failed":
        return { kind, ...of, operation, cause: text };
      case "sizes":
        return { kind, ...of, sizes };
      default:
        return { kind: "lease", ...of, expiresAt: minute(minutes + 1), why: text };
    }
  });

test("wherever a crash cuts the file off, every whole event is there and the next follows it", (t) => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), fc.nat(), event, (events, cut, next) => {
      const folder = scratch();
      const ledger = openLedger(folder, command, now);
      for (const each of events) ledger.add(each);
      ledger.close();
      const bytes = readFileSync(ledgerFile(folder));
      const kept = bytes.subarray(0, cut % (bytes.length + 1));
      writeFileSync(ledgerFile(folder), kept);
      const whole = events.slice(0, kept.filter((byte) => byte === 0x0a).length);
      t.deepEqual(readLedger(folder), fold(whole));

      const again = openLedger(folder, command, now);
      again.add(next);
      t.deepEqual(new Map(again.entries), fold([...whole, next]));
      again.close();
      t.deepEqual(readLedger(folder), fold([...whole, next]));
    }),
    { numRuns: 60 },
  );
});

test("a line that is no event is named, and nothing is thrown away", (t) => {
  const folder = scratch();
  const ledger = openLedger(folder, command, now);
  ledger.add({ kind: "begun", at: minute(0), stack: "gas26-saaaaaa", operation: "up", pid: 1 });
  ledger.close();
  appendFileSync(ledgerFile(folder), '{"kind":"begun","at":"yesterday"}\n');
  const before = readFileSync(ledgerFile(folder), "utf8");
  t.throws(() => openLedger(folder, command, now), { message: /ledger\.jsonl, line 2 is no event.*at/ });
  t.is(readFileSync(ledgerFile(folder), "utf8"), before);
  // The refusal has given the course back.
  writeFileSync(ledgerFile(folder), "");
  openLedger(folder, command, now).close();
});

test("one command at a time; a holder that was killed holds nothing", async (t) => {
  const folder = scratch();
  const mine = openLedger(folder, command, now);
  t.throws(() => openLedger(folder, "annofarm course down", now), {
    message: new RegExp(
      `in use by annofarm course up, since 2026-09-01T08:00:00.000Z \\(process ${process.pid}\\); wait`,
    ),
  });
  mine.close();
  const ledgerModule = new URL("../../../course/stacks/ledger.ts", import.meta.url).href;
  const hold = `const { openLedger } = await import(${JSON.stringify(ledgerModule)});
    openLedger(${JSON.stringify(folder)}, "annofarm course up", () => new Date());
    process.stdout.write("held\\n");
    setInterval(() => {}, 1_000_000);`;
  const holder = spawn(process.execPath, [...runsSources, "--input-type=module", "-e", hold], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  t.throws(() => openLedger(folder, command, now), { message: new RegExp(`process ${holder.pid}`) });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  openLedger(folder, command, now).close();
});

const last = (...events: readonly LedgerEvent[]) => events.reduce(after, absent("gas26-saaaaaa"));
const begun = (operation: (typeof operations)[number], at = 0) =>
  ({ kind: "begun", at: minute(at), stack: "gas26-saaaaaa", operation, pid: 1 }) as const;
const done = (operation: (typeof operations)[number], at = 1) =>
  ({ kind: "done", at: minute(at), stack: "gas26-saaaaaa", operation, seconds: 60 }) as const;
const failed = (operation: (typeof operations)[number], at = 1) =>
  ({ kind: "failed", at: minute(at), stack: "gas26-saaaaaa", operation, cause: "no room" }) as const;
const sized = (min: number) =>
  ({ kind: "sizes", at: minute(2), stack: "gas26-saaaaaa", sizes: { web: { min, max: min, desired: min } } }) as const;

test("a stack's life", (t) => {
  t.like(last(begun("up")), { state: "creating", underWay: { operation: "up" } });
  t.like(last(begun("up"), failed("up")), { state: "failed", failure: { operation: "up", cause: "no room" } });
  const up = last(begun("up"), failed("up"), begun("up", 2), done("up", 3));
  t.like(up, { state: "up", since: minute(3), createdAt: minute(3) });
  t.is(up.failure, undefined);
  t.is(up.underWay, undefined);
  const changed = [begun("up", 4), done("up", 5)].reduce<typeof up>(after, up);
  t.like(changed, { state: "up", since: minute(3), createdAt: minute(3) });
  const gone = [begun("down", 6), done("down", 7)].reduce<typeof up>(after, changed);
  t.like(gone, { state: "gone", since: minute(7) });
  t.is(gone.createdAt, undefined);
});

test("sizes remembered first are those to go back to, until they are back", (t) => {
  const frozen = last(begun("up"), done("up"), begun("freeze"), sized(2), begun("freeze"), sized(0), done("freeze"));
  t.like(frozen, { state: "frozen", sizesBefore: { web: { min: 2 } } });
  const back = [begun("unfreeze"), done("unfreeze")].reduce<typeof frozen>(after, frozen);
  t.is(back.state, "up");
  t.is(back.sizesBefore, undefined);
});
