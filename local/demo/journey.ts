/** The main journey, step by step, on a service that runs. Each step shows what it saw; the first that fails ends it. */
import { createHash } from "node:crypto";
import type { Job } from "../../runtime/contract/job.ts";
import { firstText, parseXml } from "../gateway/xml-document.ts";
import type { Person } from "../identity/people.ts";
import type { Backstage } from "./backstage.ts";
import { outliveWorker } from "./outlive-worker.ts";
import { oversizedVcf, sampleVcf } from "./sample-vcf.ts";
import { Scientist, testCard } from "./scientist.ts";
import { check, count, person, recordsIn, type Stage, untilCompleted } from "./stage.ts";
import { until } from "./until.ts";

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Ada, who begins on the free plan. */
interface Visit extends Stage {
  readonly ada: Scientist;
  readonly free: Person;
}

/** Her job, too. */
interface JobVisit extends Visit {
  readonly jobId: string;
}

export async function walk(stage: Stage): Promise<void> {
  const visit: Visit = { ...stage, ada: new Scientist(stage.service.url), free: person(stage.service, "free_user") };
  await signIn(visit);
  await tryTooLarge(visit);
  const job: JobVisit = { ...visit, jobId: await upload(visit) };
  await seeAnnotated(job);
  await receiveMail(job);
  const result = await viewAndDownload(job);
  await outliveWorker(stage);
  await seeArchived(job);
  await subscribe(visit);
  await seeRestored(job);
  await downloadAgain(job, result);
  await deleteJob(job);
}

function signIn({ ada, free, narrator }: Visit): Promise<void> {
  return narrator.step(`${free.name} signs in`, async (evidence) => {
    const page = await ada.signIn(free.sub);
    const profile = await ada.open("/profile");
    check(profile.text.includes(free.email), "the profile does not show the e-mail address");
    evidence(`at ${page.url.pathname}, as ${free.email}, free plan`);
  });
}

/** By the page, and by S3 when it is asked past the page. */
function tryTooLarge({ ada, narrator }: Visit): Promise<void> {
  return narrator.step("A file beyond the free limit is refused", async (evidence) => {
    const bytes = 200_000;
    const refused = await ada.askForUpload("too-large.vcf", bytes);
    check("redirect" in refused, "a free user was offered an upload of 200 KB");
    evidence(`the page: ${refused.status}, sent to ${refused.redirect}`);
    const form = await ada.askForUpload("small.vcf", 1_000);
    check("url" in form, "a free user was refused an upload of 1 KB");
    const answer = await ada.sendToS3(form, new Blob([oversizedVcf(bytes)]));
    const code = firstText(parseXml(answer.text), "Code");
    check(answer.status === 400 && code === "EntityTooLarge", `S3 took it: ${answer.status} ${code}`);
    evidence(`S3, when asked past the page: ${answer.status} ${code}`);
  });
}

/** @returns the job's id. */
function upload({ ada, narrator }: Visit): Promise<string> {
  const vcf = sampleVcf();
  return narrator.step("A ClinVar sample is uploaded", async (evidence) => {
    const submitted = await ada.submit("clinvar-sample.vcf", new Blob([vcf]));
    check((await ada.arrive(submitted.arrival)) === submitted.jobId, "a reload of S3's redirect made a second job");
    evidence(`${count(vcf.length)} bytes, ${count(recordsIn(vcf))} records; job ${submitted.jobId}`);
    evidence("the page that S3 redirects to was loaded twice: still one job");
    return submitted.jobId;
  });
}

function seeAnnotated({ ada, jobId, narrator }: JobVisit): Promise<void> {
  return narrator.step("It is annotated", async (evidence) => {
    await untilCompleted(ada, jobId);
    const log = await ada.read(`/annotations/${jobId}/log`);
    for (const line of log.split("\n").slice(0, 6)) if (line.trim() !== "") evidence(line.trim());
  });
}

function receiveMail({ service, free, jobId, narrator }: JobVisit): Promise<void> {
  return narrator.step("A mail tells so", async (evidence) => {
    const mail = await until("the mail", () =>
      service.gateway.mails().find(({ to, text }) => to.includes(free.email) && text.includes(jobId)),
    );
    evidence(`to ${mail.to.join(", ")}: "${mail.subject}"`);
  });
}

/** @returns the result's bytes. */
function viewAndDownload({ ada, jobId, narrator }: JobVisit): Promise<Buffer> {
  return narrator.step("The result is viewed and downloaded", async (evidence) => {
    const records = await ada.records(`/annotations/${jobId}/result`);
    const annotated = records.find(({ "ClinVar significance": significance = "–" }) => significance !== "–");
    check(annotated !== undefined, "the page shows no annotated record");
    const value = (column: string): string => {
      const found = annotated[column];
      check(found !== undefined, `the page has no column "${column}"`);
      return found;
    };
    evidence(`${value("Position")}, ${value("Change")}:`);
    evidence(`${value("Gene")}, ${value("Consequence by location")}: ${value("ClinVar significance")}`);
    const bytes = await ada.download(`/annotations/${jobId}/result/download`);
    evidence(`${count(bytes.length)} bytes, SHA-256 ${sha256(bytes).slice(0, 16)}…`);
    return bytes;
  });
}

