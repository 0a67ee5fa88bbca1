import type { ServerResponse } from "node:http";

const titles = { 502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out" } as const;

/** Statuses with which the balancer answers by itself. */
export type OwnStatus = keyof typeof titles;

/** Answers with the page that AWS's load balancer has for the status. */
export function ownPage(response: ServerResponse, status: OwnStatus): void {
  const title = `${status} ${titles[status]}`;
  response
    .writeHead(status, { server: "awselb/2.0", "content-type": "text/html" })
    .end(
      `<html>\n<head><title>${title}</title></head>\n<body>\n<center><h1>${title}</h1></center>\n</body>\n</html>\n`,
    );
}
