/** Pages of the local identity provider, as complete HTML documents. */
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Person } from "./people.ts";

const document = (title: string, children: ComponentChildren, script?: string): string =>
  `<!doctype html>${renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/identity.css" />
        {script ? <script src={script} defer /> : null}
      </head>
      <body>
        <main>{children}</main>
        <footer>
          Local identity provider: it stands in for the real one on this machine and asks for no password.
        </footer>
      </body>
    </html>,
  )}`;

const initials = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "").join("");
};

const planNames = { free_user: "Free", premium_user: "Premium" } as const;

function PersonLine({ person }: { person: Person }) {
  return (
    <>
      <span class="avatar" aria-hidden="true">
        {initials(person.name).toUpperCase()}
      </span>
      <span class="who">
        <strong>{person.name}</strong>
        <small>{person.institution || person.email}</small>
      </span>
      <span class={`plan ${person.plan}`}>{planNames[person.plan]}</span>
    </>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type?: string;
  autocomplete: string;
  required?: boolean;
  values: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
}

function Field({ name, label, type = "text", autocomplete, required = false, values, errors }: FieldProps) {
  const error = errors[name];
  return (
    <div class="field">
      <label for={name}>
        {label} {required ? null : <small>optional</small>}
      </label>
      <input
        id={name}
        name={name}
        type={type}
        autocomplete={autocomplete}
        required={required}
        value={values[name] ?? ""}
        {...(error ? { "aria-invalid": "true", "aria-describedby": `${name}-error` } : {})}
      />
      {error ? (
        <p class="error" id={`${name}-error`}>
          {error}
        </p>
      ) : null}
    </div>
  );
}

/** `action` takes `person=<sub>`, or `name`, `email` and `institution`, or `cancel=1`. */
export function signInPage(view: {
  action: string;
  people: readonly Person[];
  values?: Readonly<Record<string, string>>;
  errors?: Readonly<Record<string, string>>;
}): string {
  const values = view.values ?? {};
  const errors = view.errors ?? {};
  const open = Object.keys(errors).length > 0;
  return document(
    "Sign in",
    <>
      <h1>Who is signing in?</h1>
      <form method="post" action={view.action} class="people">
        {view.people.map((person) => (
          <button key={person.sub} name="person" value={person.sub} type="submit">
            <PersonLine person={person} />
          </button>
        ))}
      </form>
      <details open={open}>
        <summary>Somebody new</summary>
        <form method="post" action={view.action} novalidate>
          <Field name="name" label="Name" autocomplete="name" required values={values} errors={errors} />
          <Field
            name="email"
            label="E-mail"
            type="email"
            autocomplete="email"
            required
            values={values}
            errors={errors}
          />
          <Field name="institution" label="Institution" autocomplete="organization" values={values} errors={errors} />
          <button type="submit" class="primary">
            Create and sign in
          </button>
        </form>
      </details>
      <form method="post" action={view.action} class="cancel">
        <button name="cancel" value="1" type="submit">
          Back without signing in
        </button>
      </form>
    </>,
  );
}

/** `form` is the provider's own hidden form, id `op.logoutForm`; it submits itself where scripts run. */
export const signOutPage = (form: string): string =>
  document(
    "Sign out",
    <>
      <h1>Sign out?</h1>
      {/* The provider's own form, made of a URL and a random value. */}
      <div dangerouslySetInnerHTML={{ __html: form }} />
      <p>You are about to leave the service and this identity provider.</p>
      <button id="sign-out" type="submit" class="primary" form="op.logoutForm" name="logout" value="yes">
        Sign out
      </button>
    </>,
    "/assets/sign-out.js",
  );

/** @param onward where to go on; omitted: there is nowhere to go. */
export const messagePage = (title: string, text: string, onward?: string): string =>
  document(
    title,
    <>
      <h1>{title}</h1>
      <p>{text}</p>
      {onward === undefined ? null : (
        <p>
          <a href={onward}>Go on to {onward}</a>
        </p>
      )}
    </>,
  );

/** `GET /`: what this is, and who can sign in. */
export const homePage = (people: readonly Person[], issuer: string): string =>
  document(
    "Local identity provider",
    <>
      <h1>Local identity provider</h1>
      <p>
        OpenID Connect issuer <code>{issuer}</code>. Sign-in starts at the service; these people are known here:
      </p>
      <ul class="people">
        {people.map((person) => (
          <li key={person.sub}>
            <PersonLine person={person} />
          </li>
        ))}
      </ul>
    </>,
  );
