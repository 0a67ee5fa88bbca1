import { type Request, type Response, Router, urlencoded } from "express";
import * as z from "zod";
import type { User } from "../../contract/user.ts";
import { currentUser, requestLog } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { notAllowed, requireUser } from "../http/gates.ts";
import type { Pages } from "../http/pages.tsx";
import { CardDeclinedError, CustomerGoneError, type Subscription } from "../payments/port.ts";
import type { Plans } from "../plans.ts";
import type { WebPorts } from "../ports.ts";
import { standingOf } from "../standing.ts";
import { createSubscribing } from "../subscribing.ts";
import { Premium, Subscribe, type SubscribeReason } from "../views/subscribe.tsx";

const subscribeSchema = z.object({ setup_intent: z.string().regex(/^seti_\w+$/) });

/** `/subscribe` and `/unsubscribe`. */
export function subscribeRoutes(
  ports: Pick<WebPorts, "users" | "payments" | "config" | "clock" | "log">,
  pages: Pages,
  plans: Plans,
): Router {
  const { users, payments } = ports;
  const subscribing = createSubscribing(ports, plans);
  const showForm = createForm(ports, pages);

  const user = requireUser(users);
  const router = Router();
  router
    .route("/subscribe")
    .all(user)
    .get(async (request, response) => {
      if (currentUser(response).role === "premium_user") {
        const welcome = request.query.welcome !== undefined;
        const title = welcome ? "Welcome to premium" : "You are premium already";
        const content = <Premium welcome={welcome} standing={await standingOf(ports, currentUser(response))} />;
        return pages.send(response, { title, section: "/profile", scripts: ["times.js"], content });
      }
      await showForm(response, reasonOf(request));
    })
    .post(urlencoded({ extended: false, limit: "8kb" }), async (request, response) => {
      const person = currentUser(response);
      if (person.role === "premium_user") return response.redirect(303, "/subscribe");
      const sent = subscribeSchema.safeParse(request.body ?? {});
      if (!sent.success) return showForm(response, undefined, "Enter your card, then subscribe.");
      try {
        const made = await subscribing.subscribe(person, sent.data.setup_intent);
        requestLog(response).info({ user_id: person.user_id, subscription: made.id }, "subscribed");
        response.redirect(303, "/subscribe?welcome");
      } catch (error) {
        if (!(error instanceof CardDeclinedError)) throw error;
        await showForm(
          response,
          undefined,
          `${error.message} Nothing has been charged. Try again, or use another card.`,
        );
      }
    })
    .all(notAllowed("GET", "POST"));

  router
    .route("/subscribe/setup")
    .all(user)
    .post(async (_request, response) => {
      if (currentUser(response).role === "premium_user") throw premiumAlready();
      const { clientSecret } = await subscribing.withCustomer(currentUser(response), (customerId, person) => {
        if (person.role === "premium_user") throw premiumAlready();
        return payments.beginCardSetup(customerId);
      });
      response.set("cache-control", "no-store").json({ client_secret: clientSecret });
    })
    .all(notAllowed("POST"));

  router
    .route("/unsubscribe")
    .all(user)
    .post(async (_request, response) => {
      await endAll(ports, plans, currentUser(response));
      response.redirect(303, "/profile#plan");
    })
    .all(notAllowed("POST"));
  return router;
}

type ShowForm = (response: Response, reason: SubscribeReason | undefined, error?: string) => Promise<void>;

/** The page that takes a card, with a policy that lets Stripe's field work. */
function createForm({ payments, config }: Pick<WebPorts, "payments" | "config">, pages: Pages): ShowForm {
  const stripeOrigins = [new URL(config.stripe.jsUrl).origin, new URL(config.stripe.apiUrl).origin];
  const needs = {
    script: [stripeOrigins[0] as string],
    connect: stripeOrigins,
    frame: [stripeOrigins[0] as string, "https://hooks.stripe.com"],
  };

  return async (response, reason, error) => {
    const content = <Subscribe config={config} offer={await payments.offer()} reason={reason} error={error} />;
    pages.send(
      response,
      {
        title: "Go premium",
        section: "/profile",
        scripts: ["subscribe.js"],
        foreignScripts: [config.stripe.jsUrl],
        content,
      },
      { status: error === undefined ? 200 : 402, needs },
    );
  };
}

/** Ends all that the user's customer has. */
async function endAll({ payments }: Pick<WebPorts, "payments">, plans: Plans, person: User): Promise<void> {
  const customerId = person.stripe_customer_id;
  // Without a customer (made premium by hand), or with one that Stripe does not have, there is nothing to cancel there.
  const standing = customerId === undefined ? [] : await payments.subscriptions(customerId).catch(noneIfGone);
  for (const { id, status } of standing) {
    if (status !== "canceled" && status !== "incomplete_expired") await payments.cancel(id);
  }
  await plans.synchronize(person, customerId);
}

const premiumAlready = () =>
  new HttpError(409, "already-premium", "You are premium already.", {
    action: { href: "/subscribe", label: "Your plan" },
  });

function noneIfGone(error: unknown): readonly Subscription[] {
  if (error instanceof CustomerGoneError) return [];
  throw error;
}

function reasonOf(request: Request): SubscribeReason | undefined {
  switch (request.query.reason) {
    case "size": {
      const bytes = Number(request.query.size);
      return { kind: "size", bytes: Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined };
    }
    case "archived":
      return { kind: "archived" };
    case "keep":
      return { kind: "keep" };
    default:
      return undefined;
  }
}
