import type { ACMClient } from "@aws-sdk/client-acm";
import { ACMClient as Client, ListCertificatesCommand } from "@aws-sdk/client-acm";
import test from "ava";
import { createCertificateMetrics } from "../../../../local/aws/acm/minutes.ts";
import type { Emulator } from "../../../../local/types.ts";
import { testEmulator } from "../../../support/emulator.ts";
import { livesIn } from "../../resources/life.ts";

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

const day = 86_400_000;

test("days to the end of each certificate, twice a day", async (t) => {
  const lives = livesIn(emulator);
  await lives.create("aws:acm/certificate:Certificate", { domainName: "gas.example.org", validationMethod: "DNS" });
  const acm: ACMClient = lives.context.client(Client);
  const { CertificateSummaryList = [] } = await acm.send(new ListCertificatesCommand({}));
  const end = CertificateSummaryList[0]?.NotAfter?.getTime() ?? 0;
  const { measure } = createCertificateMetrics(acm);
  const at = async (time: number) => (await measure([time])).flatMap(({ data }) => data.map(({ Value }) => Value));
  t.deepEqual(await at(end - 20.5 * day), [20]);
  t.deepEqual(await at(end - 20.4 * day), [], "half a day has not gone by");
  t.deepEqual(await at(end - 19.5 * day), [19]);
});
