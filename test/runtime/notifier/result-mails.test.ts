// What users are told of their results after the ending: that they will be archived soon, and that they are back.
import test from "ava";
import type { Job } from "../../../runtime/contract/job.ts";
import type { User } from "../../../runtime/contract/user.ts";
import { dueAgain, restored } from "../../../runtime/jobs/archival.ts";
import { markDeleted } from "../../../runtime/jobs/deletion.ts";
import { awaitArchivingNotice } from "../../../runtime/jobs/notices.ts";
import type { JobStore } from "../../../runtime/jobs/ports.ts";
import { createNotifier } from "../../../runtime/notifier/notifier.ts";
import { createResultMails } from "../../../runtime/notifier/result-mails.ts";
import * as memory from "../../support/memory.ts";

const publicUrl = "https://gas.example.org";
const hour = 3_600;
const retentionSeconds = 10 * hour;
const archiveNoticeSeconds = hour;

interface World {
  readonly users?: readonly User[];
  /** Asked at every call of the table and of the mailer. */
  readonly faults?: memory.FaultSource;
}

function setup(jobs: readonly Job[], { users: people = [memory.sampleUser()], faults }: World = {}) {
  const clock = memory.createVirtualClock();
  const log = memory.createMemoryLog();
  const store = memory.createMemoryJobStore(jobs);
  const mailer = memory.createMemoryMailer();
  const users = memory.createMemoryUserStore(people);
  const faulty = <Port extends object>(name: string, port: Port): Port =>
    faults === undefined ? port : memory.withFaults(name, port, faults, { clock });
  // A fault is planned by the transition's name.
  const table: JobStore = {
    ...store,
    apply: (jobId, transition) =>
      faulty("apply", { [transition.name]: () => store.apply(jobId, transition) })[transition.name]?.() ??
      store.apply(jobId, transition),
  };
  const ports = {
    jobs: table,
    users,
    mailer: faulty("mailer", mailer),
    clock,
    publicUrl,
    retentionSeconds,
    archiveNoticeSeconds,
  };
  const resultMails = createResultMails(ports);
  const notifier = createNotifier(ports);
  return {
    clock,
    log,
    store,
    users,
    mailer,
    ports,
    round: () => resultMails(log),
    notice: ({ job_id, user_id, job_status }: Job) => notifier.handle({ job_id, user_id, job_status }, { log }),
    /** Goes on, a round each minute, as the sweep does. */
    async pass(seconds: number) {
      for (const end = clock.now() + 1000 * seconds; clock.now() < end; ) {
        await clock.advance(60_000);
        await resultMails(log);
      }
    },
    awaits: () => [...store.jobs.values()].map(({ awaits }) => awaits),
  };
}

const start = Math.floor(memory.createVirtualClock().now() / 1000);
const told = (job: Job): Job => ({ ...job, awaits: "archiving", notified_time: start });
const named = (name: string, fields: Partial<Job> = {}, completed = start) =>
  told(memory.completedJob(completed, { input_file_name: name, ...fields }));

test("an hour before archiving, one mail tells of all that are due within the same while, once", async (t) => {
  const [a, b, later] = [named("a.vcf"), named("b.vcf", {}, start + 600), named("c.vcf", {}, start + 2 * hour)];
  const world = setup([b, later, a]);
  await world.pass(9 * hour - 600);
  t.deepEqual(world.mailer.sent, [], "not yet");
  await world.pass(900);
  t.is(world.mailer.sent.length, 1);
  const [mail] = world.mailer.sent;
  t.is(mail?.to, "rosalind@example.org");
  t.is(mail?.subject, "Your results will be archived soon");
  t.true(mail?.text.includes("2 of your results move to the archive, the first at 2026-01-01 10:00 UTC."));
  for (const [job, at] of [
    [a, "10:00"],
    [b, "10:10"],
  ] as const) {
    const link = `${publicUrl}/annotations/${job.job_id}`;
    t.true(mail?.text.includes(`${job.input_file_name}, until 2026-01-01 ${at} UTC: ${link}`));
    t.true(mail?.html.includes(`href="${link}"`));
  }
  t.true(mail?.text.includes(`Upgrade to premium: ${publicUrl}/subscribe`));
  await world.pass(3 * hour);
  t.is(world.mailer.sent.length, 2, "the other has a mail of its own, and nothing is told twice");
  t.regex(world.mailer.sent[1]?.text ?? "", /the result of c\.vcf moves to the archive at 2026-01-01 12:00 UTC/);
  t.deepEqual(world.awaits(), [undefined, undefined, undefined]);
});

