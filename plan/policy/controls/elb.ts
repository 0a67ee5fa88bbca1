/** Elastic Load Balancing. */
import { control, each, isTrue, listOf, want } from "../control.ts";
import { at, type Declaration, type DeclaredResource } from "../declaration.ts";
import { zonesOf } from "../zones.ts";

const balancer = "aws:lb/loadBalancer:LoadBalancer";
const classic = "aws:elb/loadBalancer:LoadBalancer";
const listener = "aws:lb/listener:Listener";

const isApplication = ({ properties }: DeclaredResource) =>
  (properties.loadBalancerType ?? "application") === "application";

/** HTTP is what a listener of an application balancer speaks when it does not say; other balancers have no such default. */
function protocolOf(resource: DeclaredResource, declared: Declaration): unknown {
  const { protocol, loadBalancerArn } = resource.properties;
  if (protocol !== undefined && protocol !== null) return protocol;
  const owner = declared.ofType(balancer).find((each) => declared.refers(resource, "loadBalancerArn", each));
  const application =
    owner === undefined ? !/:loadbalancer\/(net|gwy)\//.test(String(loadBalancerArn)) : isApplication(owner);
  return application ? "HTTP" : undefined;
}

/** What listeners and rules on plain HTTP may do: send the client to HTTPS. */
function redirectsOnly(resource: DeclaredResource, actions: "defaultActions" | "actions") {
  return listOf(resource.properties[actions]).flatMap((_, index) => {
    const action = `${actions}[${index}]`;
    if (at(resource.properties, `${action}.type`) !== "redirect") {
      return want(resource, `${action}.type`, () => false, "redirect");
    }
    return want(resource, `${action}.redirect.protocol`, (protocol) => protocol === "HTTPS", "HTTPS");
  });
}

/** ELB.17's own list: TLS 1.3, and 1.2 with forward secrecy and authenticated encryption alone. */
const recommended = [
  "ELBSecurityPolicy-TLS13-1-3-2021-06",
  "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
  "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
  "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
  "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
  "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
  "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
];

export const elbControls = [
  control({
    id: "ELB.1",
    title: "Application Load Balancer should be configured to redirect all HTTP requests to HTTPS",
    severity: "Medium",
    checks: "every action of an HTTP listener, and of its rules, is a redirect to HTTPS",
    otherwise: "no listener speaks plain HTTP",
    fix: "let the listener's and its rules' only action be { type: redirect, redirect: { protocol: HTTPS, port: 443, statusCode: HTTP_301 } }; WebFarm does, unless transform.redirect undoes it",
    examine: each(listener, (resource, declared) => {
      if (protocolOf(resource, declared) !== "HTTP") return undefined;
      const rules = declared.naming(resource, "aws:lb/listenerRule:ListenerRule", "listenerArn");
      return [...redirectsOnly(resource, "defaultActions"), ...rules.flatMap((rule) => redirectsOnly(rule, "actions"))];
    }),
  }),
  control({
    id: "ELB.4",
    title: "Application Load Balancer should be configured to drop invalid http headers",
    severity: "Medium",
    checks: "application balancers have dropInvalidHeaderFields",
    otherwise: "no application load balancer is declared",
    fix: "dropInvalidHeaderFields: true; WebFarm sets it, unless transform.balancer undoes it",
    examine: each(balancer, (resource) =>
      isApplication(resource) ? want(resource, "dropInvalidHeaderFields", isTrue, "true") : undefined,
    ),
  }),
  control({
    id: "ELB.5",
    title: "Application and Classic Load Balancers logging should be enabled",
    severity: "Medium",
    checks: "application and classic balancers write access logs to a bucket",
    otherwise: "no application or classic load balancer is declared",
    fix: "accessLogs: { bucket, enabled: true }; WebFarm sets it, unless transform.balancer undoes it",
    examine: (declared) => [
      ...each(balancer, (resource) =>
        isApplication(resource) ? want(resource, "accessLogs.enabled", isTrue, "true") : undefined,
      )(declared),
      // A classic balancer's block means yes unless it says no.
      ...each(classic, (resource) =>
        at(resource.properties, "accessLogs") === undefined
          ? want(resource, "accessLogs", () => false, "{ bucket }")
          : want(resource, "accessLogs.enabled", (enabled) => enabled === undefined || isTrue(enabled), "true"),
      )(declared),
    ],
  }),
  control({
    id: "ELB.6",
    title: "Application, Gateway, and Network Load Balancers should have deletion protection enabled",
    severity: "Medium",
    checks: "balancers have enableDeletionProtection",
    otherwise: "no load balancer is declared",
    fix: "production: true for the WebFarm (annofarm:production for the stack), or enableDeletionProtection: true",
    examine: each(balancer, (resource) => want(resource, "enableDeletionProtection", isTrue, "true")),
  }),
  control({
    id: "ELB.12",
    title: "Application Load Balancer should be configured with defensive or strictest desync mitigation mode",
    severity: "Medium",
    checks: "application balancers are in mode defensive (the default) or strictest",
    otherwise: "no application load balancer is declared",
    fix: "desyncMitigationMode: strictest; WebFarm sets it, unless transform.balancer undoes it",
    examine: each(balancer, (resource) =>
      isApplication(resource)
        ? want(
            resource,
            "desyncMitigationMode",
            (mode) => [undefined, "defensive", "strictest"].includes(mode as string | undefined),
            "defensive or strictest",
          )
        : undefined,
    ),
  }),
  control({
    id: "ELB.13",
    title: "Application, Network and Gateway Load Balancers should span multiple Availability Zones",
    severity: "Medium",
    checks: "balancers stand in subnets of two zones or more",
    otherwise: "no load balancer is declared",
    fix: "zones: 2 or 3 for the Network, or two subnets in two zones for the balancer",
    examine: each(balancer, (resource, declared) => {
      const mapped = listOf(resource.properties.subnetMappings).map((mapping) => at(mapping, "subnetId"));
      const path = mapped.length > 0 ? "subnetMappings" : "subnets";
      const subnets = mapped.length > 0 ? mapped : listOf(resource.properties.subnets);
      return want(resource, path, () => zonesOf(declared, subnets) >= 2, "subnets in two zones or more");
    }),
  }),
  control({
    id: "ELB.17",
    title: "Application and Network Load Balancers with listeners should use recommended security policies",
    severity: "Medium",
    checks: "HTTPS and TLS listeners use one of the eight policies that AWS lists",
    otherwise: "no listener speaks HTTPS or TLS",
    fix: `sslPolicy: ${recommended.at(-2)}; WebFarm sets it, unless transform.listener undoes it`,
    examine: each(listener, (resource) =>
      ["HTTPS", "TLS"].includes(String(resource.properties.protocol))
        ? want(resource, "sslPolicy", (name) => recommended.includes(String(name)), `one of ${recommended.join(", ")}`)
        : undefined,
    ),
  }),
];
