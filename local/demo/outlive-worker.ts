import { generatedVcf } from "./sample-vcf.ts";
import { Scientist } from "./scientist.ts";
import { check, count, person, recordsIn, type Stage, untilCompleted } from "./stage.ts";
import { until } from "./until.ts";

/** A large file whose worker's machine loses power in the middle; larger still when the first was done too soon. */
export async function outliveWorker(stage: Stage): Promise<void> {
  const { service, backstage, narrator } = stage;
  const max = new Scientist(service.url);
  const premium = person(service, "premium_user");
  await narrator.step("A worker dies in mid-job, the job finishes", async (evidence, progress) => {
    await max.signIn(premium.sub);
    for (let megabytes = 24; megabytes <= 192; megabytes *= 2) {
      const { content, records } = await cohort(megabytes);
      progress(`${premium.name} uploads ${megabytes} MB`);
      const { jobId } = await max.submit(`cohort-${megabytes}MB.vcf`, content);
      const lost = await killWorkerOf(jobId, stage);
      if (lost === undefined) continue; // done before it could be killed: a larger one
      evidence(`${count(records)} records, ${megabytes} MB; ${lost.instanceId} lost power at ${lost.percent} %`);

      progress("waiting for another worker to take over");
      await untilCompleted(max, jobId);
      const job = await backstage.job(jobId);
      check(job.progress_records === records, `${job.progress_records} of ${records} records arrived`);
      evidence(`completed by another worker on attempt ${job.attempts}, all ${count(records)} records accounted for`);
      await untilReplaced(lost.instanceId, service);
      evidence(`${lost.instanceId} was replaced by its group`);
      return;
    }
    throw new Error("every file was annotated before its worker could be killed");
  });
}

async function cohort(megabytes: number): Promise<{ content: Blob; records: number }> {
  const parts: Buffer[] = [];
  for await (const part of generatedVcf(megabytes * 1_000_000)) parts.push(part);
  const records = parts.reduce((sum, part) => sum + recordsIn(part.toString("latin1")), 0);
  return { content: new Blob(parts as BlobPart[]), records };
}

/** In the middle of the job. @returns which instance, and how far it was; `undefined`: the job was done before. */
async function killWorkerOf(jobId: string, { service, backstage }: Stage) {
  const running = await until("a worker to be in the middle of the job", async (seen) => {
    const job = await backstage.job(jobId);
    seen(job.job_status);
    const waits = job.job_status === "PENDING" || (job.job_status === "RUNNING" && !job.progress_percent);
    return waits ? undefined : job;
  });
  if (running.job_status !== "RUNNING") return undefined;
  const instanceId = /i-[0-9a-f]+/.exec(running.worker ?? "")?.[0];
  check(instanceId !== undefined, `the job names no instance as its worker, but ${running.worker}`);
  service.hypervisor.kill(instanceId);
  const still = await backstage.job(jobId);
  return still.job_status === "RUNNING" ? { instanceId, percent: still.progress_percent } : undefined;
}

function untilReplaced(instanceId: string, { hypervisor }: Stage["service"]): Promise<true> {
  return until("the group to replace the instance", () =>
    hypervisor.instances().some((each) => each.instanceId === instanceId) ? undefined : true,
  );
}
