/**
 * Payments on one machine: localstripe as a child process, with the product, the monthly price and the webhook that a Stripe
 * account would have. The service talks to it through the real `stripe` SDK and the page through its Stripe.js.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type Stripe from "stripe";
import { freePort } from "../net/free-port.ts";
import type { Child, Children } from "../process/children.ts";

export interface PaymentsOptions {
  /** The program `localstripe` inside its virtual environment; the Python beside it is what runs. */
  readonly localstripe: string;
  readonly children: Children;
  /** Where events go: the service's `POST /stripe/webhook`. Tried again while nobody answers 2xx. */
  readonly webhookUrl: string;
  readonly logFile: string;
  /** Keeps customers and subscriptions from one run to the next; omitted: they end with the process. */
  readonly stateFile?: string;
  /** Where it will be and with which keys; omitted: any free port, keys of its own. */
  readonly account?: PaymentsAccount;
  /** Milliseconds to wait for the first answer; default 30,000. */
  readonly startMilliseconds?: number;
}

/** What a service is told of its payments; known before they run. */
export interface PaymentsAccount {
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  /** `STRIPE_API_URL`. */
  readonly apiUrl: string;
  /** `STRIPE_JS_URL`. */
  readonly jsUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** `STRIPE_PRICE_ID`: USD 9.00 a month. */
  readonly priceId: string;
}

export interface Payments extends PaymentsAccount {
  readonly pid: number | undefined;
  setWebhookUrl(url: string): Promise<void>;
  stop(): Promise<void>;
}

const premiumPrice = { id: "price_premium_monthly", cents: 900, currency: "usd" } as const;

const random = (prefix: string) => `${prefix}_${randomBytes(18).toString("base64url").replace(/[-_]/g, "0")}`;

export async function newAccount(): Promise<PaymentsAccount> {
  const port = await freePort();
  const apiUrl = `http://127.0.0.1:${port}`;
  return {
    port,
    apiUrl,
    jsUrl: `${apiUrl}/js.stripe.com/v3/`,
    publishableKey: random("pk_test"),
    secretKey: random("sk_test"),
    webhookSecret: random("whsec"),
    priceId: premiumPrice.id,
  };
}

/** The premium plan's product and price, made unless they are there from an earlier run. */
async function offerPremium(stripe: Stripe): Promise<void> {
  const known = await stripe.plans.list({ limit: 100 });
  if (known.data.some(({ id }) => id === premiumPrice.id)) return;
  const product = await stripe.products.create({ name: "Genomics annotation, premium" });
  await stripe.plans.create({
    id: premiumPrice.id,
    product: product.id,
    amount: premiumPrice.cents,
    currency: premiumPrice.currency,
    interval: "month",
    nickname: "Premium, monthly",
  });
}

/** Resolves once `url` answers 200. @throws {Error} when the child ends first or the time is over. */
async function answered(url: string, child: Child, milliseconds: number, logFile: string): Promise<void> {
  let over: string | undefined;
  const ended = (how: string) => {
    over ??= how;
  };
  child.exited.then(
    ({ code, signal }) => ended(`ended with ${signal ?? `code ${code}`}`),
    (error: Error) => ended(error.message),
  );
  const deadline = Date.now() + milliseconds;
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // not listening yet
    }
    if (over !== undefined) throw new Error(`localstripe did not start: ${over}; see ${logFile}`);
    if (Date.now() > deadline) throw new Error(`localstripe did not answer within ${milliseconds} ms; see ${logFile}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Starts localstripe and gives it the product, the price and the webhook.
 *
 * @throws {Error} when the program is missing, ends at once or does not answer in time; the message names the log file.
 */
export async function startPayments(options: PaymentsOptions): Promise<Payments> {
  const python = join(dirname(options.localstripe), basename(options.localstripe).replace("localstripe", "python"));
  if (!existsSync(options.localstripe) || !existsSync(python)) {
    throw new Error(`no localstripe at ${options.localstripe}; delete the virtual environment to have it made again`);
  }
  const account = options.account ?? (await newAccount());
  const { port, apiUrl, jsUrl, webhookSecret, secretKey } = account;

  if (options.stateFile) mkdirSync(dirname(options.stateFile), { recursive: true });
  const child = options.children.start({
    name: "localstripe",
    command: python,
    args: [
      fileURLToPath(new URL("server.py", import.meta.url)),
      String(port),
      ...(options.stateFile ? [options.stateFile] : []),
    ],
    env: { PATH: dirname(python), PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" },
    logFile: options.logFile,
  });

  async function setWebhookUrl(url: string): Promise<void> {
    const response = await fetch(`${apiUrl}/_config/webhooks/service`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url, secret: webhookSecret }),
    });
    if (!response.ok) throw new Error(`localstripe refused the webhook ${url}: ${response.status}`);
  }

  try {
    const { default: Stripe } = await import("stripe"); // while the child starts
    await answered(jsUrl, child, options.startMilliseconds ?? 30_000, options.logFile);
    const stripe = new Stripe(secretKey, { host: "127.0.0.1", port, protocol: "http", telemetry: false });
    await offerPremium(stripe);
    // Last, so that the service does not hear of what it already knows.
    await setWebhookUrl(options.webhookUrl);
  } catch (error) {
    await child.stop();
    throw error;
  }

  return { ...account, pid: child.pid, setWebhookUrl, stop: () => child.stop() };
}
