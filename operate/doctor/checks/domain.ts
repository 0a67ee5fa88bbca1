/** Whether the certificate's name can be proven and found: a public hosted zone of the account that the world knows. */
import { promises as dns } from "node:dns";
import type { AccountReader } from "../account.ts";
import { type CheckResult, note, ok, unlooked, wrong } from "../finding.ts";
import type { Needs } from "../needs.ts";

/** Name servers that the world has for a name; none: it is not delegated. */
export type ResolveNameServers = (name: string) => Promise<readonly string[]>;

const zoneOf = (host: string, zones: readonly string[]): string | undefined =>
  zones.filter((zone) => host === zone || host.endsWith(`.${zone}`)).sort((a, b) => b.length - a.length)[0];

export async function checkDomain(
  { certificates }: Needs,
  account: AccountReader,
  resolve: ResolveNameServers = (name) => dns.resolveNs(name),
): Promise<CheckResult[]> {
  if (certificates.length === 0) {
    const found =
      "none: the service uses the balancer's name and a self-signed certificate, so browsers show a warning";
    return [note("domain", found, "set annofarm:domain to a public Route 53 zone of this account")];
  }
  let zones: readonly string[];
  try {
    zones = await account.hostedZones();
  } catch (error) {
    return [unlooked("domain", error, "route53:ListHostedZones")];
  }
  return Promise.all(
    certificates.map(async (host): Promise<CheckResult> => {
      const check = `domain ${host}`;
      const zone = zoneOf(host, zones);
      if (zone === undefined) {
        const parent = host.slice(host.indexOf(".") + 1);
        const fix = `aws route53 create-hosted-zone --name ${parent} --caller-reference ${parent}, then delegate it`;
        return wrong(
          check,
          `no public hosted zone of this account contains it (${zones.join(", ") || "it has none"})`,
          fix,
        );
      }
      const servers = await resolve(zone).catch(() => []);
      if (servers.some((server) => /awsdns/.test(server))) return ok(check, `zone ${zone}, delegated to Route 53`);
      return wrong(
        check,
        servers.length === 0
          ? `public DNS has no name server for ${zone}`
          : `${zone} is served by ${servers.join(", ")}`,
        "enter the zone's four name servers at the domain's registrar; the certificate is not issued before that",
      );
    }),
  );
}
