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
}

/** A form's field with its label, and what is wrong with it or what it is for. */
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
}: FieldProps) {
  const described = error ?? hint;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={type}
        value={value}
        {...(autocomplete === undefined ? {} : { autocomplete })}
        {...(placeholder === undefined ? {} : { placeholder })}
        {...(required ? { required } : {})}
        {...(error === undefined ? {} : { "aria-invalid": "true" as const })}
        {...(described === undefined ? {} : { "aria-describedby": `${name}-note` })}
      />
      {described !== undefined && <small id={`${name}-note`}>{described}</small>}
    </div>
  );
}
