/** What stands around the instances of a run. */
import type { Plan } from "../../plan/types.ts";
import type { EmulatedAccount } from "../aws/account.ts";
import type { Authorizer } from "../aws/iam/authorizer.ts";
import type { Identity } from "../identity/identity.ts";
import type { Payments } from "../payments/payments.ts";
import type { Emulator } from "../types.ts";

export interface BackingServices {
  /** Where the balancer will listen. */
  readonly port: number;
  /** Origin that users see. */
  readonly url: string;
  readonly emulator: Emulator;
  readonly identity: Identity;
  readonly payments: Payments;
  readonly gateway: EmulatedAccount;
  readonly authorizer: Authorizer;
  readonly plan: Plan;
  /** Runs the program over what stands. */
  redeploy(before: Plan): Promise<Plan>;
  /** Runs the program for an emulator in which nothing stands; given up when `signal` is aborted. */
  declareAnew(signal: AbortSignal): Promise<Plan>;
}
