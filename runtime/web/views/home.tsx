/** The public page. The same for everybody who is not signed in, so it is rendered once. */
import { fileLimits } from "../../contract/limits.ts";
import type { User } from "../../contract/user.ts";
import type { WebConfig } from "../config.ts";
import { AnnotatedWith } from "./annotation.tsx";
import { formatBytes, formatDuration } from "./format.ts";

const decompressed = (inputBytesMax: number) =>
  `decompressed up to ${formatBytes(fileLimits(inputBytesMax).uncompressedBytesMax)}`;

export function Home({ user, config }: { user: User | undefined; config: WebConfig }) {
  return (
    <>
      <Hero user={user} />
      <HowItWorks />
      <section aria-labelledby="annotated">
        <h2 id="annotated">What is annotated, and what is not</h2>
        <AnnotatedWith />
      </section>
      <Plans config={config} />
    </>
  );
}

function Hero({ user }: { user: User | undefined }) {
  return (
    <section class="hero">
      <div>
        <h1>Know what your variants mean.</h1>
        <p class="lead">
          Upload a VCF file. A farm of workers annotates every record with the genes it touches, its consequence for
          each transcript and its clinical significance, and writes to you when it is done.
        </p>
        <p class="actions">
          {user === undefined ? (
            <a class="button" href="/login?next=/annotate">
              Sign in and annotate
            </a>
          ) : (
            <a class="button" href="/annotate">
              Annotate a file
            </a>
          )}
          <a class="button secondary outline" href="#plans">
            Compare plans
          </a>
        </p>
      </div>
      <figure class="before-after" aria-label="One record of a VCF file, before and after annotation">
        <figcaption>in</figcaption>
        <pre>
          <code>17 43124027 . ACT A</code>
        </pre>
        <figcaption>out</figcaption>
        <pre>
          <code>
            17 43124027 . ACT A <mark>GAS_GENE=BRCA1</mark>
            {"\n"}
            <mark class="warn">GAS_CLNSIG=Pathogenic</mark>
          </code>
        </pre>
      </figure>
    </section>
  );
}

function HowItWorks() {
  return (
    <section class="steps" aria-labelledby="how">
      <h2 id="how">How it works</h2>
      <ol>
        <li>
          <h3>Upload</h3>
          <p>
            Plain, gzip or bgzip VCF, with or without “chr”. It goes straight from your browser to encrypted storage.
          </p>
        </li>
        <li>
          <h3>Annotate</h3>
          <p>Watch the progress, or close the page: an e-mail with a link comes when the job has ended.</p>
        </li>
        <li>
          <h3>Read</h3>
          <p>
            Look at the result and its log in the browser, or download the annotated VCF. A log accounts for every
            record.
          </p>
        </li>
      </ol>
    </section>
  );
}

function Plans({ config }: { config: WebConfig }) {
  return (
    <section aria-labelledby="plans">
      <h2 id="plans">Plans</h2>
      <div class="plans">
        <article>
          <h3>Free</h3>
          <ul class="ticks">
            <li>
              Files up to {formatBytes(config.inputBytesMax.free_user)} ({decompressed(config.inputBytesMax.free_user)})
            </li>
            <li>Results for {formatDuration(config.freeRetentionSeconds)}, then they move to the archive</li>
            <li>Logs for ever</li>
            <li>Programming interface</li>
          </ul>
          <p>
            <a href="/login?next=/annotate">Start for free</a>
          </p>
        </article>
        <article class="premium">
          <h3>Premium</h3>
          <ul class="ticks">
            <li>
              Files up to {formatBytes(config.inputBytesMax.premium_user)} (
              {decompressed(config.inputBytesMax.premium_user)})
            </li>
            <li>Results stay available</li>
            <li>Everything in your archive comes back</li>
            <li>Cancel whenever you like</li>
          </ul>
          <p>
            <a href="/login?next=/subscribe">Go premium</a>
          </p>
        </article>
      </div>
    </section>
  );
}
