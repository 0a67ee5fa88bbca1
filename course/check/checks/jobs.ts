/** From the upload to the mail. */
import * as z from "zod";
import type { JobItem } from "../stage/aws.ts";
import { apiOf, completionOf, endOf, firstDone, firstJob, firstResult, personOf } from "../stage/scenes.ts";
import { brokenVcf, sites, smallVcf } from "../stage/vcf.ts";
import { check, type Part, part } from "./check.ts";

const none = z.strictObject({});
const seconds = (usual: number) =>
  z.number("seconds, from 1 to 600").min(1, "1 or more").max(600, "600 or less").default(usual);

/** The course's attributes of a job that has just been recorded. */
function itemParts(item: JobItem, jobId: string, userId: string, fileName: string): Part[] {
  const { s3_key_input_file: key = "", submit_time: time = 0 } = item;
  const now = Date.now() / 1000;
  const states = ["PENDING", "RUNNING", "COMPLETED"];
  return [
    part("the item has the user's id", item.user_id === userId, String(item.user_id)),
    part("the item has the file's name", item.input_file_name === fileName, String(item.input_file_name)),
    part("the item names the bucket of inputs", (item.s3_inputs_bucket ?? "") !== "", "no s3_inputs_bucket"),
    part("the input's key tells user and job", key.includes(userId) && key.includes(jobId), key),
    part("submit_time is now, in epoch seconds", Math.abs(now - time) < 600, String(time)),
    part("job_status is one of the course's", states.includes(item.job_status ?? ""), String(item.job_status)),
  ];
}

export const submission = check({
  about: "An upload by the page makes one job, whose item has the course's attributes.",
  needs: ["sign-in", "aws"],
  parameters: none,
  async run(stage) {
    const { jobId, fileName } = await firstJob(stage, "free");
    const { userId } = await personOf(stage, "free");
    const item = await stage.get("aws").job(jobId);
    if (item === undefined) return [part("the job is in the table", false, "no item")];
    return itemParts(item, jobId, userId, fileName);
  },
});

export const completion = check({
  about: "A job is annotated: its item says so, and result and log are where it says.",
  needs: ["sign-in", "aws"],
  parameters: z.strictObject({ seconds: seconds(90) }),
  async run(stage, { seconds: limit }) {
    const { jobId } = await firstJob(stage, "free");
    const item = await endOf(stage, jobId, limit);
    const { s3_results_bucket: bucket = "", s3_key_result_file: result = "", s3_key_log_file: log = "" } = item;
    const aws = stage.get("aws");
    const times = (item.complete_time ?? 0) >= (item.submit_time ?? 0);
    return [
      part("job_status is COMPLETED", item.job_status === "COMPLETED", String(item.job_status)),
      part("complete_time is not before submit_time", times, `${item.submit_time}, ${item.complete_time}`),
      part("the result's name ends in .annot.vcf", result.endsWith(".annot.vcf"), result),
      part("the log's name ends in .vcf.count.log", log.endsWith(".vcf.count.log"), log),
      part("the log is in the bucket", (await aws.storageClass(bucket, log)) !== undefined, "it is not there"),
    ];
  },
});

export const result = check({
  about: "The result has every record of the input, in its order, annotated; page and download show it.",
  needs: ["sign-in", "aws"],
  parameters: none,
  async run(stage) {
    const { jobId, content } = await firstDone(stage, "free");
    const { person } = await personOf(stage, "free");
    const text = (await firstResult(stage, "free")).toString("utf8");
    const [wanted, got] = [sites(content), sites(text)];
    const same = wanted.length === got.length && wanted.every((site, at) => site === got[at]);
    const fields = (of: string) => of.split("\n").filter((line) => line.startsWith("##INFO")).length;
    const shown = await person.recordsShown(`/annotations/${jobId}/result`);
    return [
      part("the result has the input's records in their order", same, `${got.length} of ${wanted.length} records`),
      part("the header declares what was added", fields(text) > fields(content), `${fields(text)} INFO lines`),
      part("the result's page shows records", shown > 0, "none"),
    ];
  },
});

export const log = check({
  about: "The log can be read in the browser, and counts the records.",
  needs: ["sign-in", "aws"],
  parameters: none,
  async run(stage) {
    const { jobId, content } = await firstDone(stage, "free");
    const { person } = await personOf(stage, "free");
    const text = await person.read(`/annotations/${jobId}/log`);
    const count = String(sites(content).length);
    return [part(`the log tells ${count} records`, new RegExp(`\\b${count}\\b`).test(text), text.slice(0, 200))];
  },
});

export const mail = check({
  about: "One mail tells the user that the job is done, with a link to it.",
  needs: ["sign-in", "aws", "mail"],
  parameters: z.strictObject({ seconds: seconds(45) }),
  async run(stage, { seconds: limit }) {
    const { jobId } = await firstDone(stage, "free");
    const { email } = await personOf(stage, "free");
    const mailbox = stage.get("mailbox");
    const found = await stage.until(`a mail about job ${jobId}`, limit, async () => {
      const mails = await mailbox.about(jobId);
      return mails.length > 0 ? mails : undefined;
    });
    const [first] = found;
    const link = `${stage.url}/annotations/${jobId}`;
    return [
      part("there is one mail", found.length === 1, `${found.length} mails`),
      part("it goes to the user", first?.to.includes(email) === true, String(first?.to)),
      part("it has the link to the job", first?.text.includes(link) === true, "no link"),
    ];
  },
});

