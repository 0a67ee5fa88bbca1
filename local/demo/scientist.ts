/** What a scientist does with the service, by the very requests that the pages and their scripts make. */
import { Browser, type Page } from "./browser.ts";

export interface Card {
  readonly number: string;
  readonly exp_month: string;
  readonly exp_year: string;
  readonly cvc: string;
}

/** Stripe's test card that is always good. */
export const testCard: Card = { number: "4242424242424242", exp_month: "12", exp_year: "34", cvc: "123" };

export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

const jobPath = /^\/annotations\/([0-9a-f-]{36})$/;

function expectStatus(page: Page, status: number): Page {
  if (page.status === status) return page;
  const told = page.document.querySelector("main")?.text.replace(/\s+/g, " ").trim() ?? page.text.slice(0, 200);
  throw new Error(`${page.url} answered ${page.status} instead of ${status}: ${told.slice(0, 300)}`);
}

export class Scientist {
  #url: string;
  readonly #browser = new Browser();

  constructor(url: string) {
    this.#url = url;
  }

  /** The service is at another port from now on; what the browser keeps of it stays. */
  visits(url: string): void {
    this.#url = url;
  }

  async open(path: string): Promise<Page> {
    return expectStatus(await this.#browser.open(`${this.#url}${path}`), 200);
  }

  /** Follows the sign-in to the identity provider, chooses a person there, and comes back. */
  async signIn(sub: string): Promise<Page> {
    const people = await this.#browser.open(`${this.#url}/login`);
    const back = await this.#browser.submit(people, "form.people", { person: sub });
    if (back.url.origin !== this.#url) throw new Error(`sign-in ended at ${back.url} (status ${back.status})`);
    return expectStatus(back, 200);
  }

  /** Asks for an upload of this size: the presigned form, or where the page would go instead. */
  async askForUpload(fileName: string, bytes: number): Promise<UploadForm | { redirect: string; status: number }> {
    const response = await this.#browser.request(`${this.#url}/annotate/upload`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", origin: this.#url },
      body: JSON.stringify({ file_name: fileName, size: bytes }),
    });
    const answer = (await response.json()) as UploadForm & { redirect?: string; detail?: string };
    if (answer.redirect !== undefined) return { redirect: answer.redirect, status: response.status };
    if (!response.ok) throw new Error(`the upload was refused (${response.status}): ${answer.detail}`);
    return answer;
  }

