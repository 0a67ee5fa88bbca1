import test from "ava";
import type { Job } from "../../../runtime/contract/job.ts";
import { cancel, claim, fail } from "../../../runtime/jobs/annotation.ts";
import { applied } from "../../../runtime/jobs/transition.ts";
import { mailOf } from "../../../runtime/notifier/mail.ts";
import { createNotifier } from "../../../runtime/notifier/notifier.ts";
import { createResultMails } from "../../../runtime/notifier/result-mails.ts";
import { createSweep } from "../../../runtime/notifier/sweep.ts";
import * as memory from "../../support/memory.ts";

const publicUrl = "https://gas.example.org";

function setup(jobs: Job[], user = memory.sampleUser()) {
  const clock = memory.createVirtualClock();
  const log = memory.createMemoryLog();
  const store = memory.createMemoryJobStore(jobs);
  const mailer = memory.createMemoryMailer();
  const topics = { job_requests: memory.createMemoryTopic(), job_results: memory.createMemoryTopic() };
  const users = memory.createMemoryUserStore([user]);
  const ports = { jobs: store, users, mailer, clock, publicUrl };
  const notifier = createNotifier(ports);
  const sweep = createSweep({ jobs: store, notifier, resultMails: createResultMails(ports), topics, clock });
  const notice = ({ job_id, user_id, job_status }: Job) => notifier.handle({ job_id, user_id, job_status }, { log });
  return { clock, log, store, mailer, topics, notifier, notice, sweep: () => sweep(log) };
}

const start = 1_767_225_600;
const failedJob = (fields: Partial<Job> = {}) => {
  const running = applied(claim("w", start, 60), memory.pendingJob(start, fields));
  return applied(
    fail({ worker: "w", attempt: 1 }, start, { reason: 'POS is "<b>x</b>", not a number', line: 17 }),
    running,
  );
};

test("a completed job is told of once, with a link to it", async (t) => {
  const job = memory.completedJob(start);
  const world = setup([job]);
  t.deepEqual(await world.notice(job), { done: true });
  await world.notice(job);
  t.is(world.mailer.sent.length, 1);
  const [mail] = world.mailer.sent;
  t.is(mail?.to, "rosalind@example.org");
  t.is(mail?.subject, "Your annotation is complete");
  t.true(mail?.text.includes(`${publicUrl}/annotations/${job.job_id}`));
  t.true(mail?.html.includes(`href="${publicUrl}/annotations/${job.job_id}"`));
});

test('"no FAILED state": a failed job\'s mail gives reason and line, escaped', async (t) => {
  const job = failedJob();
  const world = setup([job]);
  await world.notice(job);
  const [mail] = world.mailer.sent;
  t.is(mail?.subject, "Your annotation has failed");
  t.true(mail?.text.includes('failed (line 17): POS is "<b>x</b>", not a number'));
  t.true(mail?.html.includes("POS is &quot;&lt;b&gt;x&lt;/b&gt;&quot;, not a number"));
});

test("no text of a user begins a mail: neither subject nor greeting has names of people or files", async (t) => {
  const chosen = "You have won";
  const name = `${chosen}\r\nBcc: everybody@example.org\n${"x".repeat(300)}.vcf`;
  const job = memory.completedJob(start, { input_file_name: name });
  const world = setup([job], memory.sampleUser({ name: chosen }));
  await world.notice(job);
  const [mail] = world.mailer.sent;
  t.is(mail?.subject, "Your annotation is complete");
  t.is(mail?.text.split("\n")[0], "Hello,");
  t.true(mail?.html.includes("<p>Hello,</p>"));
  t.true(mail?.html.startsWith("<!doctype html>"));
  t.false(/\r|\nBcc/.test(mail?.text ?? ""));
  const nasty = mailOf(failedJob({ input_file_name: "<img src=x onerror=alert(1)>.vcf" }), publicUrl);
  t.false(nasty.html.includes("<img"));
});

test("mail goes to a verified address, else to the identity provider's, else nowhere", async (t) => {
  for (const [fields, to] of [
    [{ email: "a@x.example", verified_email: "a@x.example", identity_email: "i@x.example" }, "a@x.example"],
    [{ email: "b@x.example", verified_email: "a@x.example", identity_email: "i@x.example" }, "i@x.example"],
    [{ email: "i@x.example", identity_email: "i@x.example" }, "i@x.example"],
  ] as const) {
    const job = memory.completedJob(start);
    const world = setup([job], memory.sampleUser(fields));
    await world.notice(job);
    t.is(world.mailer.sent[0]?.to, to);
  }
  const job = memory.completedJob(start);
  const { identity_email: _, ...nobody } = memory.sampleUser();
  const world = setup([job], nobody);
  t.deepEqual(await world.notice(job), { done: true });
  t.deepEqual(world.mailer.sent, []);
});

test("a cancelled job, an unfinished one and a user without an address get no mail", async (t) => {
  const cancelled = applied(cancel(start), memory.pendingJob(start));
  const pending = memory.pendingJob(start);
  const world = setup([cancelled, pending]);
  await world.notice(cancelled);
  await world.notice(pending);
  await world.notifier.handle(
    { job_id: crypto.randomUUID(), user_id: "u", job_status: "COMPLETED" },
    { log: world.log },
  );
  t.deepEqual(world.mailer.sent, []);

  const job = memory.completedJob(start);
  const { identity_email: _, ...nobodyKnows } = memory.sampleUser({ email: "" });
  const mute = setup([job], nobodyKnows);
  t.deepEqual(await mute.notice(job), { done: true });
  t.deepEqual(mute.mailer.sent, []);
  t.true(mute.log.lines.some(({ message }) => message.startsWith("no verified mail address")));
});

test("SES that throttles leaves the notice in its queue", async (t) => {
  const job = memory.completedJob(start);
  const clock = memory.createVirtualClock();
  const mailer = memory.createMemoryMailer();
  const throttled = memory.plannedFaults([{ call: "mailer.send", nth: 0, fault: { kind: "refuse" } }]);
  const notifier = createNotifier({
    jobs: memory.createMemoryJobStore([job]),
    users: memory.createMemoryUserStore([memory.sampleUser()]),
    mailer: memory.withFaults("mailer", mailer, throttled, { clock }),
    clock,
    publicUrl,
  });
  const message = { job_id: job.job_id, user_id: job.user_id, job_status: job.job_status };
  const handling = { log: memory.createMemoryLog() };
  await t.throwsAsync(notifier.handle(message, handling), { instanceOf: memory.InjectedFault });
  await notifier.handle(message, handling);
  t.is(mailer.sent.length, 1);
});

test("a job that a crash kept from its topic is published after a minute, once", async (t) => {
  const untold = memory.pendingJob(start - 61);
  const fresh = memory.pendingJob(start - 59);
  const ended = { ...memory.completedJob(start - 61), outbox: "job_results" as const };
  // Submitted long ago, ended just now: its worker is about to publish it.
  const justEnded = {
    ...memory.completedJob(start - 5, { submit_time: start - 5_000 }),
    outbox: "job_results" as const,
  };
  const world = setup([untold, fresh, ended, justEnded]);
  await world.sweep();
  await world.sweep();
  t.deepEqual(world.topics.job_requests.published, [{ job_id: untold.job_id, user_id: "user-1" }]);
  t.deepEqual(world.topics.job_results.published, [
    { job_id: ended.job_id, user_id: "user-1", job_status: "COMPLETED" },
  ]);
  t.is(world.store.jobs.get(untold.job_id)?.outbox, undefined);
  t.is(world.store.jobs.get(justEnded.job_id)?.outbox, "job_results");
});
