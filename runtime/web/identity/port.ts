/** The identity provider, as the pages see it. */

/** Secrets of one sign-in under way; they travel in a sealed cookie and never in a URL (the state's value does). */
export interface SignInTransaction {
  readonly state: string;
  readonly nonce: string;
  /** PKCE code verifier. */
  readonly verifier: string;
}

export interface IdentityTokens {
  readonly access?: string;
  readonly refresh?: string;
  readonly id?: string;
}

interface SignedInPerson {
  /** The provider's `sub`: what a user is known by. */
  readonly subject: string;
  readonly name: string;
  /** Empty when the provider tells none. */
  readonly email: string;
  /** The provider vouches for the address (`email_verified`). */
  readonly emailVerified: boolean;
  readonly institution?: string;
  readonly tokens: IdentityTokens;
}

export interface Identity {
  /** Where to send the browser, and what to remember until it is back. @throws {IdentityUnavailableError} */
  begin(): Promise<{ redirectTo: string; transaction: SignInTransaction }>;
  /**
   * Checks the provider's answer (state, nonce, PKCE, signature, issuer, audience).
   *
   * @param callback the full address the browser came back to, on the public origin.
   * @throws {SignInRefusedError} when the person declined or the answer does not fit the transaction.
   * @throws {IdentityUnavailableError}
   */
  finish(callback: URL, transaction: SignInTransaction): Promise<SignedInPerson>;
  /**
   * Revokes the tokens as far as the provider lets us; never throws. The address, when there is one, ends the provider's
   * own session too and comes back to `returnTo`.
   */
  end(tokens: IdentityTokens, returnTo: string): Promise<{ redirectTo: string | undefined }>;
}

export class IdentityUnavailableError extends Error {
  override name = "IdentityUnavailableError";
}

export class SignInRefusedError extends Error {
  override name = "SignInRefusedError";
}
