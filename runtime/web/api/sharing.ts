/** Handlers of the API that make and withdraw links to results. */
import type { RequestHandler } from "express";
import * as z from "zod";
import { HttpError } from "../http/errors.ts";
import { ownJobOf } from "../pages/own-job.ts";
import type { WebPorts } from "../ports.ts";
import { shareResult, withdrawLink } from "../sharing.ts";
import { type apiLinkSchema, apiShareSchema } from "./schemas.ts";

export function shareHandlers(ports: Pick<WebPorts, "jobs" | "config" | "clock" | "log">) {
  const ownJob = ownJobOf(ports.jobs);

  const share: RequestHandler = async (request, response) => {
    const parsed = apiShareSchema.safeParse(request.body);
    if (!parsed.success) throw new HttpError(400, "malformed", `The body has days: ${z.prettifyError(parsed.error)}`);
    const { url, until } = await shareResult(ports, await ownJob(request, response), parsed.data.days);
    response.status(201).json({ url, share_until: until } satisfies z.output<typeof apiLinkSchema>);
  };

  const withdraw: RequestHandler = async (request, response) => {
    await withdrawLink(ports, await ownJob(request, response));
    response.status(204).end();
  };

  return { share, withdraw };
}
