/** `PutDashboard` checks what it is given, which the emulator does not. */
import { type Interceptor, textOf } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { dashboardMistakes } from "./dashboard-body.ts";

const nameMax = 255;

/** @throws {Refusal} as CloudWatch refuses a dashboard that it cannot show. */
export function checkDashboard(name: string, body: string): void {
  if (!/^[\w-]+$/.test(name) || name.length > nameMax) {
    throw new Refusal(
      400,
      "InvalidParameterValue",
      `The value ${name} for field DashboardName contains invalid characters or more than ${nameMax}. ` +
        "It can only contain alphanumerics, dash (-) and underscore (_).",
    );
  }
  const mistakes = dashboardMistakes(body);
  if (mistakes.length === 0) return;
  const count =
    mistakes.length === 1 ? "there is 1 validation error" : `there are ${mistakes.length} validation errors`;
  throw new Refusal(
    400,
    "InvalidParameterInput",
    `The dashboard body is invalid, ${count}:\n${JSON.stringify(mistakes, undefined, 2)}`,
  );
}

/** By action, for the signing name `monitoring`. */
export const dashboardInterceptors: Readonly<Record<"PutDashboard", Interceptor>> = {
  async PutDashboard(call, next) {
    // What is in a call of this protocol the gateway does not read.
    if (call.protocol !== "cbor") checkDashboard(textOf(call.input.DashboardName), textOf(call.input.DashboardBody));
    return next(call);
  },
};
