/** Jobs as the commands print them. */
import { countsInWords } from "../../runtime/contract/findings.ts";
import type { ApiJob } from "./api.ts";
import { printable } from "./printable.ts";

const time = (epoch: number): string => `${new Date(epoch * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;

const results: Readonly<Record<string, string>> = {
  upgrade: "its result is in the archive; premium brings it back",
  archived: "its result is in the archive and about to be restored",
  restoring: "its result is on its way back from the archive",
};

/** `waits`, `is annotated (43 %)`, `is completed`. */
export function stateInWords(job: ApiJob): string {
  switch (job.job_status) {
    case "PENDING":
      return "waits for a worker";
    case "RUNNING": {
      const records =
        job.progress_records === undefined ? "" : `, ${job.progress_records.toLocaleString("en")} records`;
      return job.progress_percent === undefined
        ? "is being annotated"
        : `is being annotated: ${Math.floor(job.progress_percent)} %${records}`;
    }
    case "COMPLETED":
      return results[job.result.state] ?? "is completed";
    case "FAILED": {
      const line = job.failure_line === undefined ? "" : ` at line ${job.failure_line.toLocaleString("en")}`;
      return `failed${line}: ${printable(job.failure_reason ?? "no reason is known")}`;
    }
    case "CANCELLED":
      return "is cancelled";
  }
}

function resultLine({ result }: ApiJob): string | undefined {
  if (result.available_until !== undefined) return `available until ${time(result.available_until)}, then archived`;
  if (result.expected_time !== undefined) return `being restored, expected at ${time(result.expected_time)}`;
  return results[result.state] ?? (result.state === "available" ? "available" : undefined);
}

/** One job, a fact a line. */
export function jobInWords(job: ApiJob): string {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Job", job.job_id],
    ["Name", job.job_name],
    ["Note", job.job_note],
    ["File", job.input_file_name],
    ["Submitted", time(job.submit_time)],
    ["Ended", job.complete_time === undefined ? undefined : time(job.complete_time)],
    ["State", stateInWords(job)],
    ["Records", countsInWords(job)],
    ["Result", resultLine(job)],
    ...(job.notes ?? []).map((note) => ["Note", note] as const),
  ];
  return facts
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)} ${printable(value)}\n`]))
    .join("");
}

/** A line of the list. */
export function jobLine(job: ApiJob): string {
  const percent = job.job_status === "RUNNING" ? `${Math.floor(job.progress_percent ?? 0)} %` : "";
  const state = `${job.job_status} ${percent}`.padEnd(14);
  return `${job.job_id}  ${state} ${time(job.submit_time)}  ${printable(job.job_name ?? job.input_file_name)}\n`;
}
