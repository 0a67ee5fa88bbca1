import type Stripe from "stripe";
import type { Subscription } from "./port.ts";

/** Stripe's subscription as the port's. */
export function subscriptionOf({ id, status, created, metadata, ...rest }: Stripe.Subscription): Subscription {
  const ends = rest.cancel_at_period_end || rest.cancel_at !== null;
  const renews = ends ? undefined : rest.items?.data[0]?.current_period_end;
  return {
    id,
    status,
    created,
    ours: metadata?.user_id !== undefined,
    ...(typeof renews === "number" ? { renews } : {}),
  };
}
