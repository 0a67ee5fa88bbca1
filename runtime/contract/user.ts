/** The user item (table of users, key `user_id`): who may do what, and how Stripe knows them. */
import * as z from "zod";

const roles = ["free_user", "premium_user"] as const;
export type Role = (typeof roles)[number];

/** Mails that a person may do without. Those of failures and of money always come. */
export const optionalMails = ["completed", "archiving", "restored"] as const;
export type OptionalMail = (typeof optionalMails)[number];

/** What a token lets a program do: `read` jobs and results, `write` (submit, name, cancel, run again). */
export const tokenScopes = ["read", "write"] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** An API token as stored: the secret itself is shown once and never kept. */
const apiTokenSchema = z.object({
  /** Public part, shown in the profile's list. */
  token_id: z.string(),
  label: z.string(),
  /** SHA-256 of the secret, hex. */
  hash: z.string(),
  created_time: z.number().int(),
  /** Absent: all, as tokens had before there were scopes. */
  scopes: z.array(z.enum(tokenScopes)).optional(),
  /** When a program last came with it, to the minute; absent: never. */
  last_used_time: z.number().int().optional(),
});
export type ApiToken = z.output<typeof apiTokenSchema>;

export const userSchema = z.object({
  /** The identity provider's `sub`. */
  user_id: z.string().min(1),
  role: z.enum(roles),
  /** What the person has given as address. Mail goes to `mailAddressOf`, which may be another, or none. */
  email: z.string(),
  /** Address that the identity provider vouches for, as of the last sign-in. */
  identity_email: z.string().optional(),
  /** Address whose mail the person has been seen to read. */
  verified_email: z.string().optional(),
  /** Links sent to verify an address. */
  email_check: z
    .object({
      /** When they were sent, the last day's. */
      sent: z.array(z.number().int()),
      /** The link that still works: for which address, SHA-256 of its secret (hex), until when. */
      open: z.object({ email: z.string(), hash: z.string(), expires: z.number().int() }).optional(),
    })
    .optional(),
  name: z.string(),
  institution: z.string().optional(),
  created_time: z.number().int(),
  stripe_customer_id: z.string().optional(),
  stripe_subscription_id: z.string().optional(),
  /** The subscription that was the user's before: its end is told by mail. */
  former_subscription_id: z.string().optional(),
  /**
   * A subscription that is being bought. It names the purchase to Stripe, so it stays until Stripe's answer is known, while
   * `until` (epoch seconds) only says how long others have to wait for whoever is at it.
   */
  subscribe_attempt: z.object({ id: z.string(), until: z.number().int() }).optional(),
  /** Role that archiver or restorer still have to be told of; absent once told. Set by the write that changes the role. */
  plan_outbox: z.enum(roles).optional(),
  api_tokens: z.array(apiTokenSchema).optional(),
  /** Mails that the person does not want; absent: none. */
  mails_off: z.array(z.enum(optionalMails)).optional(),
});
export type User = z.output<typeof userSchema>;

/** Whether the person wants such mails. */
export const wantsMail = ({ mails_off }: Pick<User, "mails_off">, mail: OptionalMail): boolean =>
  mails_off?.includes(mail) !== true;

/** Where mail for the user may go: a given address once it is verified, else the identity provider's, else nowhere. */
export const mailAddressOf = (user: Pick<User, "email" | "verified_email" | "identity_email">): string | undefined =>
  user.email !== "" && user.verified_email === user.email ? user.email : user.identity_email;
