/** The frame of every page. */
import type { ComponentChildren } from "preact";
import type { User } from "../../contract/user.ts";
import type { Assets } from "../assets.ts";
import { BaseStrip, Mark } from "./art.tsx";

export interface PageView {
  readonly title: string;
  readonly content: ComponentChildren;
  /** Scripts of ours (`browser/*.js`) that the page needs. */
  readonly scripts?: readonly string[];
  /** Scripts of somebody else, run before ours. */
  readonly foreignScripts?: readonly string[];
  /** Path of the navigation entry to mark. */
  readonly section?: "/annotate" | "/annotations" | "/profile" | "/api/v1/docs";
}

interface Frame {
  readonly page: PageView;
  readonly user: User | undefined;
  readonly assets: Assets;
  readonly nonce: string | undefined;
}

export function Layout({ page, user, assets, nonce }: Frame) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${page.title} · GAS`}</title>
        <link rel="icon" type="image/svg+xml" href={assets.url("icon.svg")} />
        <link rel="stylesheet" href={assets.url("style.css")} />
        {page.foreignScripts?.map((src) => (
          <script key={src} src={src} nonce={nonce} />
        ))}
        {page.scripts?.map((name) => (
          <script key={name} type="module" src={assets.url(name)} nonce={nonce} />
        ))}
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        <Header user={user} section={page.section} />
        <BaseStrip />
        <main id="content" tabindex={-1}>
          {page.content}
        </main>
        <footer>
          <p>
            Genomics Annotation Service: genes, consequences by location and clinical significance for your variants.
            Results are for research, not for diagnosis.
          </p>
          <p>
            <a href="/api/v1/docs">API</a>
          </p>
        </footer>
      </body>
    </html>
  );
}

function Header({ user, section }: { user: User | undefined; section: PageView["section"] }) {
  const entry = (href: NonNullable<PageView["section"]>, label: string) => (
    <a href={href} {...(section === href ? { "aria-current": "page" as const } : {})}>
      {label}
    </a>
  );
  return (
    <header class="top">
      <a class="brand" href="/">
        <Mark />
        <span>
          <strong>GAS</strong> <small>Genomics Annotation Service</small>
          <span class="unseen">, start page</span>
        </span>
      </a>
      {user === undefined ? (
        <nav aria-label="Account" class="account">
          <a class="button small" href="/login">
            Sign in
          </a>
        </nav>
      ) : (
        <>
          <nav aria-label="Main" class="main">
            {entry("/annotate", "Annotate")}
            {entry("/annotations", "Jobs")}
            {entry("/profile", "Profile")}
          </nav>
          <nav aria-label="Account" class="account">
            <PlanBadge role={user.role} />
            <span class="who" title={user.email}>
              {user.name}
            </span>
            <form method="post" action="/logout">
              <button type="submit" class="quiet small">
                Sign out
              </button>
            </form>
          </nav>
        </>
      )}
    </header>
  );
}

export function PlanBadge({ role }: { role: User["role"] }) {
  return role === "premium_user" ? <span class="badge premium">Premium</span> : <span class="badge free">Free</span>;
}
