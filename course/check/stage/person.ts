/** What a user does with the service: the requests that its pages and their scripts make. */
import type { Evidence } from "../evidence/recorder.ts";
import { Browser, type Page, readAll } from "./browser.ts";

export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface StorageAnswer {
  readonly status: number;
  readonly text: string;
  /** Where S3 sends the browser; `""`: nowhere. */
  readonly location: string;
}

const jobPath = /^\/annotations\/([0-9a-f-]{36})$/;

function expectStatus(page: Page, status: number): Page {
  if (page.status === status) return page;
  const told = page.document.querySelector("main")?.text.replace(/\s+/g, " ").trim() ?? page.text.slice(0, 200);
  throw new Error(`${page.url.pathname} answered ${page.status} instead of ${status}: ${told.slice(0, 200)}`);
}

export class Person {
  readonly url: string;
  readonly browser: Browser;
  readonly #evidence: Evidence;

  constructor(url: string, evidence: Evidence) {
    this.url = url;
    this.browser = new Browser(evidence);
    this.#evidence = evidence;
  }

  /** @throws {Error} when the page does not answer 200. */
  async open(path: string): Promise<Page> {
    return expectStatus(await this.browser.open(`${this.url}${path}`), 200);
  }

  /** Follows the sign-in to the local identity provider, chooses a person there, and comes back. */
  async signIn(sub: string): Promise<Page> {
    const people = await this.browser.open(`${this.url}/login`);
    const back = await this.browser.submit(people, "form.people", { person: sub });
    if (back.url.origin !== this.url) throw new Error(`sign-in ended at ${back.url.origin} (status ${back.status})`);
    return expectStatus(back, 200);
  }

