import { type OptionalMail, optionalMails, type User, wantsMail } from "../../contract/user.ts";

const words: Readonly<Record<OptionalMail, readonly [label: string, hint: string]>> = {
  completed: ["A job is complete", "With a link to its result."],
  archiving: ["Results will be archived soon", "On the free plan, while they can still be downloaded."],
  restored: ["Results are back from the archive", "After an upgrade, once all of them can be downloaded again."],
};

/** Which mails a user wants. */
export function Mails({ user, saved }: { readonly user: User; readonly saved: boolean }) {
  return (
    <section aria-labelledby="mails">
      <h2 id="mails">Mails</h2>
      {saved && (
        <p class="message good" role="status">
          Your choice has been saved.
        </p>
      )}
      <form method="post" action="/profile/mails">
        <fieldset>
          <legend>Write to me when</legend>
          {optionalMails.map((mail) => {
            const [label, hint] = words[mail];
            const id = `mail-${mail}`;
            return (
              <div class="choice" key={mail}>
                <input
                  type="checkbox"
                  id={id}
                  name="mail"
                  value={mail}
                  checked={wantsMail(user, mail)}
                  aria-describedby={`${id}-hint`}
                />
                <label for={id}>{label}</label>
                <small id={`${id}-hint`}>{hint}</small>
              </div>
            );
          })}
        </fieldset>
        <p class="faint">We always write to you when a job has failed, and about your subscription.</p>
        <button type="submit" class="secondary">
          Update mails
        </button>
      </form>
    </section>
  );
}
