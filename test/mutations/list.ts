/**
 * For each fault that the services' own code prevents, those of docs/what-went-wrong.md first: what is taken out, and the test that
 * must then fail. `text` stands in `file` exactly once or more; its first place is replaced.
 */
import { annotatorMutations } from "./annotator.ts";
import { webMutations } from "./web.ts";

export interface Mutation {
  /** What goes wrong without it. */
  readonly fault: string;
  readonly file: string;
  readonly text: string;
  readonly by: string;
  readonly test: string;
  /** Part of the test's title. */
  readonly title: string;
}

const declaredAnnotator = "test/components/annotator-farm.test.ts";
const declaredWeb = "test/components/web-farm.test.ts";
const annotator = "test/runtime/annotator/annotator.test.ts";
const archiver = "test/runtime/archiver/archiver.test.ts";
const archiverSweep = "test/runtime/archiver/sweep.test.ts";
const restorer = "test/runtime/restorer/restorer.test.ts";
const consumer = "test/runtime/jobs/consumer.test.ts";
const breaker = "test/runtime/jobs/breaker.test.ts";
const notifierSweep = "test/runtime/notifier/sweep.test.ts";

const ofJobs: readonly Mutation[] = [
  {
    fault: "a message is deleted when its job's process starts",
    file: "runtime/jobs/consumer.ts",
    text: "    const settled = new AbortController();",
    by: "    await queue.delete(delivery);\n    const settled = new AbortController();",
    test: consumer,
    title: "a handler that dies leaves the message",
  },
  {
    fault: "duplicates run twice",
    file: "runtime/jobs/annotation.ts",
    text: '[isRunning, { attribute: "worker", is: "absent" }]',
    by: "[isRunning]",
    test: annotator,
    title: "a message published twice runs once",
  },
  {
    fault: "a claim is never released",
    file: "runtime/jobs/annotation.ts",
    text: '{ attribute: "lease_until", is: "before", to: now }',
    by: '{ attribute: "lease_until", is: "absent" }',
    test: annotator,
    title: "a worker that dies in the middle is replaced by another",
  },
  {
    fault: "an archiver's claim is never released",
    file: "runtime/jobs/archival.ts",
    text: '{ attribute: "archive_lease_until", is: "before", to: now }',
    by: '{ attribute: "archive_lease_until", is: "absent" }',
    test: archiver,
    title: "the claim of a dead archiver ends with its lease",
  },
  {
    fault: "an upgrade while the archiver works is not seen",
    file: "runtime/archiver/archiver.ts",
    text: "await restoreTopic.publish({ user_id: job.user_id });",
    by: "",
    test: archiver,
    title: "the archiver sees it without the restorer's message",
  },
  {
    fault: "a result in ARCHIVING is skipped by the restorer",
    file: "runtime/restorer/restorer.ts",
    text: 'job?.result_state === "ARCHIVING"',
    by: "false",
    test: restorer,
    title: "a result in ARCHIVING is waited for, not skipped",
  },
  {
    fault: "an object deleted by hand is reported for ever",
    file: "runtime/archiver/sweep.ts",
    text: 'entry.result_missing === "yes" || ',
    by: "",
    test: archiver,
    title: "an object deleted by hand is reported once, not for ever",
  },
  {
    fault: "a downgrade never archives",
    file: "runtime/archiver/archiver.ts",
    text: 'await archiveQueue.send({ job_id, user_id: userId, job_status: "COMPLETED" } satisfies JobResult);',
    by: "",
    test: archiver,
    title: "after a fresh free period the result is archived",
  },
  {
    fault: "lists are cut off after one page",
    file: "runtime/jobs/periodic.ts",
    text: "cursor = page.cursor;",
    by: "cursor = undefined;",
    test: restorer,
    title: "all of a user's 230 results come back",
  },
  {
    fault: "there is no visibility heartbeat",
    file: "runtime/jobs/consumer.ts",
    text: "await queue.hide(delivery, Math.min(visibilitySeconds, left));",
    by: "",
    test: consumer,
    title: "a message in work stays hidden",
  },
  {
    fault: "errors are swallowed and their messages deleted",
    file: "runtime/jobs/consumer.ts",
    text: "await giveBack(delivery, seconds, log);",
    by: "await queue.delete(delivery);",
    test: consumer,
    title: "a failure keeps it, for longer each time",
  },
  {
    fault: "there is no FAILED state",
    file: "runtime/annotator/run-job.ts",
    text: "if (error instanceof InputError) {",
    by: "if (error === undefined) {",
    test: annotator,
    title: "a bad file ends as FAILED with line and reason",
  },
  {
    fault: "two copies of a notice mail twice",
    file: "runtime/notifier/notifier.ts",
    text: "if (!claim.applied && claim.job?.notice_owner !== owner) {",
    by: "if (claim.job === undefined) {",
    test: notifierSweep,
    title: "every notice delivered twice",
  },
  {
    fault: "the SDK repeats a mail",
    file: "runtime/aws/clients.ts",
    text: ", maxAttempts: 1 }",
    by: " }",
    test: "test/runtime/aws/outage.test.ts",
    title: "a mail is sent in one attempt",
  },
  {
    fault: "receipts are spent on an outage",
    file: "runtime/jobs/consumer.ts",
    text: "if (breaker === undefined) return work();",
    by: "return work();",
    test: breaker,
    title: "a consumer holds what it has",
  },
  {
    fault: "messages are received during an outage",
    file: "runtime/jobs/consumer.ts",
    text: "if (options.breaker !== undefined) {",
    by: "if (options.concurrency === 0 && options.breaker !== undefined) {",
    test: breaker,
    title: "nothing is received even where there is room for it",
  },
  {
    fault: "an outage counts as the job's fault",
    file: "runtime/annotator/endings.ts",
    text: "const outside = err instanceof UnavailableError;",
    by: "const outside = false;",
    test: "test/runtime/jobs/outages.test.ts",
    title: "objects away for 2 minutes",
  },
  {
    fault: "a job without a message waits for ever",
    file: "runtime/notifier/sweep.ts",
    text: "[outbox, endings, mails]",
    by: "[outbox, mails]",
    test: notifierSweep,
    title: "a PENDING job whose message is gone",
  },
  {
    fault: "an ending without a notice is not mailed",
    file: "runtime/notifier/sweep.ts",
    text: "[outbox, endings, mails]",
    by: "[outbox, endings]",
    test: notifierSweep,
    title: "an ending whose notice is gone is mailed, once",
  },
  {
    fault: "a late renewal takes a job back",
    file: "runtime/jobs/annotation.ts",
    text: 'remove: ["worker"],',
    by: "",
    test: annotator,
    title: "a renewal that arrives after the job was given back",
  },
  {
    fault: "a paused worker replaces its successor's result",
    file: "runtime/contract/keys.ts",
    text: "if (attempt === 1) return name;",
    by: "if (attempt > 0) return name;",
    test: annotator,
    title: "a worker paused at the end of its upload",
  },
  {
    fault: "orphans stay",
    file: "runtime/archiver/sweep.ts",
    text: "await archive.delete(archiveId);",
    by: "",
    test: archiverSweep,
    title: "an archive left by a crash between store and its note goes",
  },
  {
    fault: "an archive in work is taken for an orphan",
    file: "runtime/archiver/sweep.ts",
    text: 'if (job.result_state !== "ARCHIVING") return true;',
    by: "return true;",
    test: archiverSweep,
    title: "an archive whose archiver may yet name it is left alone",
  },
  {
    fault: "a downgrade that the index hides from is lost",
    file: "runtime/archiver/sweep.ts",
    text: "await archiveQueue.send(",
    by: "void (",
    test: archiverSweep,
    title: "a downgrade while the index lags",
  },
  {
    fault: "two copies of an upgrade's message pay twice",
    file: "runtime/restorer/restorer.ts",
    text: "if (!claim.applied && claim.job?.restore_owner !== owner) {",
    by: "if (claim.job === undefined) {",
    test: restorer,
    title: "two copies of an upgrade's message",
  },
  {
    fault: "a created item is overwritten by the reload of a page",
    file: "runtime/aws/job-store.ts",
    text: ', ConditionExpression: "attribute_not_exists(job_id)"',
    by: "",
    test: "test/runtime/aws/stores.test.ts",
    title: "creation never overwrites",
  },
  {
    fault: "a duplicate archive message ends the loop",
    file: "runtime/archiver/archiver.ts",
    text: 'if (job.result_state === "ARCHIVED") return finish(job, result, log);',
    by: 'if (job.result_state === "ARCHIVED") throw new Error("the object is gone");',
    test: archiver,
    title: "the object is gone, the loop dies",
  },
  {
    fault: "being restored is never shown",
    file: "runtime/jobs/archival.ts",
    text: 'result_state: "RESTORING",',
    by: 'result_state: "ARCHIVED",',
    test: restorer,
    title: "being restored never shown",
  },
  {
    fault: "the size limit is in the browser only: the form's policy",
    file: "runtime/aws/object-store.ts",
    text: 'Conditions: [["content-length-range", bytesMin, bytesMax]],',
    by: "Conditions: [],",
    test: "test/runtime/aws/objects.test.ts",
    title: "size limit only in the browser",
  },
  {
    fault: "the size limit is in the browser only: local storage takes what S3 refuses",
    file: "local/aws/s3/post-object.ts",
    text: "checkPostSize(policy, file.bytes);",
    by: "",
    test: "test/local/aws/s3/post.test.ts",
    title: "a file over the limit is refused",
  },
  {
    fault: "a body that is no message is worked on",
    file: "runtime/jobs/consumer.ts",
    text: "return (body) => schema.parse(JSON.parse(body));",
    by: "return () => ({}) as z.output<Schema>;",
    test: archiver,
    title: "a body that is no message is not run",
  },
  {
    fault: "an instance is told a secret",
    file: "components/web/web-service.ts",
    text: 'SESSION_SECRET_PARAMETER: secret("session-secret"),',
    by: 'SESSION_SECRET_PARAMETER: secret("session-secret"),\n    SESSION_SECRET: "correct horse battery staple",',
    test: declaredWeb,
    title: "hold no secret",
  },
  {
    fault: "scale-in kills running jobs: instances are not protected",
    file: "components/group/scaled-group.ts",
    text: "protectFromScaleIn: args.drain !== undefined,",
    by: "protectFromScaleIn: false,",
    test: declaredAnnotator,
    title: "a busy worker is never killed",
  },
  {
    fault: "scale-in kills running jobs: the termination hook does not wait as long as a job takes",
    file: "components/group/scaled-group.ts",
    text: "heartbeatTimeout: args.drain.toSeconds(),",
    by: "heartbeatTimeout: 30,",
    test: declaredAnnotator,
    title: "a busy worker is never killed",
  },
  {
    fault: "scale-in kills running jobs: the service does not hear that its instance goes",
    file: "runtime/jobs/service.ts",
    text: 'if (state !== "InService") return drain(',
    by: 'if (state === "never") return drain(',
    test: "test/runtime/jobs/service.test.ts",
    title: "scale-in kills running jobs",
  },
  {
    fault: "scale-in kills running jobs: a worker does not protect itself",
    file: "runtime/annotator/protection.ts",
    text: "const wanted = running > 0 ? true : ",
    by: "const wanted = ",
    test: annotator,
    title: "scale-in protection: on with a job",
  },
  {
    fault: "a sick neighbour fails a service's health",
    file: "runtime/jobs/health.ts",
    text: 'const failing = answers.some(([, result]) => typeof result === "string");',
    by: "const failing = answers.some(([, result]) => result !== undefined);",
    test: "test/runtime/jobs/health.test.ts",
    title: "a sick neighbour is shown, not failed",
  },
  {
    fault: "a new instance has no time of grace",
    file: "local/aws/autoscaling/decide.ts",
    text: "if (instance.ageMilliseconds < grace) return undefined;",
    by: "",
    test: "test/local/aws/autoscaling/decide.test.ts",
    title: "a service that does not come up has its time of grace",
  },
  {
    fault: "a permission that is taken away counts as the job's fault",
    file: "runtime/aws/outage.ts",
    text: "if (denials.has(name) || status === 403)",
    by: "if (status === 403)",
    test: "test/runtime/aws/outage.test.ts",
    title: "a missing permission, policy or key is a refusal",
  },
  {
    fault: "nobody is told that a permission is missing",
    file: "runtime/jobs/breaker.ts",
    text: "if (denied) refused.set(",
    by: "if (denied) new Map<string, string>().set(",
    test: breaker,
    title: "what is refused waits",
  },
];

export const mutations: readonly Mutation[] = [...ofJobs, ...annotatorMutations, ...webMutations];
