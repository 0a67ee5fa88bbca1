import { mailAddressOf, type User } from "../../contract/user.ts";
import type { Standing } from "../standing.ts";
import { Charges, inWords } from "./charges.tsx";
import { Field } from "./field.tsx";
import { PlanBadge } from "./layout.tsx";
import { Mails } from "./mails.tsx";
import { ApiTokens } from "./tokens.tsx";

export interface ProfileView {
  readonly user: User;
  /** Absent: not known just now. */
  readonly standing: Standing | undefined;
  /** What the form holds: what is stored, or what was sent and refused. */
  readonly form: { readonly name: string; readonly email: string; readonly institution: string };
  readonly errors: Readonly<Partial<Record<"name" | "email" | "institution", string>>>;
  readonly saved: boolean;
  /** The choice of mails has just been stored. */
  readonly mailsSaved: boolean;
  /** What has just become of the address. */
  readonly address: AddressNews | undefined;
  /** False: no links can be sent. */
  readonly canVerify: boolean;
  /** Shown once. */
  readonly newToken: string | undefined;
  readonly tokenError: string | undefined;
}

export const addressNews = ["sent", "not-needed", "too-many", "impossible", "verified", "old-link"] as const;
type AddressNews = (typeof addressNews)[number];

const news: Readonly<Record<AddressNews, { good: boolean; text: string }>> = {
  sent: { good: true, text: "We have sent a link to your address. Open it within 24 hours, in this browser." },
  "not-needed": { good: true, text: "Your address is verified already." },
  "too-many": { good: false, text: "Enough links have been sent for now. Look into your mail, or ask again later." },
  impossible: { good: false, text: "No link could be sent, so your address stays unverified. Ask again later." },
  verified: { good: true, text: "Your address is verified." },
  "old-link": {
    good: false,
    text: "That link was used, is too old, or belongs to another account. Ask for a new one.",
  },
};

/** Where mail goes now, and what to do if it should go to the address given. */
function MailGoes({ user, canVerify }: { user: User; canVerify: boolean }) {
  const goesTo = mailAddressOf(user);
  if (user.email === "" || goesTo === user.email)
    return <p class="faint">Mail goes to your address: it is verified.</p>;
  return (
    <form method="post" action="/profile/verify" class="message" id="unverified">
      <p>
        <strong>{user.email} is not verified.</strong>{" "}
        {goesTo === undefined ? "No mail is sent to you" : `Mail goes to ${goesTo}`} until you open the link in the mail
        that we send there.
      </p>
      {canVerify && (
        <button type="submit" class="secondary small">
          Send the link again
        </button>
      )}
    </form>
  );
}

function You({ user, form, errors, saved, address, canVerify }: ProfileView) {
  return (
    <section aria-labelledby="you">
      <h2 id="you">You</h2>
      {saved && (
        <p class="message good" role="status">
          Your profile has been saved.
        </p>
      )}
      {address !== undefined && (
        <p class={`message ${news[address].good ? "good" : "bad"}`} role="status">
          {news[address].text}
        </p>
      )}
      <form method="post" action="/profile" novalidate>
        <Field
          name="name"
          label="Name"
          value={form.name}
          error={errors.name}
          hint="At the top of your pages. Nobody else sees it."
          autocomplete="name"
          required
        />
        <Field
          name="email"
          label="E-mail"
          type="email"
          value={form.email}
          error={errors.email}
          hint="Where we write to of jobs, results and your subscription."
          autocomplete="email"
          required
        />
        <Field
          name="institution"
          label="Institution"
          value={form.institution}
          error={errors.institution}
          hint="Optional: where you work or study."
          autocomplete="organization"
        />
        <button type="submit">Save</button>
      </form>
      <MailGoes user={user} canVerify={canVerify} />
    </section>
  );
}

function Plan({ user, standing }: Pick<ProfileView, "user" | "standing">) {
  return (
    <section aria-labelledby="plan">
      <h2 id="plan">
        Plan <PlanBadge role={user.role} />
      </h2>
      {user.role === "premium_user" ? (
        <>
          <p>Your results stay available, and large files are welcome.</p>
          <Charges standing={standing} />
          <details>
            <summary>Cancel premium</summary>
            <p>
              It ends at once. Your results get one more free period and then move to the archive. Nothing is deleted.
            </p>
            <form method="post" action="/unsubscribe">
              <button type="submit" class="danger">
                Cancel my subscription
              </button>
            </form>
          </details>
        </>
      ) : (
        <>
          <p>
            Results move to the archive after the free period. Premium brings them back and keeps them
            {standing === undefined ? "." : `, for ${inWords(standing.offer)}.`}
          </p>
          <a class="button premium" href="/subscribe">
            Upgrade to premium
          </a>
        </>
      )}
    </section>
  );
}

export function Profile(view: ProfileView) {
  const { user, standing, mailsSaved, newToken, tokenError } = view;
  return (
    <>
      <h1>Profile</h1>
      <div class="columns">
        <You {...view} />
        <Plan user={user} standing={standing} />
      </div>
      <Mails user={user} saved={mailsSaved} />
      <ApiTokens user={user} newToken={newToken} error={tokenError} />
    </>
  );
}
