// Everything is killed at once, in the middle of its work: it comes back by itself and no job is lost, done twice or untold.
import { GetObjectCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import test from "ava";
import { generatedVcf, sampleVcf } from "../../local/demo/sample-vcf.ts";
import { Scientist } from "../../local/demo/scientist.ts";
import { until } from "../../local/demo/until.ts";
import { isAlive } from "../../plan/process/alive.ts";
import type { Job } from "../../runtime/contract/job.ts";
import { companionKeys } from "../../runtime/contract/keys.ts";
import { clientOptions } from "../support/emulator.ts";
import { startTestService, type TestService } from "../support/local-service.ts";

let service: TestService;
let token: string;
const ada = new Scientist("");

test.before(async () => {
  // A disaster of a known size: no policy adds to it.
  service = await startTestService(18_600, { retention: "6 seconds", webMax: "2", annotatorMax: "2" });
  const max = new Scientist(service.url);
  await max.signIn(service.person("premium_user").sub);
  token = await max.makeToken("acceptance test");
  ada.visits(service.url);
  await ada.signIn(service.person("free_user").sub);
});
test.after.always(() => service?.stop());

const api = (path: string, init: RequestInit = {}) =>
  fetch(`${service.url}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
  });

async function file(megabytes: number): Promise<Blob> {
  const parts: Buffer[] = [];
  for await (const part of generatedVcf(megabytes * 1_000_000)) parts.push(part);
  return new Blob(parts as BlobPart[]);
}

async function submit(name: string, content: Blob): Promise<string> {
  const answer = await api(`/jobs?file_name=${name}`, {
    method: "POST",
    headers: { "content-type": "text/x-vcf" },
    body: content,
  });
  const body = (await answer.json()) as { job_id: string };
  if (answer.status !== 201) throw new Error(`submission answered ${answer.status}: ${JSON.stringify(body)}`);
  return body.job_id;
}

/** Three jobs too large to be done at once and three small ones behind them; resolves when the first of them run. */
async function loaded(prefix: string): Promise<string[]> {
  const large = await file(12);
  const small = new Blob([sampleVcf()]);
  const ids: string[] = [];
  for (const i of [1, 2, 3]) ids.push(await submit(`${prefix}-large-${i}.vcf`, large));
  ids.push(...(await Promise.all([1, 2, 3].map((i) => submit(`${prefix}-small-${i}.vcf`, small)))));
  await until("two jobs to be in the middle", async () => {
    const jobs = await Promise.all(ids.map((id) => service.backstage.job(id)));
    return (
      jobs.filter((job) => job.job_status === "RUNNING" && (job.progress_percent ?? 0) > 0).length >= 2 || undefined
    );
  });
  return ids;
}

const groupOf = (name: string) => service.groups.groups().find((group) => group.name.includes(name));

const pidsOf = (...services: string[]) =>
  service.hypervisor
    .instances()
    .flatMap((instance) => instance.services.filter(({ name }) => services.includes(name)).map(({ pid }) => pid))
    .filter((pid): pid is number => pid !== undefined);

/** Resolves when every group has all its instances in service and the balancer has healthy targets again. */
const wholeAgain = (without: readonly string[]) =>
  until("every group to be whole and the balancer to serve", async (seen) => {
    const instances = service.hypervisor.instances();
    const inService = instances.filter(
      ({ state, instanceId }) => state === "InService" && !without.includes(instanceId),
    );
    const wanted = service.groups.groups().reduce((sum, group) => sum + group.desired, 0);
    const healthy = service.balancer.targets().filter(({ health }) => health === "healthy").length;
    seen(`${inService.length} of ${wanted} instances, ${healthy} healthy targets`);
    if (inService.length < wanted || healthy < (groupOf("web")?.desired ?? 0)) return undefined;
    return (await fetch(`${service.url}/`)).status === 200 || undefined;
  });

async function untilCompleted(ids: readonly string[]): Promise<Job[]> {
  return until("every job to be completed", async (seen) => {
    const jobs = await Promise.all(ids.map((id) => service.backstage.job(id)));
    seen(jobs.map(({ job_status }) => job_status).join(" "));
    return jobs.every(({ job_status }) => job_status === "COMPLETED") ? jobs : undefined;
  });
}

const mailsOf = (jobId: string) => service.gateway.mails().filter(({ text }) => text.includes(jobId)).length;

/** Every job once: one result, one log, the whole of its records, one mail (more only where the notifier may have died). */
async function checkOnce(
  t: Record<"is" | "deepEqual", (a: unknown, b: unknown, why?: string) => unknown> & {
    true: (a: boolean, why?: string) => unknown;
  },
  jobs: readonly Job[],
  mailsMax = 1,
) {
  const s3 = new S3Client(clientOptions(service.emulator));
  const bucket = service.backstage.places.resultsBucket;
  for (const job of jobs) {
    await until(`the mail for ${job.input_file_name}`, () => mailsOf(job.job_id) > 0 || undefined);
    t.true(mailsOf(job.job_id) <= mailsMax, `mails for ${job.input_file_name}`);
    const folder = job.s3_key_result_file?.slice(0, job.s3_key_result_file.lastIndexOf("/") + 1) ?? "";
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: folder }));
    const mine = Versions.filter(({ Key, IsLatest }) => IsLatest && Key?.includes(job.job_id)).map(({ Key }) => Key);
    // A result of unsorted records has no tabix index.
    const { bgzip, summary, tabix } = companionKeys(job.s3_key_result_file ?? "");
    const expected = [job.s3_key_result_file, bgzip, summary, job.s3_key_log_file];
    t.deepEqual(mine.filter((key) => key !== tabix).toSorted(), expected.toSorted(), "nothing missing, nothing else");
    const log = await (await api(`/jobs/${job.job_id}/log`)).text();
    t.is(Number(/^Records\s+([\d,]+)/m.exec(log)?.[1]?.replaceAll(",", "")), job.progress_records, log.slice(0, 400));
  }
}

test.serial(
  "all web and annotator processes killed at once: each comes back, every job is completed once",
  async (t) => {
    const ids = await loaded("processes");
    const pids = pidsOf("web", "annotator");
    t.is(pids.length, 4);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await until("the balancer to notice", async () => ((await fetch(service.url)).status >= 500 ? true : undefined));
    await wholeAgain([]);
    const jobs = await untilCompleted(ids);
    for (const pid of pids) t.false(isAlive(pid));
    t.true(
      jobs.some(({ attempts }) => (attempts ?? 0) > 1),
      "some were taken over by another worker",
    );
    await checkOnce(t, jobs);
  },
);

test.serial(
  "every machine loses its power at once, in the middle of everything: no job, result or mail is lost",
  async (t) => {
    // Ada's small jobs are done, told and due for the archive soon; Max's large ones are being annotated by then.
    const free = await Promise.all(
      [1, 2, 3, 4].map(async (i) => (await ada.submit(`free-${i}.vcf`, new Blob([sampleVcf()]))).jobId),
    );
    await until("a first mail", () => free.some((id) => mailsOf(id) > 0) || undefined);
    const ids = await loaded("machines");
    await until("a result to be on its way to the archive", async () => {
      const states = await Promise.all(free.map(async (id) => (await service.backstage.job(id)).result_state));
      return states.some((state) => state === "ARCHIVING" || state === "ARCHIVED") || undefined;
    });
    const lost = service.hypervisor.instances().map(({ instanceId }) => instanceId);
    t.is(lost.length, 5, "web and annotator farm, utility host");
    for (const instanceId of lost) service.hypervisor.kill(instanceId);

    await wholeAgain(lost);
    const now = service.hypervisor.instances().map(({ instanceId }) => instanceId);
    t.deepEqual(
      now.filter((instanceId) => lost.includes(instanceId)),
      [],
      "all were replaced",
    );
    const jobs = await untilCompleted(ids);
    const archived = await until("every free result to be archived", async (seen) => {
      const all = await Promise.all(free.map((id) => service.backstage.job(id)));
      seen(all.map(({ result_state }) => result_state).join(" "));
      return all.every(({ result_state }) => result_state === "ARCHIVED") ? all : undefined;
    });
    const { archiveName, resultsBucket } = service.backstage.places;
    for (const job of archived) {
      const stored = await service.backstage.storageClass(archiveName, job.results_file_archive_id ?? "");
      t.is(stored, "GLACIER");
      await until(
        "the standard object to be deleted",
        async () =>
          (await service.backstage.storageClass(resultsBucket, job.s3_key_result_file ?? "")) === undefined ||
          undefined,
      );
      t.is(await service.backstage.storageClass(resultsBucket, job.s3_key_log_file ?? ""), "STANDARD", "the log stays");
      await until("the mail", () => mailsOf(job.job_id) > 0 || undefined);
    }
    t.is(new Set(archived.map(({ results_file_archive_id }) => results_file_archive_id)).size, free.length);
    await checkOnce(t, jobs, 2);
    // A crash between a mail and its note in the item mails twice (the other order would lose it): at most those under way.
    t.true(archived.every(({ job_id }) => mailsOf(job_id) <= 2));
  },
);

test.serial(
  "permissions are judged as the run is started: a worker's credentials read no result, and the runner says so",
  async (t) => {
    const credentials = service.gateway.credentialsFor(
      "arn:aws:iam::123456789012:role/gas-annotator--local--us-east-1",
    );
    const { endpoint } = service.gateway;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const worker = new S3Client({
      endpoint,
      region: service.emulator.region,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
      forcePathStyle: true,
    });
    const Bucket = service.backstage.places.resultsBucket;
    const Key = "gas/somebody/result.annot.vcf";
    await t.throwsAsync(worker.send(new GetObjectCommand({ Bucket, Key })), { name: "AccessDenied" });
    const said = new RegExp(
      `a call was refused: gas-annotator--local--us-east-1 may not s3:GetObject on arn:aws:s3:::${Bucket}/${Key}, because`,
    );
    t.true(
      service.problems.some((problem) => said.test(problem)),
      service.problems.join("\n"),
    );
    t.deepEqual(
      service.problems.filter((problem) => /a call was refused/.test(problem) && !said.test(problem)),
      [],
      "nothing else was refused in all that happened before",
    );
  },
);
