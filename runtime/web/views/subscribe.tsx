import type { WebConfig } from "../config.ts";
import type { Offer } from "../payments/port.ts";
import type { Standing } from "../standing.ts";
import { Charges } from "./charges.tsx";
import { formatBytes, formatDuration, formatPrice } from "./format.ts";

/** Why the user was led here, in their own situation. */
export type SubscribeReason =
  | { readonly kind: "size"; readonly bytes: number | undefined }
  | { readonly kind: "archived" }
  | { readonly kind: "keep" };

export interface SubscribeView {
  readonly config: WebConfig;
  readonly offer: Offer;
  readonly reason: SubscribeReason | undefined;
  /** Why the last attempt failed. */
  readonly error: string | undefined;
}

export function Subscribe({ config, offer, reason, error }: SubscribeView) {
  return (
    <>
      <h1>Go premium</h1>
      {reason !== undefined && (
        <p class="message" id="reason">
          <Reason reason={reason} config={config} />
        </p>
      )}
      <div class="columns">
        <section aria-labelledby="what">
          <h2 id="what">
            {formatPrice(offer.amount, offer.currency)} <small>per {offer.interval}</small>
          </h2>
          <ul class="ticks">
            <li>Files up to {formatBytes(config.inputBytesMax.premium_user)}</li>
            <li>Results stay available, instead of {formatDuration(config.freeRetentionSeconds)}</li>
            <li>Everything in your archive comes back</li>
            <li>Charged now, and again each {offer.interval} until you cancel</li>
            <li>Cancel whenever you like, on your profile</li>
          </ul>
        </section>
        <section aria-labelledby="card-heading">
          <h2 id="card-heading">Card</h2>
          <form id="subscribe" method="post" action="/subscribe" data-key={config.stripe.publishableKey}>
            <div id="card" class="card-field" />
            <p class="faint" id="card-hint">
              Your card goes from this page straight to Stripe. It never reaches our servers.
            </p>
            <p id="message" class="message bad" role="alert" hidden={error === undefined}>
              {error ?? ""}
            </p>
            <input type="hidden" name="setup_intent" id="setup_intent" />
            <button type="submit" class="premium" id="pay" aria-describedby="card-hint">
              Subscribe for {formatPrice(offer.amount, offer.currency)}
            </button>
          </form>
          <noscript>
            <p class="message">Entering a card needs JavaScript: it is what keeps the card away from our servers.</p>
          </noscript>
        </section>
      </div>
    </>
  );
}

function Reason({ reason, config }: { reason: SubscribeReason; config: WebConfig }) {
  const limit = formatBytes(config.inputBytesMax.free_user);
  switch (reason.kind) {
    case "size":
      return (
        <>
          <strong>That file was too large for the free plan, so it was not uploaded.</strong>{" "}
          {reason.bytes === undefined ? "" : `It has ${formatBytes(reason.bytes)}; `}the free plan takes up to {limit}.
        </>
      );
    case "archived":
      return (
        <>
          <strong>Your result is safe in the archive.</strong> Subscribe, and it and all your other results come back.
        </>
      );
    case "keep":
      return (
        <>
          <strong>Keep your results.</strong> On the free plan they move to the archive after{" "}
          {formatDuration(config.freeRetentionSeconds)}.
        </>
      );
  }
}

export function Premium({ welcome, standing }: { welcome: boolean; standing: Standing | undefined }) {
  return welcome ? (
    <>
      <h1>Welcome to premium</h1>
      <p class="lead">Thank you. Your subscription has begun.</p>
      <Charges standing={standing} />
      <section class="panel good" aria-labelledby="next">
        <h2 id="next">What happens now</h2>
        <ul class="ticks">
          <li>
            Everything in your archive is on its way back. It usually takes minutes, sometimes hours; each job’s page
            says when.
          </li>
          <li>New results stay available.</li>
          <li>Larger files are welcome.</li>
        </ul>
        <p class="actions">
          <a class="button" href="/annotations">
            See your jobs
          </a>
          <a class="button secondary outline" href="/annotate">
            Annotate a file
          </a>
        </p>
      </section>
    </>
  ) : (
    <>
      <h1>You are premium already</h1>
      <p class="lead">There is nothing more to buy: your results stay available, and large files are welcome.</p>
      <Charges standing={standing} />
      <p class="actions">
        <a class="button" href="/annotations">
          See your jobs
        </a>
        <a class="button secondary outline" href="/profile">
          Manage your plan
        </a>
      </p>
    </>
  );
}
