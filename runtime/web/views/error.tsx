import { errorTitles, type HttpError } from "../http/errors.ts";

/** What is wrong, and what to do next. */
export function ErrorPage({ error, requestId }: { error: HttpError; requestId: string }) {
  const action = error.action ?? next[error.status] ?? { href: "/", label: "Go to the start page" };
  return (
    <section class="error">
      <p class="status" aria-hidden="true">
        {error.status}
      </p>
      <h1>{errorTitles[error.status]}</h1>
      <p class="lead">{error.message}</p>
      <p class="actions">
        <a class="button" href={action.href}>
          {action.label}
        </a>
      </p>
      {error.status >= 500 && (
        <p class="faint">
          Request <code>{requestId}</code>
        </p>
      )}
    </section>
  );
}

const next: Partial<Record<HttpError["status"], { href: string; label: string }>> = {
  401: { href: "/login", label: "Sign in" },
  403: { href: "/annotations", label: "Go to your jobs" },
  404: { href: "/annotations", label: "Go to your jobs" },
  413: { href: "/annotate", label: "Choose another file" },
};
