/** What `expire` has done, as text. */
import type { Expired } from "./expire.ts";

const did = { destroy: "destroyed", freeze: "frozen", extend: "extended" } as const;

export function reportOfExpiry({ steps, outlived, shared, unread }: Expired): string {
  const lines = steps.map(({ stack, step, until, why, failure }) => {
    if (failure !== undefined) return `${stack}: ${step} FAILED: ${failure} (${why})`;
    const end = until === undefined ? "" : ` until ${new Date(until).toISOString().slice(0, 16).replace("T", " ")} UTC`;
    return `${stack}: ${did[step]}${end}, ${why}`;
  });
  const left = outlived.map(
    ({ stack, instances }) =>
      `${stack}: is gone, and ${instances} of its instances run and cost; annofarm course down --only ${stack} --sweep names and removes them`,
  );
  const rest =
    shared === undefined
      ? []
      : [
          shared.failure === undefined
            ? "what the class shared: destroyed, no stack is left"
            : `what the class shared: destroy FAILED: ${shared.failure}`,
        ];
  const blind = unread === undefined ? [] : [`whether stacks are used could not be read: ${unread}`];
  const all = [...lines, ...rest, ...left, ...blind];
  return `${(all.length === 0 ? ["no lease is over"] : all).join("\n")}\n`;
}
