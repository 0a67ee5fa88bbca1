import type Stripe from "stripe";
import type { Subscription } from "./port.ts";

/** Stripe's subscription as the port's. */
export const subscriptionOf = ({ id, status, created, metadata }: Stripe.Subscription): Subscription => ({
  id,
  status,
  created,
  ours: metadata?.user_id !== undefined,
});
