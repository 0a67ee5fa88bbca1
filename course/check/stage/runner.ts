/** The console of `annofarm local`: the mails that were sent, and a power cut for an instance. */
import { parse } from "node-html-parser";
import * as z from "zod";
import type { Evidence } from "../evidence/recorder.ts";

/** The part of the console's view that is read here. */
const viewSchema = z.object({
  speed: z.number().positive(),
  endpoint: z.url(),
  region: z.string(),
  mails: z.array(z.object({ id: z.string(), to: z.array(z.string()), subject: z.string() })),
  instances: z.array(
    z.object({
      instanceId: z.string(),
      groupName: z.string(),
      state: z.string(),
      services: z.array(z.object({ name: z.string() })),
    }),
  ),
});
export type RunnerView = z.output<typeof viewSchema>;

interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

export interface Mailbox {
  /** Mails in which this text stands. */
  about(text: string): Promise<readonly Mail[]>;
}

/** Undefined: nothing answers there yet. @throws {z.ZodError} when something else than a runner answers. */
export async function lookAtRunner(url: string): Promise<RunnerView | undefined> {
  const answer = await fetch(`${url}/_local/view.json`, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined);
  if (answer?.status !== 200) return undefined;
  return viewSchema.parse(await answer.json());
}

async function viewOf(url: string): Promise<RunnerView> {
  const view = await lookAtRunner(url);
  if (view === undefined) throw new Error("the local run does not answer any more");
  return view;
}

export function openMailbox(url: string, evidence: Evidence): Mailbox {
  const read = new Map<string, Mail>();

  async function readMail({ id, to, subject }: RunnerView["mails"][number]): Promise<Mail> {
    const known = read.get(id);
    if (known !== undefined) return known;
    const answer = await fetch(`${url}/_local/mail/${encodeURIComponent(id)}`, { signal: AbortSignal.timeout(30_000) });
    const page = parse(await answer.text(), { blockTextElements: { script: true, style: true } });
    const mail = { to, subject, text: page.querySelector("pre")?.text ?? page.text };
    read.set(id, mail);
    return mail;
  }

  return {
    async about(text) {
      const { mails } = await viewOf(url);
      const all = await Promise.all(mails.map(readMail));
      const found = all.filter((mail) => mail.text.includes(text));
      evidence.note(
        found.length === 0
          ? `mail about ${text}: none of ${all.length}`
          : found.map((mail) => `mail to ${mail.to.join(", ")}: "${mail.subject}"`).join("; "),
      );
      return found;
    },
  };
}

/** Cuts the power of instances, as when a machine dies: nothing is drained. */
export async function cutPower(url: string, instanceIds: readonly string[]): Promise<void> {
  await Promise.all(
    instanceIds.map(async (id) => {
      const answer = await fetch(`${url}/_local/instances/${encodeURIComponent(id)}/kill`, {
        method: "POST",
        signal: AbortSignal.timeout(30_000),
      });
      if (!answer.ok) throw new Error(`${id} could not be ended: ${answer.status} ${await answer.text()}`);
    }),
  );
}
