/** The console's documents. Data for the script stands in a JSON block that no markup can end. */
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { isoTime, utcTime } from "../../runtime/contract/moment.ts";
import type { ReceivedMail } from "../types.ts";
import type { LogLine } from "./log-line.ts";
import { App, type AppProps } from "./ui/app.tsx";
import { LogLines } from "./ui/log.tsx";

const document = (title: string, children: ComponentChildren): string =>
  `<!doctype html>${renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/_local/assets/console.css" />
        <script type="module" src="/_local/assets/console.js" />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        {children}
      </body>
    </html>,
  )}`;

function Data({ id, value }: { id: string; value: unknown }) {
  const json = JSON.stringify(value).replace(/</g, "\\u003c");
  return <script type="application/json" id={id} dangerouslySetInnerHTML={{ __html: json }} />;
}

export function consolePage(props: Pick<AppProps, "title" | "view" | "can">): string {
  return document(
    `${props.title} · console`,
    <>
      <div id="app">
        <App {...props} connection="static" />
      </div>
      <Data id="view" value={props} />
    </>,
  );
}

const Crumbs = ({ children }: { children: ComponentChildren }) => (
  <header class="top slim">
    <a href="/_local">Console</a>
    <span aria-hidden="true">/</span>
    {children}
  </header>
);

export function logPage(view: { instanceId: string; service: string; lines: readonly LogLine[]; end: number }): string {
  return document(
    `${view.service} on ${view.instanceId}`,
    <>
      <Crumbs>
        <h1>
          {view.service} <small>on {view.instanceId}</small>
        </h1>
        <span id="following" class="muted" role="status">
          last {view.lines.length} lines
        </span>
        <a href={`/_local/logs/${encodeURIComponent(view.instanceId)}/${encodeURIComponent(view.service)}?raw`}>raw</a>
      </Crumbs>
      <main class="log" id="content" tabindex={-1}>
        <ol id="log" data-end={view.end}>
          <LogLines lines={view.lines} />
        </ol>
      </main>
      <Data id="lines" value={view.lines} />
    </>,
  );
}

/** @param at epoch milliseconds. */
function Time({ at }: { at: number }) {
  return <time datetime={isoTime(at / 1000)}>{utcTime(at / 1000)}</time>;
}

export function mailListPage(mails: readonly ReceivedMail[]): string {
  return document(
    "Mail",
    <>
      <Crumbs>
        <h1>Mail</h1>
        <span class="muted">{mails.length === 1 ? "1 message" : `${mails.length} messages`}</span>
      </Crumbs>
      <main class="narrow" id="content" tabindex={-1}>
        <section class="panel">
          {mails.length === 0 ? (
            <p class="empty">
              Nothing has been sent yet. Mail that the service sends stops here and goes nowhere else.
            </p>
          ) : null}
          <ul class="mails">
            {mails.map((mail) => (
              <li key={mail.id}>
                <a href={`/_local/mail/${encodeURIComponent(mail.id)}`}>
                  <b>{mail.subject || "(no subject)"}</b>
                  <Time at={mail.time} />
                  <span>to {mail.to.join(", ")}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      </main>
    </>,
  );
}

export function mailPage(mail: ReceivedMail): string {
  return document(
    mail.subject || "(no subject)",
    <>
      <Crumbs>
        <a href="/_local/mail">Mail</a>
        <span aria-hidden="true">/</span>
        <h1>{mail.subject || "(no subject)"}</h1>
      </Crumbs>
      <main class="narrow" id="content" tabindex={-1}>
        <section class="panel mail-view">
          <dl>
            <dt>From</dt>
            <dd>{mail.from}</dd>
            <dt>To</dt>
            <dd>{mail.to.join(", ")}</dd>
            <dt>Sent</dt>
            <dd>
              <Time at={mail.time} />
            </dd>
          </dl>
          {mail.html ? (
            <iframe
              title="The message as its reader sees it"
              src={`/_local/mail/${encodeURIComponent(mail.id)}/html`}
              sandbox="allow-popups allow-popups-to-escape-sandbox"
            />
          ) : null}
          {mail.text ? (
            <details open={!mail.html}>
              <summary>As plain text</summary>
              <pre>{mail.text}</pre>
            </details>
          ) : null}
        </section>
      </main>
    </>,
  );
}

export const messagePage = (title: string, text: string): string =>
  document(
    title,
    <>
      <Crumbs>
        <h1>{title}</h1>
      </Crumbs>
      <main class="narrow" id="content" tabindex={-1}>
        <section class="panel">
          <p>{text}</p>
          <p>
            <a href="/_local">To the console</a>
          </p>
        </section>
      </main>
    </>,
  );
