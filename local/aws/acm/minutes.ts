/** The metric that ACM publishes of each certificate, twice a day. */
import { type ACMClient, paginateListCertificates } from "@aws-sdk/client-acm";
import { datum } from "../cloudwatch/datum.ts";
import type { Measure } from "../cloudwatch/minutes.ts";

const dayMilliseconds = 86_400_000;

export function createCertificateMetrics(acm: ACMClient) {
  let next = 0;
  const measure: Measure = async (starts) => {
    const time = starts.at(-1) ?? 0;
    if (time < next) return [];
    next = time + dayMilliseconds / 2;
    const data = [];
    for await (const { CertificateSummaryList = [] } of paginateListCertificates({ client: acm }, {})) {
      for (const { CertificateArn = "", NotAfter } of CertificateSummaryList) {
        if (NotAfter === undefined) continue;
        const days = Math.floor((NotAfter.getTime() - time) / dayMilliseconds);
        data.push(datum("DaysToExpiry", days, "Count", { CertificateArn }, time));
      }
    }
    return [{ namespace: "AWS/CertificateManager", data }];
  };
  return { measure };
}
