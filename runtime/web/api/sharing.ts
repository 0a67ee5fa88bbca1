/** Handlers of the API that make and withdraw links to results. */
import type { RequestHandler } from "express";
import type * as z from "zod";
import { ownJobOf } from "../pages/own-job.ts";
import type { WebPorts } from "../ports.ts";
import { shareResult, withdrawLink } from "../sharing.ts";
import { parsed } from "./parsed.ts";
import { type apiLinkSchema, apiShareSchema } from "./schemas.ts";

export function shareHandlers(ports: Pick<WebPorts, "jobs" | "config" | "clock" | "log">) {
  const ownJob = ownJobOf(ports.jobs);

  const share: RequestHandler = async (request, response) => {
    const { days } = parsed(apiShareSchema, request.body, "The body has days");
    const { url, until } = await shareResult(ports, await ownJob(request, response), days);
    response.status(201).json({ url, share_until: until } satisfies z.output<typeof apiLinkSchema>);
  };

  const withdraw: RequestHandler = async (request, response) => {
    await withdrawLink(ports, await ownJob(request, response));
    response.status(204).end();
  };

  return { share, withdraw };
}
