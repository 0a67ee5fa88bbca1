/** The mails that tell users how a job has ended, and what becomes of its result. */
import { countsInWords, verdictOf } from "../contract/findings.ts";
import type { Job } from "../contract/job.ts";
import { utcTime } from "../contract/moment.ts";
import { composeMail, type Mail, shownName } from "../jobs/mail.ts";

type Told = readonly [subject: string, sentences: readonly string[], action: string];

/** A file of which nothing was annotated is not called annotated. */
function completed(job: Job, file: string): Told {
  const verdict = verdictOf(job);
  const counts = countsInWords(job);
  const account = [...(counts === undefined ? [] : [`${counts}.`]), ...(job.notes ?? []).map((note) => `${note}.`)];
  switch (verdict) {
    case "annotated":
      return ["Your annotation is complete", [`the annotation of ${file} is complete.`, ...account], "View the result"];
    case "incomplete":
      return [
        "Your annotation is complete in part",
        [`the annotation of ${file} is complete, but records of it could not be read.`, ...account],
        "View the job",
      ];
    case "unannotated":
      return [
        "Nothing in your file was annotated",
        [`${file} was read to its end, but nothing in it was annotated.`, ...account],
        "View the job and its log",
      ];
  }
}

const origin = (publicUrl: string): string => publicUrl.replace(/\/+$/, "");

const keptByPremium = "Premium keeps results available, and brings back those that are archived.";

/**
 * How a job has ended.
 *
 * @param publicUrl origin of the pages.
 * @param archivedAt when the result moves to the archive, epoch seconds; omitted: nothing is said of it.
 */
export function mailOf(job: Job, publicUrl: string, archivedAt?: number): Mail {
  const file = shownName(job.input_file_name);
  const link = `${origin(publicUrl)}/annotations/${job.job_id}`;
  const at = job.failure_line === undefined ? "" : ` (line ${job.failure_line})`;
  const [subject, sentences, action]: Told =
    job.job_status === "COMPLETED"
      ? completed(job, file)
      : [
          "Your annotation has failed",
          [
            `the annotation of ${file} has failed${at}: ${job.failure_reason ?? "no reason was recorded"}`,
            "Correct the file and submit it again.",
          ],
          "View the job and its log",
        ];
  const kept =
    archivedAt === undefined
      ? []
      : [`You can download the result until ${utcTime(archivedAt)}; then it moves to the archive. ${keptByPremium}`];
  const links = [{ label: action, href: link }];
  return composeMail({ subject, sentences: [...sentences, ...kept], links, footer: [`Job ${job.job_id}`] });
}

/** A mail names so many results; the page of all annotations has the others. */
const namedMax = 20;

const annotations = (publicUrl: string) => ({
  label: "All your annotations",
  href: `${origin(publicUrl)}/annotations`,
});
const optional = (publicUrl: string) => `You can turn such mails off in your profile: ${origin(publicUrl)}/profile`;

type Named = Pick<Job, "job_id" | "input_file_name">;

const linkTo = (publicUrl: string, { job_id, input_file_name }: Named, more = "") => ({
  label: `${shownName(input_file_name)}${more}`,
  href: `${origin(publicUrl)}/annotations/${job_id}`,
});

/**
 * Results of a free user are about to move to the archive.
 *
 * @param results at least one, the first due first; `due` in epoch seconds.
 */
export function archivingMail(
  results: readonly { readonly job: Named; readonly due: number }[],
  publicUrl: string,
): Mail {
  const [first] = results;
  if (first === undefined) throw new RangeError("no result moves to the archive");
  const one = results.length === 1;
  const moves = one
    ? `the result of ${shownName(first.job.input_file_name)} moves to the archive at ${utcTime(first.due)}.`
    : `${results.length} of your results move to the archive, the first at ${utcTime(first.due)}.`;
  return composeMail({
    subject: one ? "Your result will be archived soon" : "Your results will be archived soon",
    sentences: [moves, `Until then you can download ${one ? "it" : "them"}. Nothing is deleted. ${keptByPremium}`],
    links: [
      ...results.slice(0, namedMax).map(({ job, due }) => linkTo(publicUrl, job, one ? "" : `, until ${utcTime(due)}`)),
      ...(results.length > namedMax ? [annotations(publicUrl)] : []),
      { label: "Upgrade to premium", href: `${origin(publicUrl)}/subscribe` },
    ],
    footer: [optional(publicUrl)],
  });
}

/**
 * Results are back from the archive.
 *
 * @param results at least one.
 */
export function restoredMail(results: readonly Named[], publicUrl: string): Mail {
  const [first] = results;
  if (first === undefined) throw new RangeError("no result is back");
  const one = results.length === 1;
  return composeMail({
    subject: one ? "Your result is back" : "Your results are back",
    sentences: [
      one
        ? `the result of ${shownName(first.input_file_name)} is back from the archive.`
        : `${results.length} of your results are back from the archive.`,
      `You can view and download ${one ? "it" : "them"} again.`,
    ],
    links: [...results.slice(0, namedMax).map((job) => linkTo(publicUrl, job)), annotations(publicUrl)],
    footer: [optional(publicUrl)],
  });
}