/** Sent to her, about her job, with this in its subject. */
const mailOn = (subject: string, { service, free, jobId }: Pick<JobVisit, "service" | "free" | "jobId">) =>
  service.gateway
    .mails()
    .find((mail) => mail.to.includes(free.email) && mail.text.includes(jobId) && mail.subject.includes(subject));

function seeArchived({ service, backstage, ada, free, jobId, narrator }: JobVisit): Promise<void> {
  return narrator.step("The free period passes, the result is archived", async (evidence) => {
    const archived = await until("the result to be archived", async (seen) => {
      const { result } = await ada.look(jobId);
      seen(result);
      const job = await backstage.job(jobId);
      return job.result_state === "ARCHIVED" && /archive/i.test(result) ? job : undefined;
    });
    // Where the free period is another one than the demo's, there may be none.
    const notice = mailOn("will be archived", { service, free, jobId });
    if (notice !== undefined) evidence(`before, a mail: "${notice.subject}"`);
    evidence(await archivePlace(archived, backstage));
    const page = await ada.open(`/annotations/${jobId}`);
    check(/upgrade to premium to download/i.test(page.text), "the page does not offer the upgrade");
    const knock = await ada.knock(`/annotations/${jobId}/result/download`);
    check(
      !knock.location.startsWith("http") || knock.location.startsWith(service.url),
      "the download still leads to storage",
    );
    evidence('the page says "Upgrade to premium to download"; the log can still be read');
    await ada.read(`/annotations/${jobId}/log`);
  });
}

/** Where the result is, once the object in standard storage has been deleted. */
async function archivePlace(job: Job, { places, storageClass }: Backstage): Promise<string> {
  const { resultsBucket, archiveStore, archiveName } = places;
  const key = job.s3_key_result_file ?? "";
  await until("the object in standard storage to be deleted", async () =>
    (await storageClass(resultsBucket, key)) === undefined ? true : undefined,
  );
  const id = job.results_file_archive_id ?? "";
  const where =
    archiveStore === "s3" ? `bucket ${archiveName}, ${await storageClass(archiveName, id)}` : `vault ${archiveName}`;
  return `${where}: ${id.length > 40 ? `${id.slice(0, 40)}…` : id}`;
}

function subscribe({ service, ada, free, narrator }: Visit): Promise<void> {
  return narrator.step("She subscribes with Stripe's test card", async (evidence) => {
    const page = await ada.subscribe(service.payments, testCard);
    evidence(`${page.document.querySelector("h1")?.text.trim()}`);
    const profile = await ada.open("/profile");
    check(/premium/i.test(profile.document.querySelector("main")?.text ?? ""), "the profile does not say premium");
    const mail = await until("the mail that tells so", () =>
      service.gateway.mails().find((one) => one.to.includes(free.email) && one.subject.includes("has begun")),
    );
    evidence(`a mail: "${mail.subject}"`);
  });
}

function seeRestored({ service, backstage, ada, free, jobId, narrator }: JobVisit): Promise<void> {
  return narrator.step("The result is restored", async (evidence) => {
    let tier: string | undefined;
    const job = await until("the result to be back", async (seen) => {
      const now = await backstage.job(jobId);
      tier = now.restore_tier ?? tier;
      seen(now.result_state ?? "");
      return now.result_state === "AVAILABLE" ? now : undefined;
    });
    const { result } = await ada.look(jobId);
    check(/ready/i.test(result), `the page says "${result}"`);
    check(job.results_file_archive_id === undefined, "the item still names the archive");
    evidence(`by tier ${tier ?? "unknown (it was too quick to be seen)"}; the page says "${result}"`);
    const mail = await until("the mail that tells so", () => mailOn("is back", { service, free, jobId }));
    evidence(`a mail: "${mail.subject}"`);
  });
}

function downloadAgain({ ada, jobId, narrator }: JobVisit, before: Buffer): Promise<void> {
  return narrator.step("The download is the same, byte for byte", async (evidence) => {
    const after = await ada.download(`/annotations/${jobId}/result/download`);
    check(after.equals(before), `${after.length} bytes instead of ${before.length}, or other ones`);
    evidence(`${count(after.length)} bytes, SHA-256 ${sha256(after).slice(0, 16)}…`);
  });
}

/** By the page that asks first; what is left is looked for where the job's files were. */
function deleteJob({ backstage, ada, jobId, narrator }: JobVisit): Promise<void> {
  return narrator.step("She deletes the job, nothing of it is left", async (evidence) => {
    const { inputsBucket, resultsBucket } = backstage.places;
    const job = await backstage.job(jobId);
    await ada.deleteJob(jobId);
    const knock = await ada.knock(`/annotations/${jobId}`);
    check(knock.status === 404, `the job's page still answers ${knock.status}`);
    await until("the item to go", async () => ((await backstage.hasJob(jobId)) ? undefined : true));
    const files = [
      [inputsBucket, job.s3_key_input_file],
      [resultsBucket, job.s3_key_result_file],
      [resultsBucket, job.s3_key_log_file],
    ] as const;
    for (const [bucket, key = ""] of files) {
      check((await backstage.storageClass(bucket, key)) === undefined, `bucket ${bucket} still has ${key}`);
    }
    evidence("input, result, log and item are gone; its page answers 404");
  });
}
