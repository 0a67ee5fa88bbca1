/** The main journey, step by step, on a service that runs. Each step shows what it saw; the first that fails ends it. */
import { createHash } from "node:crypto";
import { firstText, parseXml } from "../gateway/xml-document.ts";
import type { Narrator } from "../run/narrator.ts";
import type { LocalService } from "../run/start.ts";
import type { Backstage } from "./backstage.ts";
import { generatedVcf, oversizedVcf, sampleVcf } from "./sample-vcf.ts";
import { Scientist, testCard } from "./scientist.ts";
import { until } from "./until.ts";

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const count = (n: number) => n.toLocaleString("en-US");
/** A field of a record on one line of the terminal: names of conditions are as long as they like. */
const shortened = (field: string) => (field.length <= fieldShown ? field : `${field.slice(0, fieldShown - 1)}…`);
const fieldShown = 64;
const recordsIn = (vcf: string) => vcf.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;

function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

interface Stage {
  readonly service: LocalService;
  readonly backstage: Backstage;
  readonly narrator: Narrator;
}

function person(service: LocalService, plan: string) {
  const found = service.identity.people().find((each) => each.plan === plan);
  if (found === undefined) throw new Error(`nobody with plan ${plan} is there to sign in`);
  return found;
}

/** Resolves once the job's page says one of these. */
function untilStatus(scientist: Scientist, jobId: string, wanted: RegExp): Promise<string> {
  return until(`job ${jobId} to be ${wanted.source}`, async (seen) => {
    const { status } = await scientist.look(jobId);
    seen(status);
    return wanted.test(status) ? status : undefined;
  });
}

/** A large file whose worker's machine loses power in the middle; larger still when the first was done too soon. */
async function outliveWorker({ service, backstage, narrator }: Stage): Promise<void> {
  const max = new Scientist(service.url);
  const premium = person(service, "premium_user");
  await narrator.step("A worker dies in mid-job, the job finishes", async (evidence, progress) => {
    await max.signIn(premium.sub);
    for (let megabytes = 24; megabytes <= 192; megabytes *= 2) {
      const parts: Buffer[] = [];
      for await (const part of generatedVcf(megabytes * 1_000_000)) parts.push(part);
      const records = parts.reduce((sum, part) => sum + recordsIn(part.toString("latin1")), 0);
      progress(`${premium.name} uploads ${megabytes} MB`);
      const { jobId } = await max.submit(`cohort-${megabytes}MB.vcf`, new Blob(parts as BlobPart[]));

      const running = await until("a worker to be in the middle of the job", async (seen) => {
        const job = await backstage.job(jobId);
        seen(job.job_status);
        return job.job_status === "PENDING" || (job.job_status === "RUNNING" && !job.progress_percent)
          ? undefined
          : job;
      });
      if (running.job_status !== "RUNNING") continue; // done before it could be killed: a larger one
      const instanceId = /i-[0-9a-f]+/.exec(running.worker ?? "")?.[0];
      check(instanceId !== undefined, `the job names no instance as its worker, but ${running.worker}`);
      service.hypervisor.kill(instanceId);
      const still = await backstage.job(jobId);
      if (still.job_status !== "RUNNING") continue;
      evidence(`${count(records)} records, ${megabytes} MB; ${instanceId} lost power at ${still.progress_percent} %`);

      progress("waiting for another worker to take over");
      const status = await untilStatus(max, jobId, /completed|failed/i);
      check(/completed/i.test(status), `the job ended as ${status}`);
      const job = await backstage.job(jobId);
      check(job.progress_records === records, `${job.progress_records} of ${records} records arrived`);
      evidence(`completed by another worker on attempt ${job.attempts}, all ${count(records)} records accounted for`);
      await until("the group to replace the instance", () =>
        service.hypervisor.instances().some((each) => each.instanceId === instanceId) ? undefined : true,
      );
      evidence(`${instanceId} was replaced by its group`);
      return;
    }
    throw new Error("every file was annotated before its worker could be killed");
  });
}

