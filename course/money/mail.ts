/** Mail to the staff of a course. Students' addresses are nobody's business here: a stack goes by its pseudonym. */
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { dollars } from "../../plan/views/money.ts";
import type { BrakeStep } from "../course-file/course.ts";
import { mailId, type StepEntry } from "./brake-log.ts";

export interface Letter {
  readonly subject: string;
  readonly text: string;
}

export interface Mail {
  send(letter: Letter): Promise<void>;
}

/** Through SES, from and to the same address: one identity to verify. */
export function openMail(region: string, address: string): Mail & { close(): void } {
  const ses = new SESv2Client({ region, maxAttempts: 3 });
  return {
    async send({ subject, text }) {
      await ses.send(
        new SendEmailCommand({
          FromEmailAddress: address,
          Destination: { ToAddresses: [address] },
          Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text } } } },
        }),
      );
    },
    close: () => ses.destroy(),
  };
}

const did: Readonly<Record<BrakeStep, string>> = {
  warn: "warning",
  minimum: "scaled to the minimum and held there",
  freeze: "frozen",
  destroy: "destroyed",
};

function lineOf({ stack, scope, step, percent, budgetUsd, spentUsd, outcome, cause }: StepEntry): string {
  const what = outcome === "settled" ? `${step}: nothing to do, or covered by a stronger step` : did[step];
  const result = outcome === "failed" ? `FAILED to ${step}: ${cause ?? "no cause told"}; it is tried again` : what;
  const whose = scope === "class" ? "the class's budget" : "its budget";
  return `${stack ?? "the class"}: ${result}. ${dollars(spentUsd)} spent, ${percent} % of ${whose} of ${dollars(budgetUsd)} is reached.`;
}

const undone =
  "annofarm course unfreeze --only <stack> puts sizes back after a freeze or the minimum; a larger budget in course.yaml " +
  "begins its steps anew. annofarm course cost shows what was spent on what.";

/** One letter for all that a turn has brought, failures first. */
export function letterOf(course: string, steps: readonly StepEntry[]): Letter {
  const failed = steps.filter(({ outcome }) => outcome === "failed");
  const others = steps.filter(({ outcome }) => outcome !== "failed");
  const counts = [
    ...(failed.length === 0 ? [] : [`${failed.length} failed`]),
    ...(["destroy", "freeze", "minimum", "warn"] as const).flatMap((step) => {
      const count = others.filter((each) => each.step === step && each.outcome === "done").length;
      return count === 0 ? [] : [`${count} × ${step}`];
    }),
  ];
  return {
    subject: `${course}: budget brake, ${counts.join(", ") || "nothing left to do"}`,
    text: `${[...failed, ...others].map(lineOf).join("\n")}\n\n${undone}\n`,
  };
}

/** Ids of the steps that a letter tells of. */
export const toldBy = (steps: readonly StepEntry[]): string[] => steps.map(mailId);
