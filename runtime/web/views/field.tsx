interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly type?: string;
  readonly hint?: string;
  readonly autocomplete?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  /** Room for several lines; omitted: one. */
  readonly lines?: number;
}

/** A form's field with its label, what is wrong with it, and what it is for. */
export function Field({
  name,
  label,
  value,
  error,
  type = "text",
  hint,
  autocomplete,
  placeholder,
  required,
  lines,
}: FieldProps) {
  const describedBy = [error === undefined ? "" : `${name}-error`, hint === undefined ? "" : `${name}-hint`];
  const described = describedBy.filter((id) => id !== "").join(" ");
  const common = {
    id: name,
    name,
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(required ? { required } : {}),
    ...(error === undefined ? {} : { "aria-invalid": "true" as const }),
    ...(described === "" ? {} : { "aria-describedby": described }),
  };
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {lines === undefined ? (
        <input {...common} type={type} value={value} {...(autocomplete === undefined ? {} : { autocomplete })} />
      ) : (
        <textarea {...common} rows={lines}>
          {value}
        </textarea>
      )}
      {error !== undefined && (
        <small class="wrong" id={`${name}-error`}>
          {error}
        </small>
      )}
      {hint !== undefined && <small id={`${name}-hint`}>{hint}</small>}
    </div>
  );
}
