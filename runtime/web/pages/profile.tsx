import { type Response, Router, urlencoded } from "express";
import * as z from "zod";
import { optionalMails, tokenScopes, type User } from "../../contract/user.ts";
import type { Addresses } from "../addresses.ts";
import { newApiToken, tokensMax } from "../api/tokens.ts";
import { currentUser, session } from "../http/context.ts";
import { notAllowed, requireUser } from "../http/gates.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import { standingOf } from "../standing.ts";
import { addressNews, Profile, type ProfileView } from "../views/profile.tsx";

const line = (max: number) => z.string().trim().max(max, `At most ${max} characters.`);
const profileSchema = z.object({
  name: line(200).min(1, "Please tell us your name."),
  email: line(254).pipe(z.email("This is not an e-mail address: it should look like name@example.org.")),
  institution: line(200),
});
const addressSchema = z.enum(addressNews).optional().catch(undefined);
const tokenSchema = z.object({
  label: line(80).min(1, "Say what the token is for, so that you know it again."),
  scope: z.enum(tokenScopes, { error: "Choose what the token may do: read, or read and submit." }).default("write"),
});
const sentSchema = z.object({
  name: z.string().catch(""),
  email: z.string().catch(""),
  institution: z.string().catch(""),
});

/** Boxes that are ticked; a browser sends nothing for the others. */
const wantedSchema = z
  .object({ mail: z.union([z.string().transform((one) => [one]), z.array(z.string())]).catch([]) })
  .transform(({ mail }) => new Set(mail));

const form = urlencoded({ extended: false, limit: "16kb" });

type Show = (response: Response, view: Partial<ProfileView>, status?: number) => Promise<void>;

export function profileRoutes(
  ports: Pick<WebPorts, "users" | "mailer" | "clock" | "payments" | "log">,
  pages: Pages,
  addresses: Addresses,
): Router {
  const { users, mailer, clock } = ports;
  const show: Show = async (response, view, status = 200) => {
    const user = currentUser(response);
    const stored = { name: user.name, email: user.email, institution: user.institution ?? "" };
    const none = { address: undefined, canVerify: mailer !== undefined };
    const whole = {
      user,
      standing: await standingOf(ports, user),
      form: stored,
      errors: {},
      saved: false,
      mailsSaved: false,
      ...none,
      newToken: undefined,
      tokenError: undefined,
      ...view,
    };
    pages.send(
      response,
      { title: "Profile", section: "/profile", scripts: ["times.js"], content: <Profile {...whole} /> },
      { status },
    );
  };

  const router = Router().use("/profile", requireUser(users));
  router
    .route("/profile")
    .get(async (request, response) => {
      const newToken = await session(response).takeNewToken();
      const address = addressSchema.parse(request.query.address);
      const { saved, mails } = request.query;
      await show(response, { saved: saved !== undefined, mailsSaved: mails !== undefined, address, newToken });
    })
    .post(form, async (request, response) => {
      const parsed = profileSchema.safeParse(sentSchema.parse(request.body ?? {}));
      if (!parsed.success) {
        const errors: Record<string, string> = {};
        for (const { path, message } of parsed.error.issues) errors[String(path[0])] ??= message;
        return show(response, { form: sentSchema.parse(request.body ?? {}), errors }, 400);
      }
      const changed = await users.updateProfile(currentUser(response).user_id, parsed.data);
      // An address that is as it was has had its link; its button sends another.
      const sent = changed.email === currentUser(response).email ? "not-needed" : await addresses.sendLink(changed);
      response.redirect(303, sent === "not-needed" ? "/profile?saved" : `/profile?saved&address=${sent}`);
    })
    .all(notAllowed("GET", "POST"));

  router
    .route("/profile/verify")
    // The secret proves who reads the mail, the session who has given the address: a mail scanner that follows the link has none.
    .get(async (request, response) => {
      const { secret } = request.query;
      const verified = typeof secret === "string" && (await addresses.verify(currentUser(response), secret));
      response.redirect(303, `/profile?address=${verified ? "verified" : "old-link"}`);
    })
    .post(async (_request, response) => {
      response.redirect(303, `/profile?address=${await addresses.sendLink(currentUser(response))}`);
    })
    .all(notAllowed("GET", "POST"));

  router
    .route("/profile/mails")
    .post(form, async (request, response) => {
      const wanted = wantedSchema.parse(request.body ?? {});
      const off = optionalMails.filter((mail) => !wanted.has(mail));
      await users.setMailsOff(currentUser(response).user_id, off);
      response.redirect(303, "/profile?mails#mails");
    })
    .all(notAllowed("POST"));

  addTokenRoutes(router, { users, clock }, show);
  return router;
}

function addTokenRoutes(router: Router, { users, clock }: Pick<WebPorts, "users" | "clock">, show: Show): void {
  router
    .route("/profile/tokens")
    .post(form, async (request, response) => {
      const user: User = currentUser(response);
      const parsed = tokenSchema.safeParse({ label: "", ...request.body });
      if (!parsed.success) return show(response, { tokenError: parsed.error.issues[0]?.message }, 400);
      if ((user.api_tokens?.length ?? 0) >= tokensMax) {
        return show(
          response,
          { tokenError: `You have ${tokensMax} tokens, which is the most. Revoke one first.` },
          400,
        );
      }
      const { label, scope } = parsed.data;
      const scopes = scope === "read" ? ([scope] as const) : tokenScopes;
      const { token, stored } = newApiToken(user.user_id, label, clock, scopes);
      await users.addApiToken(user.user_id, stored);
      // Shown on the next page, by way of the sealed session: a reload of that page makes no second token.
      await session(response).keepNewToken(token);
      response.redirect(303, "/profile#tokens");
    })
    .all(notAllowed("POST"));

  router
    .route("/profile/tokens/:token/revoke")
    .post(async (request, response) => {
      await users.removeApiToken(currentUser(response).user_id, String(request.params.token));
      response.redirect(303, "/profile#tokens");
    })
    .all(notAllowed("POST"));
}
