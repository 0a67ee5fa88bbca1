/**
 * Stripe's errors as the port's, by whom they concern: a declined card is the user's to mend, a refused request the
 * operator's, and only the rest (no answer, 5xx, 429) is an outage that passes by itself.
 */
import Stripe from "stripe";
import { CardDeclinedError, CustomerGoneError, PaymentsMisconfiguredError, PaymentsUnavailableError } from "./port.ts";

const { StripeError, StripeInvalidRequestError, StripeCardError } = Stripe.errors;

/** Stripe does not have what the request names; with `param`: what this parameter names. */
export function isMissing(error: unknown, param?: string): boolean {
  return (
    error instanceof StripeInvalidRequestError &&
    (error.code === "resource_missing" || error.statusCode === 404) &&
    (param === undefined || error.param === param)
  );
}

/** Throws `wanted(error)` in place of Stripe's error for something that it does not have. */
export async function whereMissing<Result>(
  wanted: (cause: unknown) => Error,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw isMissing(error) ? wanted(error) : error;
  }
}

/** For `whereMissing`. */
export const customerGone =
  (customerId: string) =>
  (cause: unknown): Error =>
    new CustomerGoneError(`Stripe has no customer ${customerId}`, { cause });

function ofPort(error: unknown): unknown {
  if (!(error instanceof StripeError)) return error;
  const { statusCode: status = 0, type } = error;
  if (error instanceof StripeCardError || status === 402) {
    return new CardDeclinedError(error.message || "Your card was declined.", { cause: error });
  }
  // 409: two requests with one idempotency key at once; 429: too many. Both are answered otherwise a little later.
  const passes = status === 0 || status >= 500 || status === 409 || status === 429;
  if (passes) {
    const answered = status !== 0 && status !== 409;
    return new PaymentsUnavailableError(`Stripe does not answer: ${type} ${status || ""}`, { answered, cause: error });
  }
  const mend =
    status === 401 || status === 403
      ? "check the parameter stripe-secret-key: the key is wrong, revoked, or not allowed to do this"
      : `check Stripe's log of requests${error.requestId === undefined ? "" : ` for ${error.requestId}`}`;
  // Stripe's own words on a wrong key repeat a part of it.
  const words = status === 401 || status === 403 ? "" : ` (${error.message})`;
  return new PaymentsMisconfiguredError(`Stripe refuses this service's requests: ${type} ${status}${words}; ${mend}`, {
    cause: error,
  });
}

/** Calls Stripe, and remembers what only the operator can mend until a call succeeds. */
export function createWatch(): {
  call<Result>(request: () => Promise<Result>): Promise<Result>;
  trouble(): string | undefined;
} {
  let trouble: string | undefined;
  return {
    trouble: () => trouble,
    async call(request) {
      try {
        const result = await request();
        trouble = undefined;
        return result;
      } catch (thrown) {
        const error = ofPort(thrown);
        if (error instanceof PaymentsMisconfiguredError) trouble = error.message;
        throw error;
      }
    },
  };
}
