/** The user item (table of users, key `user_id`): who may do what, and how Stripe knows them. */
import { z } from "zod";

export const roles = ["free_user", "premium_user"] as const;
export type Role = (typeof roles)[number];

/** An API token as stored: the secret itself is shown once and never kept. */
export const apiTokenSchema = z.object({
  /** Public part, shown in the profile's list. */
  token_id: z.string(),
  label: z.string(),
  /** SHA-256 of the secret, hex. */
  hash: z.string(),
  created_time: z.number().int(),
});
export type ApiToken = z.output<typeof apiTokenSchema>;

export const userSchema = z.object({
  /** The identity provider's `sub`. */
  user_id: z.string().min(1),
  role: z.enum(roles),
  email: z.string(),
  name: z.string(),
  institution: z.string().optional(),
  created_time: z.number().int(),
  stripe_customer_id: z.string().optional(),
  stripe_subscription_id: z.string().optional(),
  /**
   * A subscription that is being bought. It names the purchase to Stripe, so it stays until Stripe's answer is known, while
   * `until` (epoch seconds) only says how long others have to wait for whoever is at it.
   */
  subscribe_attempt: z.object({ id: z.string(), until: z.number().int() }).optional(),
  /** Role that archiver or restorer still have to be told of; absent once told. Set by the write that changes the role. */
  plan_outbox: z.enum(roles).optional(),
  api_tokens: z.array(apiTokenSchema).optional(),
});
export type User = z.output<typeof userSchema>;