export const details = check({
  about: "The job's page shows file, state, log and result.",
  needs: ["sign-in", "aws"],
  parameters: none,
  async run(stage) {
    const { jobId, fileName } = await firstDone(stage, "premium");
    const { person } = await personOf(stage, "premium");
    const { document, text } = await person.open(`/annotations/${jobId}`);
    const status = document.querySelector("[role=status]")?.text.trim() ?? "";
    const links = document.querySelectorAll("a[href]").map((link) => link.getAttribute("href") ?? "");
    const has = (end: string) => links.some((link) => link.includes(`/annotations/${jobId}${end}`));
    return [
      part("it shows the file's name", text.includes(fileName), "another name"),
      part("it says that the job is completed", /complete|annotated/i.test(status), status),
      part("it has the link to the log", has("/log"), "no link"),
      part("it has the link to the result", has("/result"), "no link"),
      part("it has the link to the input", has("/input"), "no link"),
    ];
  },
});

export const list = check({
  about: "The list has the user's own jobs and nobody else's; through the API page by page to the last.",
  needs: ["sign-in", "api", "aws"],
  parameters: z.strictObject({
    jobs: z.number("a number of jobs").int("a whole number").min(2, "2 or more").max(60, "60 or less").default(5),
  }),
  async run(stage, { jobs: count }) {
    const { person } = await personOf(stage, "premium");
    const api = await apiOf(stage, "premium");
    const stranger = (await firstJob(stage, "free")).jobId;
    const made: string[] = [];
    for (let at = 0; at < count; at++) made.push((await api.submit(`list-${at}.vcf`, smallVcf(`list${at}`, 3))).job_id);
    const page = await person.open("/annotations");
    const paged = await api.list(2);
    const ids = paged.jobs.map((job) => job.job_id);
    const missing = made.filter((id) => !ids.includes(id));
    const times = paged.jobs.map((job) => job.submit_time ?? 0);
    const ordered = times.every((time, at) => at === 0 || time <= (times[at - 1] ?? 0));
    return [
      part("the page lists the newest job", page.text.includes(made.at(-1) ?? "?"), "it is not listed"),
      part("the page lists no job of another user", !page.text.includes(stranger), "one is listed"),
      part("the API's pages together have every job", missing.length === 0, `${missing.length} are missing`),
      part("no job is listed twice", new Set(ids).size === ids.length, "one is"),
      part("the newest job comes first", ordered, "another order"),
    ];
  },
});

export const reload = check({
  about: "Reloading the page that S3 redirects to neither makes a second job nor resets the first.",
  needs: ["sign-in", "aws"],
  parameters: none,
  async run(stage) {
    const { jobId, arrival, item } = await firstDone(stage, "free");
    const { person } = await personOf(stage, "free");
    const again = [await person.arrive(arrival), await person.arrive(arrival)];
    const after = await stage
      .until("the item to be as it was", 10, async (seen) => {
        const now = await stage.get("aws").job(jobId);
        seen(now?.job_status ?? "no item");
        return now?.job_status === "COMPLETED" ? now : undefined;
      })
      .catch(() => undefined);
    return [
      part(
        "the same job is shown",
        again.every((id) => id === jobId),
        again.join(", "),
      ),
      part("the job stays COMPLETED", after !== undefined, "it was reset"),
      part("it was not annotated again", after?.complete_time === item.complete_time, String(after?.complete_time)),
    ];
  },
});

export const badFile = check({
  about: "A file that is no VCF ends its job as FAILED with a reason, told on the page and by mail.",
  needs: ["sign-in", "aws", "mail"],
  parameters: z.strictObject({ seconds: seconds(90) }),
  async run(stage, { seconds: limit }) {
    const { person } = await personOf(stage, "premium");
    const { jobId } = await person.submit("broken.vcf", brokenVcf());
    const item = await endOf(stage, jobId, limit);
    const page = await person.open(`/annotations/${jobId}`);
    const mails = await stage
      .until("a mail about the failure", 45, async () => {
        const found = await stage.get("mailbox").about(jobId);
        return found.length > 0 ? found : undefined;
      })
      .catch(() => []);
    const reason = item.failure_reason ?? "";
    return [
      part("job_status is FAILED", item.job_status === "FAILED", String(item.job_status)),
      part("the item has a reason", reason !== "", "none"),
      part("the page names the line", /line\s+6\b/i.test(page.document.text.replace(/\s+/g, " ")), "it does not"),
      part("one mail tells so", mails.length === 1, `${mails.length} mails`),
    ];
  },
});

export const uniqueKeys = check({
  about: "Two uploads of the same file name at the same time are two jobs with keys of their own.",
  needs: ["sign-in", "aws"],
  parameters: none,
  async run(stage) {
    const { person } = await personOf(stage, "premium");
    const contents = [smallVcf("twinone", 5), smallVcf("twintwo", 5)];
    const twins = await Promise.all(contents.map((content) => person.submit("same-name.vcf", content)));
    const items = await Promise.all(twins.map(({ jobId }) => completionOf(stage, jobId)));
    const results = await Promise.all(
      twins.map(async ({ jobId }) => (await person.download(`/annotations/${jobId}/result/download`)).toString("utf8")),
    );
    const differ = (values: readonly unknown[]) => new Set(values).size === values.length;
    const own = ["twinone", "twintwo"].every((mark, at) => results[at]?.includes(`NOTE=${mark}`));
    return [
      part("there are two jobs", differ(twins.map(({ jobId }) => jobId)), "one"),
      part("the inputs have keys of their own", differ(items.map((item) => item.s3_key_input_file)), "the same key"),
      part("the results have keys of their own", differ(items.map((item) => item.s3_key_result_file)), "the same key"),
      part("each has its own result", own, "one result is the other's"),
    ];
  },
});
