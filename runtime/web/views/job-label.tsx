import type { Job } from "../../contract/job.ts";
import { labelLimits } from "../../contract/label.ts";
import { Field } from "./field.tsx";

export interface LabelView {
  /** What the form holds: what is stored, or what was sent and refused. */
  readonly texts: { readonly name: string; readonly note: string };
  readonly errors: Readonly<Partial<Record<"name" | "note", string | undefined>>>;
}

/** Where a job gets its name and its note. It stands beside what refreshes itself, so that nothing written is lost. */
export function JobLabel({ job, label }: { readonly job: Job; readonly label: LabelView }) {
  const { texts, errors } = label;
  const refused = errors.name !== undefined || errors.note !== undefined;
  return (
    <details class="label" {...(refused ? { open: true } : {})}>
      <summary>
        {job.job_name === undefined && job.job_note === undefined ? "Name it, or add a note" : "Change name and note"}
      </summary>
      <form method="post" action={`/annotations/${job.job_id}/label`} novalidate>
        <Field
          name="name"
          label="Name"
          value={texts.name}
          error={errors.name}
          hint={`Up to ${labelLimits.name} characters. Without one, the job goes by its file.`}
        />
        <Field
          name="note"
          label="Note"
          value={texts.note}
          error={errors.note}
          hint={`For you only: up to ${labelLimits.note.toLocaleString("en")} characters.`}
          lines={4}
        />
        <button type="submit" class="secondary">
          Save
        </button>
      </form>
    </details>
  );
}
