/** Messages that come twice or make no sense, and machines that die: no job is lost, none is done twice. */
import * as z from "zod";
import type { GroupState, JobItem } from "../stage/aws.ts";
import { apiOf, completionOf, firstDone, personOf } from "../stage/scenes.ts";
import type { Stage } from "../stage/stage.ts";
import { largeVcf, smallVcf } from "../stage/vcf.ts";
import { check, type Part, part } from "./check.ts";

/** Results of a job in the bucket: one, unless two workers wrote. */
async function resultsOf(stage: Stage, item: JobItem): Promise<string[]> {
  const { s3_results_bucket: bucket = "", s3_key_result_file: key = "", job_id } = item;
  const keys = await stage.get("aws").keys(bucket, key.slice(0, key.lastIndexOf("/") + 1));
  return keys.filter((each) => each.includes(job_id) && each.endsWith(".annot.vcf"));
}

export const duplicates = check({
  about: "A request that is delivered several times runs once; one for a finished job changes nothing.",
  needs: ["interfere", "api", "aws", "mail"],
  parameters: z.strictObject({
    copies: z.number("a number of copies").int("a whole number").min(1, "1 or more").max(10, "10 or less").default(4),
    bytes: z.number("bytes").int("a whole number").min(1_000, "1000 or more").max(100_000_000).default(8_000_000),
  }),
  async run(stage, { copies, bytes }) {
    const { userId } = await personOf(stage, "premium");
    const api = await apiOf(stage, "premium");
    const aws = stage.get("aws");
    const { job_id } = await api.submit("twice.vcf", largeVcf(bytes, "twice"));
    const message = JSON.stringify({ job_id, user_id: userId });
    for (let at = 0; at < copies; at++) await aws.publish("job-requests", message);
    const item = await completionOf(stage, job_id, 180);
    await aws.publish("job-requests", message);
    // A job of the same queue that is done afterwards: by then the copies have been dealt with.
    await completionOf(stage, (await api.submit("after.vcf", smallVcf("after"))).job_id);
    const later = await aws.job(job_id);
    const results = await resultsOf(stage, item);
    const mails = await stage.get("mailbox").about(job_id);
    return [
      part("the job was begun once", (later?.attempts ?? 1) === 1, `${later?.attempts} times`),
      part("the finished job is not begun again", later?.complete_time === item.complete_time, "it was"),
      part("there is one result", results.length === 1, `${results.length} results`),
      part("there is at most one mail", mails.length <= 1, `${mails.length} mails`),
    ];
  },
});

export const nonsense = check({
  about: "Messages that make no sense do not keep workers from the jobs behind them.",
  needs: ["interfere", "api", "aws"],
  parameters: z.strictObject({}),
  async run(stage) {
    const aws = stage.get("aws");
    const api = await apiOf(stage, "premium");
    const unknown = { job_id: "00000000-0000-4000-8000-000000000000", user_id: "nobody" };
    for (const message of ["{", '{"job_id":7}', "__import__('os').system('id')", JSON.stringify(unknown)]) {
      await aws.publish("job-requests", message);
    }
    const { job_id } = await api.submit("behind.vcf", smallVcf("behind"));
    const item = await completionOf(stage, job_id);
    return [part("a job behind them is completed", item.job_status === "COMPLETED", String(item.job_status))];
  },
});

const isFarm = ({ name }: GroupState) => /web|annotator/.test(name);

/** Resolves when every group has as many instances in service as it wants, none of them among the dead, and the home page answers. */
async function comeBack(stage: Stage, dead: ReadonlySet<string>, seconds: number): Promise<void> {
  await stage.until("web and annotator instances to come back", seconds, async (seen) => {
    const groups = (await stage.get("aws").groups()).filter(isFarm);
    const alive = groups.map(
      (group) => group.instances.filter(({ id, inService }) => inService && !dead.has(id)).length,
    );
    seen(groups.map(({ name, desired }, at) => `${name} ${alive[at]} of ${desired}`).join(", "));
    if (groups.some(({ desired }, at) => (alive[at] ?? 0) < desired)) return undefined;
    const home = await fetch(stage.url, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
    await home?.body?.cancel();
    return home?.status === 200 ? true : undefined;
  });
}

/** Jobs that are under way when the machines die. */
async function loaded(stage: Stage, jobs: number, bytes: number): Promise<string[]> {
  const api = await apiOf(stage, "premium");
  const ids: string[] = [];
  for (let at = 0; at < jobs; at++) {
    ids.push((await api.submit(`disaster-${at}.vcf`, largeVcf(bytes, `disaster${at}`))).job_id);
  }
  await stage.until("a job to be in the middle", 90, async (seen) => {
    const items = await Promise.all(ids.map((id) => stage.get("aws").job(id)));
    seen(items.map((item) => item?.job_status ?? "no item").join(" "));
    return items.some((item) => item?.job_status === "RUNNING") || undefined;
  });
  return ids;
}

export const disaster = check({
  about:
    "All web and annotator instances die at once, with jobs under way: everything comes back, every job is done once.",
  needs: ["disaster", "api", "aws"],
  parameters: z.strictObject({
    jobs: z.number("a number of jobs").int("a whole number").min(1, "1 or more").max(50, "50 or less").default(4),
    bytes: z.number("bytes").int("a whole number").min(1_000).max(100_000_000).default(6_000_000),
    backWithin: z.number("seconds of AWS's time").min(10).max(7_200).default(1_800),
    seconds: z.number("seconds, from 10 to 900").min(10).max(900).default(240),
  }),
  async run(stage, { jobs, bytes, backWithin, seconds }) {
    const aws = stage.get("aws");
    await firstDone(stage, "premium");
    const before = (await aws.groups()).filter(isFarm);
    const ids = await loaded(stage, jobs, bytes);
    const victims = (await aws.groups()).filter(isFarm).flatMap((group) => group.instances.map(({ id }) => id));
    await stage.get("terminate")(victims);
    const parts: Part[] = [part("there were instances to terminate", victims.length > 0, "none")];
    const back = await comeBack(stage, new Set(victims), stage.wall(backWithin)).then(
      () => "",
      (error: Error) => error.message,
    );
    const after = (await aws.groups()).filter(isFarm);
    parts.push(part("every group has its instances again, and the home page answers", back === "", back));
    const bounds = after.every(({ name, min, max }) =>
      before.some((b) => b.name === name && b.min === min && b.max === max),
    );
    parts.push(part("the groups' bounds are what they were", bounds, "others"));
    const ends = await Promise.allSettled(ids.map((id) => completionOf(stage, id, seconds)));
    const lost = ends.filter(({ status }) => status === "rejected").length;
    parts.push(part("no job is lost", lost === 0, `${lost} of ${jobs} did not complete`));
    const done = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
    const results = await Promise.all(
      done.map((item) => aws.storageClass(item.s3_results_bucket ?? "", item.s3_key_result_file ?? "")),
    );
    parts.push(
      part(
        "every job has its result",
        results.every((each) => each !== undefined),
        "one has none",
      ),
    );
    return parts;
  },
});