  /** Asks for an upload of this size: the presigned form, or where the page would go instead. */
  async askForUpload(fileName: string, bytes: number): Promise<UploadForm | { redirect: string; status: number }> {
    const response = await this.browser.request(`${this.url}/annotate/upload`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", origin: this.url },
      body: JSON.stringify({ file_name: fileName, size: bytes }),
    });
    const text = (await readAll(response)).toString("utf8");
    let answer: Partial<UploadForm> & { redirect?: string; detail?: string };
    try {
      answer = JSON.parse(text);
    } catch {
      throw new Error(`POST /annotate/upload answered ${response.status} and no JSON: ${text.slice(0, 120)}`);
    }
    if (answer.redirect !== undefined) return { redirect: answer.redirect, status: response.status };
    if (!response.ok || answer.url === undefined || answer.fields === undefined) {
      throw new Error(`no upload is offered: ${response.status} ${answer.detail ?? text.slice(0, 120)}`);
    }
    return { url: answer.url, fields: answer.fields };
  }

  /** Sends a file to S3 by a form. @param chunked the body has no length that S3 could see beforehand. */
  async sendToS3({ url, fields }: UploadForm, content: string, chunked = false): Promise<StorageAnswer> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", new Blob([content]), "input.vcf");
    const whole = new Response(form);
    const type = whole.headers.get("content-type") ?? "";
    const init: RequestInit & { duplex?: "half" } = chunked
      ? { body: whole.body as ReadableStream, duplex: "half", headers: { "content-type": type } }
      : { body: form };
    const how = `POST to S3, ${content.length} bytes of file${chunked ? ", chunked" : ""}`;
    try {
      const signal = AbortSignal.timeout(60_000);
      const response = await fetch(url, { method: "POST", redirect: "manual", signal, ...init });
      const text = (await readAll(response)).toString("utf8");
      this.#evidence.note(`${how} → ${response.status} ${text.replace(/\s+/g, " ").slice(0, 160)}`);
      return { status: response.status, text, location: response.headers.get("location") ?? "" };
    } catch (error) {
      // S3 hangs up on who goes on sending what it has refused.
      this.#evidence.note(`${how} → connection ended (${(error as Error).message})`);
      return { status: 0, text: "", location: "" };
    }
  }

  /** Upload and submission. @returns the job's id, and the address that S3 sent the browser to. */
  async submit(fileName: string, content: string): Promise<{ jobId: string; arrival: string }> {
    const form = await this.askForUpload(fileName, Buffer.byteLength(content));
    if ("redirect" in form) throw new Error(`the upload of ${fileName} is refused (${form.status}, ${form.redirect})`);
    const stored = await this.sendToS3(form, content);
    if (stored.status !== 303)
      throw new Error(`S3 answered ${stored.status} to the upload: ${stored.text.slice(0, 200)}`);
    return { jobId: await this.arrive(stored.location), arrival: stored.location };
  }

  /** Opens the address that S3 sends a browser to. @returns the id of the job shown then. */
  async arrive(arrival: string): Promise<string> {
    const page = expectStatus(await this.browser.open(arrival), 200);
    const [, jobId] = jobPath.exec(page.url.pathname) ?? [];
    if (jobId === undefined) throw new Error(`after the upload the browser is at ${page.url.pathname}, not at a job`);
    return jobId;
  }

  /** Records that a page of a result shows: rows of a table, or lines of its text. */
  async recordsShown(path: string): Promise<number> {
    const { document } = await this.open(path);
    const lines = (document.querySelector("pre")?.text ?? "").split("\n");
    return document.querySelectorAll("tbody tr").length + lines.filter((line) => /^[^#\t]+\t\d+\t/.test(line)).length;
  }

  /** Text of a page's `<pre>`: a log, perhaps the head of a result. */
  async read(path: string): Promise<string> {
    const text = (await this.open(path)).document.querySelector("pre")?.text;
    if (text === undefined) throw new Error(`${path} shows no text`);
    return text;
  }

  /** Status and place of a request that is not followed. */
  async knock(path: string, init: RequestInit = {}): Promise<{ status: number; location: string }> {
    const answer = await this.browser.request(`${this.url}${path}`, init);
    await answer.body?.cancel();
    return { status: answer.status, location: answer.headers.get("location") ?? "" };
  }

  /** Follows a download to storage. @throws {Error} when it leads nowhere. */
  async download(path: string): Promise<Buffer> {
    const { status, location } = await this.knock(path);
    if (!/^https?:\/\//.test(location)) throw new Error(`${path} answered ${status} and no address in storage`);
    const response = await fetch(location, { signal: AbortSignal.timeout(60_000) });
    const bytes = await readAll(response);
    this.#evidence.note(`GET from storage → ${response.status}, ${bytes.length} bytes`);
    if (!response.ok) throw new Error(`storage answered ${response.status}: ${bytes.toString("utf8").slice(0, 200)}`);
    return bytes;
  }

  /** Makes an API token on the profile page. */
  async makeToken(label: string): Promise<string> {
    const page = await this.browser.submit(await this.open("/profile"), 'form[action="/profile/tokens"]', { label });
    const token = expectStatus(page, 200).document.querySelector("pre.token")?.text.trim();
    if (token === undefined) throw new Error(`${page.url.pathname} shows no new token`);
    this.#evidence.secret(token);
    return token;
  }

  /** What the card form's script does: a card confirmed with the payment service, then the form. */
  async subscribe(): Promise<Page> {
    const form = await this.open("/subscribe");
    const key = form.document.querySelector("form[data-key]")?.getAttribute("data-key");
    const script = form.document
      .querySelectorAll("script[src]")
      .map((each) => new URL(each.getAttribute("src") ?? "", form.url))
      .find(({ pathname, host }) => /stripe/.test(pathname + host));
    if (key === undefined || script === undefined) throw new Error("/subscribe has no card form of Stripe's");
    const setup = await this.browser.request(`${this.url}/subscribe/setup`, {
      method: "POST",
      headers: { accept: "application/json", origin: this.url },
    });
    const { client_secret } = JSON.parse((await readAll(setup)).toString("utf8")) as { client_secret?: string };
    if (client_secret === undefined)
      throw new Error(`/subscribe/setup answered ${setup.status} without a client secret`);
    const intent = client_secret.split("_secret_")[0] as string;
    await this.#confirmCard(script, key, intent, client_secret);
    const page = await this.browser.open(`${this.url}/subscribe`, {
      method: "POST",
      headers: { origin: this.url },
      body: new URLSearchParams({ setup_intent: intent }),
    });
    return expectStatus(page, 200);
  }

  async #confirmCard(script: URL, key: string, intent: string, client_secret: string): Promise<void> {
    const real = script.hostname.endsWith("stripe.com");
    const card = { number: "4242424242424242", exp_month: "12", exp_year: "34", cvc: "123" };
    const body = new URLSearchParams({ key, client_secret });
    if (real) body.set("payment_method", "pm_card_visa");
    else {
      body.set("payment_method_data[type]", "card");
      for (const [name, value] of Object.entries(card)) body.set(`payment_method_data[card][${name}]`, value);
      body.set("payment_method_data[billing_details][address][postal_code]", "60637");
    }
    const origin = real ? "https://api.stripe.com" : script.origin;
    const confirmed = await fetch(`${origin}/v1/setup_intents/${intent}/confirm`, {
      method: "POST",
      body,
      signal: AbortSignal.timeout(30_000),
    });
    this.#evidence.note(`the test card is confirmed with the payment service → ${confirmed.status}`);
    if (!confirmed.ok) throw new Error(`the card was refused (${confirmed.status}): ${await confirmed.text()}`);
  }
}
