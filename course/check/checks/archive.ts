/** The free period, the archive, the upgrade and the way back. */
import * as z from "zod";
import { departure, firstDone, personOf, upgraded } from "../stage/scenes.ts";
import { check, type Part, part } from "./check.ts";

const free = z.number("seconds of the free period").min(5, "5 or more").max(3_600, "3600 or less").default(30);
/** Beside the free period itself: the archiver's own pace, on the wall clock. */
const marginSeconds = 60;
const archiveParameters = z.strictObject({ freeSeconds: free });

export const archived = check({
  about: "After the free period a free user's result is in the archive: item, bucket and page say so.",
  needs: ["sign-in", "aws"],
  parameters: archiveParameters,
  async run(stage, { freeSeconds }) {
    const { jobId } = await departure(stage, freeSeconds + marginSeconds);
    const aws = stage.get("aws");
    const item = await stage.until("the item to name the archive", 30, async (seen) => {
      const now = await aws.job(jobId);
      seen(now?.result_state ?? "no state");
      return now?.results_file_archive_id === undefined ? undefined : now;
    });
    const { s3_results_bucket: bucket = "", s3_key_result_file: key = "" } = item;
    const left = await aws.storageClass(bucket, key);
    return [
      part("the item has results_file_archive_id", (item.results_file_archive_id ?? "") !== "", "none"),
      part("the result has left the bucket of results", left === undefined, String(left)),
    ];
  },
});

export const notEarly = check({
  about: "No result is archived before its free period is over.",
  needs: ["sign-in", "aws"],
  parameters: archiveParameters,
  async run(stage, { freeSeconds }) {
    const { item, seenAt } = await departure(stage, freeSeconds + marginSeconds);
    const after = seenAt - (item.complete_time ?? 0);
    // Whole seconds on both sides.
    return [part(`the result stays for ${freeSeconds} s`, after >= freeSeconds - 2, `gone after ${after} s`)];
  },
});

export const upgradeOffered = check({
  about: "The page of an archived result offers the upgrade instead of the download, and the download leads nowhere.",
  needs: ["sign-in", "aws"],
  parameters: archiveParameters,
  async run(stage, { freeSeconds }) {
    const { jobId } = await departure(stage, freeSeconds + marginSeconds);
    const { person } = await personOf(stage, "free");
    const page = await person.open(`/annotations/${jobId}`);
    const links = page.document.querySelectorAll("a[href]").map((link) => link.getAttribute("href") ?? "");
    const { status, location } = await person.knock(`/annotations/${jobId}/result/download`);
    const toStorage = /^https?:/.test(location) && new URL(location).origin !== stage.url;
    return [
      part(
        "the page links to /subscribe",
        links.some((link) => link.startsWith("/subscribe")),
        "no such link",
      ),
      part("the page has no download", !links.some((link) => /result\/download/.test(link)), "it has one"),
      part("the download does not lead to storage", !toStorage, `${status} ${location}`),
    ];
  },
});

export const logStays = check({
  about: "The log of an archived job can still be read.",
  needs: ["sign-in", "aws"],
  parameters: archiveParameters,
  async run(stage, { freeSeconds }) {
    const { jobId } = await departure(stage, freeSeconds + marginSeconds);
    const text = await (await personOf(stage, "free")).person.read(`/annotations/${jobId}/log`);
    return [part("the log is shown", text.trim() !== "", "it is empty")];
  },
});

export const premiumKept = check({
  about: "A premium user's result stays, however long ago it was made.",
  needs: ["sign-in", "aws"],
  parameters: archiveParameters,
  async run(stage, { freeSeconds }) {
    const { item } = await firstDone(stage, "premium");
    const due = (item.complete_time ?? 0) + freeSeconds + 10;
    await stage.until("the free period to be over", freeSeconds + 30, () =>
      Date.now() / 1000 > due ? true : undefined,
    );
    const left = await stage.get("aws").storageClass(item.s3_results_bucket ?? "", item.s3_key_result_file ?? "");
    return [part("the result is in the bucket", left === "STANDARD", String(left))];
  },
});

export const subscription = check({
  about: "The card form makes a premium user of a free one.",
  needs: ["sign-in", "aws", "payments"],
  parameters: z.strictObject({}),
  async run(stage) {
    const { person, userId } = await personOf(stage, "free");
    await upgraded(stage);
    const user = await stage.get("aws").user(userId);
    const profile = await person.open("/profile");
    return [
      part("the users table says premium_user", user?.role === "premium_user", String(user?.role)),
      part("the profile says premium", /premium/i.test(profile.text), "it does not"),
    ];
  },
});

const restoreParameters = z.strictObject({
  freeSeconds: free,
  within: z.number("seconds of AWS's time").min(60, "60 or more").max(86_400, "86400 or less").default(3_600),
});

export const restored = check({
  about: "The upgrade brings an archived result back, byte for byte.",
  needs: ["sign-in", "aws", "payments"],
  parameters: restoreParameters,
  async run(stage, { freeSeconds, within }) {
    const { jobId, result: before } = await departure(stage, freeSeconds + marginSeconds);
    await upgraded(stage);
    const { person } = await personOf(stage, "free");
    const item = await stage.until("the result to be restored", stage.wall(within), async (seen) => {
      const now = await stage.get("aws").job(jobId);
      seen(now?.result_state ?? "no state");
      const { s3_results_bucket: bucket = "", s3_key_result_file: key = "" } = now ?? {};
      return (await stage.get("aws").storageClass(bucket, key)) === undefined ? undefined : now;
    });
    const after = await stage.until("the download", 30, () =>
      person.download(`/annotations/${jobId}/result/download`).catch(() => undefined),
    );
    const settled = await stage
      .until("the item to forget the archive", 30, async () => {
        const now = await stage.get("aws").job(jobId);
        return now?.results_file_archive_id === undefined ? true : undefined;
      })
      .catch(() => false);
    return [
      part("the result is in the bucket again", item !== undefined, "it is not"),
      part(
        "the download is the same, byte for byte",
        after.equals(before),
        `${after.length} of ${before.length} bytes`,
      ),
      part("the item names no archive any more", settled, "it still does"),
    ];
  },
});

export const downgrade = check({
  about: "Cancelling makes a free user again, whose results go to the archive after another free period.",
  needs: ["sign-in", "aws", "payments"],
  parameters: archiveParameters,
  async run(stage, { freeSeconds }) {
    const { jobId } = await departure(stage, freeSeconds + marginSeconds);
    const { person, userId } = await personOf(stage, "free");
    await upgraded(stage);
    await person.browser.open(`${stage.url}/unsubscribe`, { method: "POST", headers: { origin: stage.url } });
    const aws = stage.get("aws");
    const user = await aws.user(userId);
    const parts: Part[] = [part("the users table says free_user", user?.role === "free_user", String(user?.role))];
    const again = await stage
      .until("the result to be archived again", freeSeconds + marginSeconds, async (seen) => {
        const now = await aws.job(jobId);
        seen(now?.result_state ?? "no state");
        return now?.results_file_archive_id === undefined ? undefined : true;
      })
      .catch((error: Error) => error.message);
    parts.push(part("the result is archived again", again === true, String(again)));
    return parts;
  },
});