  /** Sends a file straight to S3; its answer, with the redirect not followed. */
  async sendToS3(
    { url, fields }: UploadForm,
    content: Blob,
  ): Promise<{ status: number; text: string; location: string }> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", content, "input.vcf");
    const response = await fetch(url, { method: "POST", body: form, redirect: "manual" });
    return { status: response.status, text: await response.text(), location: response.headers.get("location") ?? "" };
  }

  /** Upload and submission. @returns the job's id, and the address that S3 sent the browser to. */
  async submit(fileName: string, content: Blob): Promise<{ jobId: string; arrival: string }> {
    const form = await this.askForUpload(fileName, content.size);
    if ("redirect" in form) throw new Error(`the upload was refused (${form.status}), sent to ${form.redirect}`);
    const stored = await this.sendToS3(form, content);
    if (stored.status !== 303) throw new Error(`S3 answered ${stored.status}: ${stored.text.slice(0, 300)}`);
    return { jobId: await this.arrive(stored.location), arrival: stored.location };
  }

  /** Opens the address that S3 sends a browser to. @returns the id of the job shown then. */
  async arrive(arrival: string): Promise<string> {
    const page = expectStatus(await this.#browser.open(arrival), 200);
    const [, jobId] = jobPath.exec(page.url.pathname) ?? [];
    if (jobId === undefined) throw new Error(`after the upload the browser is at ${page.url}, not at a job`);
    return jobId;
  }

  /** Status as the job's page says it, and the heading of its panel on the result. */
  async look(jobId: string): Promise<{ status: string; result: string }> {
    const { document } = await this.open(`/annotations/${jobId}`);
    return {
      status: document.querySelector("[role=status]")?.text.trim() ?? "",
      result: document.querySelector("#result")?.text.trim() ?? "",
    };
  }

  /** The records on a page of a result: cells by the headings of their columns. */
  async records(path: string): Promise<Record<string, string>[]> {
    const { document } = await this.open(path);
    const headings = document.querySelectorAll("table.records thead th").map(({ text }) => text.trim());
    return document
      .querySelectorAll("table.records tbody tr")
      .map((row) => row.querySelectorAll("th, td").map(({ text }) => text.trim()))
      .map((cells) => Object.fromEntries(cells.map((cell, at) => [headings[at] ?? "", cell])));
  }

  /** Text of a page's `<pre>`: a log. */
  async read(path: string): Promise<string> {
    const text = (await this.open(path)).document.querySelector("pre")?.text;
    if (text === undefined) throw new Error(`${path} shows no text`);
    return text;
  }

  /** Follows a download to storage. */
  async download(path: string): Promise<Buffer> {
    const answer = await this.#browser.request(`${this.#url}${path}`);
    const location = answer.headers.get("location");
    if (location === null || !/^https?:\/\//.test(location)) {
      throw new Error(`${path} answered ${answer.status} and no address in storage`);
    }
    const response = await fetch(location);
    if (!response.ok) throw new Error(`storage answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Status and place of a request that is not followed. */
  async knock(path: string): Promise<{ status: number; location: string }> {
    const answer = await this.#browser.request(`${this.#url}${path}`);
    await answer.body?.cancel();
    return { status: answer.status, location: answer.headers.get("location") ?? "" };
  }

  /** By the page that asks first. */
  async deleteJob(jobId: string): Promise<void> {
    const path = `/annotations/${jobId}/delete`;
    const page = await this.#browser.submit(await this.open(path), `form[action="${path}"]`, {});
    if (page.url.pathname !== "/annotations") throw new Error(`deleting ended at ${page.url} (status ${page.status})`);
  }

  /** Makes an API token on the profile page. */
  async makeToken(label: string): Promise<string> {
    const page = await this.#browser.submit(await this.open("/profile"), 'form[action="/profile/tokens"]', { label });
    const token = expectStatus(page, 200).document.querySelector("pre.token")?.text.trim();
    if (token === undefined) throw new Error(`${page.url} shows no new token`);
    return token;
  }

  /** What the card form's script does: a card setup confirmed with the payment service, then the form. */
  async subscribe(payments: { apiUrl: string; publishableKey: string }, card: Card): Promise<Page> {
    const setup = await this.#browser.request(`${this.#url}/subscribe/setup`, {
      method: "POST",
      headers: { accept: "application/json", origin: this.#url },
    });
    const { client_secret } = (await setup.json()) as { client_secret?: string };
    if (client_secret === undefined)
      throw new Error(`/subscribe/setup answered ${setup.status} without a client secret`);
    const intent = client_secret.split("_secret_")[0] as string;
    const body = new URLSearchParams({
      key: payments.publishableKey,
      client_secret,
      "payment_method_data[type]": "card",
    });
    for (const [name, value] of Object.entries(card)) body.set(`payment_method_data[card][${name}]`, value);
    body.set("payment_method_data[billing_details][address][postal_code]", "60637");
    const confirmed = await fetch(`${payments.apiUrl}/v1/setup_intents/${intent}/confirm`, { method: "POST", body });
    if (!confirmed.ok) throw new Error(`the card was refused (${confirmed.status}): ${await confirmed.text()}`);
    return expectStatus(
      await this.#browser.open(`${this.#url}/subscribe`, {
        method: "POST",
        headers: { origin: this.#url },
        body: new URLSearchParams({ setup_intent: intent }),
      }),
      200,
    );
  }
}