export async function walk(stage: Stage): Promise<void> {
  const { service, backstage, narrator } = stage;
  const { step } = narrator;
  const ada = new Scientist(service.url);
  const free = person(service, "free_user");

  await step(`${free.name} signs in`, async (evidence) => {
    const page = await ada.signIn(free.sub);
    const profile = await ada.open("/profile");
    check(profile.text.includes(free.email), "the profile does not show the e-mail address");
    evidence(`at ${page.url.pathname}, as ${free.email}, free plan`);
  });

  await step("A file beyond the free limit is refused", async (evidence) => {
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

  const vcf = sampleVcf();
  const { jobId } = await step("A ClinVar sample is uploaded", async (evidence) => {
    const submitted = await ada.submit("clinvar-sample.vcf", new Blob([vcf]));
    check((await ada.arrive(submitted.arrival)) === submitted.jobId, "a reload of S3's redirect made a second job");
    evidence(`${count(vcf.length)} bytes, ${count(recordsIn(vcf))} records; job ${submitted.jobId}`);
    evidence("the page that S3 redirects to was loaded twice: still one job");
    return submitted;
  });

  await step("It is annotated", async (evidence) => {
    const status = await untilStatus(ada, jobId, /completed|failed/i);
    check(/completed/i.test(status), `the job ended as ${status}`);
    const log = await ada.read(`/annotations/${jobId}/log`);
    for (const line of log.split("\n").slice(0, 6)) if (line.trim() !== "") evidence(line.trim());
  });

  await step("A mail tells so", async (evidence) => {
    const mail = await until("the mail", () =>
      service.gateway.mails().find(({ to, text }) => to.includes(free.email) && text.includes(jobId)),
    );
    evidence(`to ${mail.to.join(", ")}: "${mail.subject}"`);
  });

  const before = await step("The result is viewed and downloaded", async (evidence) => {
    const shown = await ada.read(`/annotations/${jobId}/result`);
    const annotated = shown.split("\n").find((line) => !line.startsWith("#") && line.includes("GAS_"));
    check(annotated !== undefined, "the page shows no annotated record");
    const [chromosome, position, , reference, alternative, , , info = ""] = annotated.split("\t");
    evidence(`chromosome ${chromosome}, position ${position}, ${reference} to ${alternative}:`);
    const fields = info.split(";").filter((field) => field.startsWith("GAS_"));
    evidence(fields.slice(0, 6).map(shortened).join(" "));
    const bytes = await ada.download(`/annotations/${jobId}/result/download`);
    evidence(`${count(bytes.length)} bytes, SHA-256 ${sha256(bytes).slice(0, 16)}…`);
    return bytes;
  });

  await outliveWorker(stage);

  await step("The free period passes, the result is archived", async (evidence) => {
    const archived = await until("the result to be archived", async (seen) => {
      const { result } = await ada.look(jobId);
      seen(result);
      const job = await backstage.job(jobId);
      return job.result_state === "ARCHIVED" && /archive/i.test(result) ? job : undefined;
    });
    const { resultsBucket, archiveStore, archiveName } = backstage.places;
    const key = archived.s3_key_result_file ?? "";
    await until("the object in standard storage to be deleted", async () =>
      (await backstage.storageClass(resultsBucket, key)) === undefined ? true : undefined,
    );
    const id = archived.results_file_archive_id ?? "";
    const where =
      archiveStore === "s3"
        ? `bucket ${archiveName}, ${await backstage.storageClass(archiveName, id)}`
        : `vault ${archiveName}`;
    evidence(`${where}: ${id.length > 40 ? `${id.slice(0, 40)}…` : id}`);
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

  await step("She subscribes with Stripe's test card", async (evidence) => {
    const page = await ada.subscribe(service.payments, testCard);
    evidence(`${page.document.querySelector("h1")?.text.trim()}`);
    const profile = await ada.open("/profile");
    check(/premium/i.test(profile.document.querySelector("main")?.text ?? ""), "the profile does not say premium");
  });

  await step("The result is restored", async (evidence) => {
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
  });

  await step("The download is the same, byte for byte", async (evidence) => {
    const after = await ada.download(`/annotations/${jobId}/result/download`);
    check(after.equals(before), `${after.length} bytes instead of ${before.length}, or other ones`);
    evidence(`${count(after.length)} bytes, SHA-256 ${sha256(after).slice(0, 16)}…`);
  });
}
