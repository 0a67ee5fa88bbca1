/** Every check that a rubric's item can name. */
import { apiOthersRefused, closedWithoutSignIn, othersRefused, publicPages, signIn } from "./access.ts";
import {
  archived,
  downgrade,
  logStays,
  notEarly,
  premiumKept,
  restored,
  subscription,
  upgradeOffered,
} from "./archive.ts";
import type { Check } from "./check.ts";
import { disaster, duplicates, nonsense } from "./delivery.ts";
import { badFile, completion, details, list, log, mail, reload, result, submission, uniqueKeys } from "./jobs.ts";
import { scales } from "./load.ts";
import { planChecks } from "./plan/registry.ts";
import { sizeAtApi, sizeAtStorage, sizeForPremium, sizeOnPage } from "./size-limit.ts";

export const checks: Readonly<Record<string, Check>> = {
  "public-pages": publicPages,
  "closed-without-sign-in": closedWithoutSignIn,
  "sign-in": signIn,
  "others-refused": othersRefused,
  "api-others-refused": apiOthersRefused,
  submission,
  completion,
  result,
  log,
  mail,
  details,
  list,
  reload,
  "bad-file": badFile,
  "unique-keys": uniqueKeys,
  duplicates,
  nonsense,
  disaster,
  "size-on-page": sizeOnPage,
  "size-at-storage": sizeAtStorage,
  "size-at-api": sizeAtApi,
  "size-for-premium": sizeForPremium,
  archived,
  "not-early": notEarly,
  "upgrade-offered": upgradeOffered,
  "log-stays": logStays,
  "premium-kept": premiumKept,
  subscription,
  restored,
  downgrade,
  scales,
  ...planChecks,
};
