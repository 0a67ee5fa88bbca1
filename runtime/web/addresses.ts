/**
 * Addresses that users give. Anybody can type anybody's address, so mail goes to one only after a link that was sent there has
 * been opened by the user who gave it. The mail that carries the link holds no word of the user's.
 */
import { createHash, randomBytes } from "node:crypto";
import { mailAddressOf, type User } from "../contract/user.ts";
import { composeMail, type Mail } from "../jobs/mail.ts";
import { epochSeconds } from "../jobs/ports.ts";
import type { WebPorts } from "./ports.ts";

const linkSeconds = 86_400;
/** Somebody else's address may have been typed: it gets few mails, however often the button is pressed. */
const linksADay = 5;
const pauseSeconds = 60;

type Sent = "sent" | "not-needed" | "too-many" | "impossible";

export interface Addresses {
  /**
   * Sends the link that verifies the user's address, unless mail goes there already.
   *
   * @param options.onlyFirst true: not if one was ever sent.
   */
  sendLink(user: User, options?: { onlyFirst?: boolean }): Promise<Sent>;
  /** The secret of a link has come back. False: it is used up, too old, or another user's. */
  verify(user: User, secret: string): Promise<boolean>;
}

const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

export function createAddresses({
  users,
  mailer,
  config,
  clock,
  log,
}: Pick<WebPorts, "users" | "mailer" | "config" | "clock" | "log">): Addresses {
  return {
    async sendLink(user, { onlyFirst = false } = {}) {
      const { email, email_check: before } = user;
      if (email === "" || mailAddressOf(user) === email) return "not-needed";
      if (mailer === undefined) return "impossible";
      if (onlyFirst && before !== undefined) return "not-needed";
      const now = epochSeconds(clock);
      const sent = (before?.sent ?? []).filter((at) => at > now - 86_400);
      if (sent.length >= linksADay || (sent.at(-1) ?? 0) > now - pauseSeconds) return "too-many";
      const secret = randomBytes(32).toString("base64url");
      const open = { email, hash: hashOf(secret), expires: now + linkSeconds };
      // Counted before it is sent: of two requests at once one is refused.
      if (!(await users.setEmailCheck(user.user_id, before, { sent: [...sent, now], open }))) return "too-many";
      try {
        await mailer.send({ to: email, ...linkMail(`${config.publicUrl}/profile/verify?secret=${secret}`) });
        return "sent";
      } catch (err) {
        // SES's sandbox, for one, refuses every address that the operator has not verified there.
        log.error({ err, user_id: user.user_id }, "the link that verifies an address could not be sent");
        return "impossible";
      }
    },

    async verify(user, secret) {
      const open = user.email_check?.open;
      const hash = hashOf(secret);
      if (open?.hash !== hash || open.expires <= epochSeconds(clock)) return false;
      return users.verifyEmail(user.user_id, hash);
    },
  };
}

function linkMail(link: string): Mail {
  return composeMail({
    subject: "Confirm your e-mail address",
    sentences: [
      "somebody has given this address to the Genomics Annotation Service as their own.",
      "If that was you, open this link within 24 hours, signed in as yourself.",
      "If it was not you, do nothing: nothing more will be sent here.",
    ],
    links: [{ label: "Confirm this address", href: link }],
  });
}