test("nobody is told of what is not archived: upgraded, deleted, archived already, gone, not wanted, no address", async (t) => {
  const { identity_email: _, ...nowhere } = memory.sampleUser({ user_id: "nowhere", email: "" });
  const users = [
    memory.sampleUser({ user_id: "premium", role: "premium_user" }),
    memory.sampleUser({ user_id: "quiet", mails_off: ["archiving"] }),
    nowhere,
    memory.sampleUser(),
  ];
  const deleted = named("deleted.vcf");
  const jobs = [
    named("premium.vcf", { user_id: "premium" }),
    named("quiet.vcf", { user_id: "quiet" }),
    named("nowhere.vcf", { user_id: "nowhere" }),
    named("nobody.vcf", { user_id: "nobody" }),
    named("archived.vcf", { result_state: "ARCHIVED" }),
    named("archiving.vcf", { result_state: "ARCHIVING" }),
    named("missing.vcf", { result_missing: "yes" }),
    named("past.vcf", {}, start - hour),
    deleted,
  ];
  const world = setup(jobs, { users });
  await world.store.apply(deleted.job_id, markDeleted(start));
  await world.clock.advance(9.5 * hour * 1000);
  await world.round();
  t.deepEqual(world.mailer.sent, []);
  t.deepEqual(new Set(world.awaits()), new Set([undefined, "deletion"]), "no sweep looks at them again");
});

test("a downgrade gives a fresh free period, and a mail before its end", async (t) => {
  const job = memory.completedJob(start - 50 * hour, { input_file_name: "old.vcf" });
  const { awaits: _, ...kept } = { ...job, notified_time: start - 50 * hour };
  const world = setup([kept]);
  await world.store.apply(job.job_id, dueAgain(start, retentionSeconds));
  await world.store.apply(job.job_id, awaitArchivingNotice());
  await world.pass(8.5 * hour);
  t.deepEqual(world.mailer.sent, []);
  await world.pass(hour);
  t.is(world.mailer.sent.length, 1);
  t.regex(world.mailer.sent[0]?.text ?? "", /old\.vcf moves to the archive at 2026-01-01 10:00 UTC/);
});

const restoring = (name: string, archiveId: string): Job =>
  memory.completedJob(start - 100 * hour, {
    input_file_name: name,
    result_state: "RESTORING",
    restoring: "yes",
    restore_requested_time: start,
    results_file_archive_id: archiveId,
  });
const premium = { users: [memory.sampleUser({ role: "premium_user" })] };

test("all results of an upgrade are told of in one mail, once the last is back", async (t) => {
  const jobs = ["a", "b", "c"].map((name) => restoring(`${name}.vcf`, name));
  const world = setup(jobs, premium);
  for (const job of jobs) {
    await world.pass(120);
    t.deepEqual(world.mailer.sent, []);
    await world.store.apply(
      job.job_id,
      restored(job.results_file_archive_id ?? "", Math.floor(world.clock.now() / 1000)),
    );
  }
  await world.pass(hour);
  t.is(world.mailer.sent.length, 1);
  const [mail] = world.mailer.sent;
  t.is(mail?.subject, "Your results are back");
  for (const { job_id } of jobs) t.true(mail?.text.includes(`${publicUrl}/annotations/${job_id}`));
  t.deepEqual(world.awaits(), [undefined, undefined, undefined]);
});

test("a result that takes hours keeps the mail of the others for an hour at most", async (t) => {
  const [quick, slow] = [restoring("quick.vcf", "a"), restoring("slow.vcf", "b")];
  const world = setup([quick, slow], premium);
  await world.store.apply(quick.job_id, restored("a", start));
  await world.pass(0.9 * hour);
  t.deepEqual(world.mailer.sent, []);
  await world.pass(0.2 * hour);
  t.is(world.mailer.sent.length, 1);
  await world.pass(3 * hour);
  await world.store.apply(slow.job_id, restored("b", Math.floor(world.clock.now() / 1000)));
  await world.pass(120);
  t.is(world.mailer.sent.length, 2);
  t.regex(world.mailer.sent[1]?.text ?? "", /the result of slow\.vcf is back/);
});

