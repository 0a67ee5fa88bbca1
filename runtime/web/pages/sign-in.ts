import { Router } from "express";
import type { User } from "../../contract/user.ts";
import { epochSeconds } from "../../jobs/ports.ts";
import type { Addresses } from "../addresses.ts";
import { requestLog, session } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { notAllowed } from "../http/gates.ts";
import { limitPerMinute } from "../http/limits.ts";
import { safePath } from "../http/safe-path.ts";
import type { Sessions } from "../http/session.ts";
import { SignInRefusedError } from "../identity/port.ts";
import type { WebPorts } from "../ports.ts";

const again = { action: { href: "/login", label: "Sign in again" } };

/** `/login`, `/authcallback`, `/logout`. */
export function signInRoutes(
  ports: Pick<WebPorts, "users" | "identity" | "config" | "clock">,
  sessions: Sessions,
  addresses: Addresses,
): Router {
  const { identity, config } = ports;
  // Counted apart: who was let in to begin must not be refused on the way back.
  const limited = () => limitPerMinute(config.signInsPerMinute);

  return Router()
    .get("/login", limited(), async (request, response) => {
      const { redirectTo, transaction } = await identity.begin();
      await sessions.beginSignIn(request, response, {
        ...transaction,
        next: safePath(request.query.next, config.publicUrl),
      });
      response.set("cache-control", "no-store").redirect(303, redirectTo);
    })
    .all("/login", notAllowed("GET"))

    .get("/authcallback", limited(), async (request, response) => {
      response.set("cache-control", "no-store");
      const { state } = request.query;
      const transaction = await sessions.takeSignIn(request, response, typeof state === "string" ? state : "");
      if (transaction === undefined || transaction.done) {
        // A callback that is reloaded, or reached by the back button: its code has been used, and that has worked.
        if (session(response).userId !== undefined) return response.redirect(303, transaction?.next ?? "/annotations");
        throw new HttpError(400, "no-sign-in", "This sign-in has expired, or was begun in another browser.", again);
      }
      // Somebody has thought better of it: that is nobody's mistake.
      if (request.query.error === "access_denied") return response.redirect(303, "/");
      let person: Person;
      try {
        person = await identity.finish(new URL(request.originalUrl, config.publicUrl), transaction);
      } catch (error) {
        if (!(error instanceof SignInRefusedError)) throw error;
        requestLog(response).warn({ err: error }, "sign-in refused");
        throw new HttpError(
          400,
          "sign-in-refused",
          "The sign-in was not completed: it was cancelled, or its answer did not fit.",
          again,
        );
      }
      const user = await userOf(ports, person);
      // Of a new user whom nobody vouches for. It must not keep anybody from signing in.
      await addresses.sendLink(user, { onlyFirst: true }).catch((err) => {
        requestLog(response).warn({ err, user_id: user.user_id }, "no link to verify the address could be sent");
      });
      // A fresh session: nothing that was set before signing in lives on.
      await session(response).signIn(user.user_id);
      await sessions.keepTokens(response, person.tokens);
      requestLog(response).info({ user_id: user.user_id }, "signed in");
      response.redirect(303, transaction.next);
    })
    .all("/authcallback", notAllowed("GET"))

    .post("/logout", async (request, response) => {
      const tokens = await sessions.takeTokens(request, response);
      session(response).signOut();
      const { redirectTo } = await identity.end(tokens, `${config.publicUrl}/`);
      response.set("cache-control", "no-store").redirect(303, redirectTo ?? "/");
    })
    .all("/logout", notAllowed("POST"));
}

type Person = Awaited<ReturnType<WebPorts["identity"]["finish"]>>;

/** The user who has signed in, made at the first time. */
async function userOf({ users, clock }: Pick<WebPorts, "users" | "clock">, person: Person): Promise<User> {
  const { subject, name, email, emailVerified, institution } = person;
  const vouchedFor = emailVerified ? email : undefined;
  const user = await users.createIfAbsent({
    user_id: subject,
    role: "free_user",
    name,
    email,
    created_time: epochSeconds(clock),
    ...(institution === undefined ? {} : { institution }),
    ...(vouchedFor === undefined ? {} : { identity_email: vouchedFor }),
  });
  return user.identity_email === vouchedFor ? user : users.setIdentityEmail(user.user_id, vouchedFor);
}
