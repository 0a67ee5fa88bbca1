/**
 * The mail that tells a user how a job has ended. Names of people and files stand in neither subject nor greeting: whoever chose
 * them would choose how our mail begins.
 */
import { countsInWords, verdictOf } from "../contract/findings.ts";
import type { Job } from "../contract/job.ts";

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const nameLengthMax = 100;

/** A file name as it may stand in a sentence: one line, not too long. */
function shown(name: string): string {
  const line = name.replace(/\p{Cc}+/gu, " ").trim();
  const characters = [...line];
  return characters.length <= nameLengthMax ? line : `${characters.slice(0, nameLengthMax - 1).join("")}…`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

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

/** @param publicUrl origin of the pages, without a trailing slash. */
export function mailOf(job: Job, publicUrl: string): Mail {
  const file = shown(job.input_file_name);
  const link = `${publicUrl.replace(/\/+$/, "")}/annotations/${job.job_id}`;
  const greeting = "Hello,";
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
  const footer = `Job ${job.job_id}`;
  return {
    subject,
    text: [greeting, "", ...sentences, "", `${action}: ${link}`, "", footer, ""].join("\n"),
    html: [
      `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>${escaped(subject)}</title></head>`,
      '<body style="font-family:sans-serif;line-height:1.5;max-width:36rem;overflow-wrap:anywhere">',
      `<p>${escaped(greeting)}</p>`,
      ...sentences.map((sentence) => `<p>${escaped(sentence)}</p>`),
      `<p><a href="${escaped(link)}">${escaped(action)}</a></p>`,
      `<p style="color:#666;font-size:0.85em">${escaped(footer)}</p>`,
      "</body></html>",
    ].join("\n"),
  };
}