test("a mail that is refused keeps only its user waiting, and comes with the next round", async (t) => {
  const other = memory.sampleUser({ user_id: "user-2", identity_email: "barbara@example.org" });
  const users = [memory.sampleUser(), other];
  const jobs = [named("a.vcf"), named("b.vcf", { user_id: "user-2" })];
  const faults = memory.plannedFaults([{ call: "mailer.send", nth: 0, fault: { kind: "refuse" } }]);
  const world = setup(jobs, { users, faults });
  await world.clock.advance(9.2 * hour * 1000);
  await world.round();
  t.is(world.mailer.sent.length, 1);
  t.true(world.log.lines.some(({ level, message }) => level === "error" && message === "the user could not be told"));
  await world.pass(1_200);
  t.deepEqual(world.mailer.sent.map(({ to }) => to).sort(), ["barbara@example.org", "rosalind@example.org"]);
});

for (const kind of ["unavailable", "lose-response", "repeat"] as const) {
  for (const call of ["claimResultNotice", "resultNoticed"]) {
    test(`a fault (${kind}) at ${call}: one mail`, async (t) => {
      const planned = memory.plannedFaults([{ call: `apply.${call}`, nth: 0, fault: { kind } }]);
      let met = 0;
      const faults = (name: string) => {
        const fault = planned(name);
        if (fault !== undefined) met += 1;
        return fault;
      };
      const world = setup([named("a.vcf")], { faults });
      await world.clock.advance(9.1 * hour * 1000);
      // What is thrown is the sweep's to log.
      for (let minute = 0; minute < 30; minute += 1) {
        await world.round().catch(() => {});
        await world.clock.advance(60_000);
      }
      t.is(met, 1);
      t.is(world.mailer.sent.length, 1);
      t.deepEqual(world.awaits(), [undefined]);
    });
  }
}

test("two notifiers at the same instant: every result in one mail", async (t) => {
  const world = setup(["a", "b", "c"].map((name) => named(`${name}.vcf`)));
  await world.clock.advance(9.2 * hour * 1000);
  await Promise.all([world.round(), createResultMails(world.ports)(world.log)]);
  const links = world.mailer.sent.flatMap(({ text }) => text.match(/annotations\/[0-9a-f-]{36}/g) ?? []);
  t.is(links.length, 3);
  t.is(new Set(links).size, 3);
});

test("the ending's mail says to a free user until when the result stays, and awaits the mail before archiving", async (t) => {
  const free = memory.completedJob(start);
  const kept = memory.completedJob(start, { user_id: "premium" });
  const users = [memory.sampleUser(), memory.sampleUser({ user_id: "premium", role: "premium_user" })];
  const world = setup([free, kept], { users });
  await world.notice(free);
  await world.notice(kept);
  t.regex(
    world.mailer.sent[0]?.text ?? "",
    /download the result until 2026-01-01 10:00 UTC; then it moves to the archive/,
  );
  t.notRegex(world.mailer.sent[1]?.text ?? "", /archive/);
  t.deepEqual(world.awaits(), ["archiving", undefined]);
});

test("who wants no mail of completed jobs still gets those of failures, and the one before archiving", async (t) => {
  const completed = memory.completedJob(start);
  const failed = { ...memory.pendingJob(start), job_status: "FAILED", complete_time: start, awaits: "mail" } as const;
  const world = setup([completed, failed], { users: [memory.sampleUser({ mails_off: ["completed"] })] });
  await world.notice(completed);
  await world.notice(failed);
  t.deepEqual(
    world.mailer.sent.map(({ subject }) => subject),
    ["Your annotation has failed"],
  );
  t.deepEqual(world.awaits(), ["archiving", undefined]);
  await world.pass(9.5 * hour);
  t.is(world.mailer.sent[1]?.subject, "Your result will be archived soon");
});
