/** What every public balancer is made of, whether one farm stands behind it or a class. */

import type { types } from "@pulumi/aws/index.js";
import * as lb from "@pulumi/aws/lb/index.js";
import * as route53 from "@pulumi/aws/route53/index.js";
import { type Input, interpolate, type Output, type Resource } from "@pulumi/pulumi";
import { accountOf } from "../base/account.ts";
import type { Duration } from "../base/duration.ts";
import { keepsName } from "../base/keep.ts";
import { allow, type Statement } from "../base/policy-document.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { given } from "../bundle/service.ts";
import type { NetworkIds } from "../network/network.ts";
import { SecureBucket, type SecureBucketArgs } from "../storage/secure-bucket.ts";

export interface PublicBalancerTransform {
  readonly balancer?: Transform<lb.LoadBalancerArgs>;
  readonly listener?: Transform<lb.ListenerArgs>;
  readonly redirect?: Transform<lb.ListenerArgs>;
  readonly record?: Transform<route53.RecordArgs>;
  readonly accessLogs?: SecureBucketArgs["transform"];
}

export interface AccessLogsArgs {
  readonly production: boolean;
  readonly accessLogsExpireAfter: Duration;
  /** Where requests to the bucket of the balancer's own logs are recorded. @default they are not */
  readonly bucketLogs?: SecureBucket;
  readonly transform: PublicBalancerTransform;
}

/** TLS 1.3 and 1.2 with forward secrecy, post-quantum key exchange where the client can: what AWS recommends. */
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/** The bucket that balancers write a line to for each request. Always encrypted with S3's own key: a balancer writes to no other. */
export function createAccessLogs(name: string, args: AccessLogsArgs, parent: Resource): SecureBucket {
  const { partition, region, accountId } = accountOf(parent);
  const balancerWrites = (bucketArn: Output<string>): Statement => ({
    ...allow("BalancerWritesLogs", ["s3:PutObject"], [interpolate`${bucketArn}/AWSLogs/${accountId}/*`], {
      ArnLike: {
        "aws:SourceArn": interpolate`arn:${partition}:elasticloadbalancing:${region}:${accountId}:loadbalancer/*`,
      },
    }),
    Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
  });
  return new SecureBucket(
    `${name}-access-logs`,
    {
      expireAfter: args.accessLogsExpireAfter,
      retainOnDestroy: args.production,
      policy: (bucketArn) => [balancerWrites(bucketArn)],
      ...given({ accessLogs: args.bucketLogs, transform: args.transform.accessLogs }),
    },
    { parent },
  );
}

export function createLoadBalancer(
  name: string,
  args: {
    network: Pick<NetworkIds, "publicSubnetIds" | "balancerSecurityGroupId">;
    production: boolean;
    accessLogs: SecureBucket;
  },
  transform: PublicBalancerTransform,
  parent: Resource,
): lb.LoadBalancer {
  return new lb.LoadBalancer(
    ...transformed<lb.LoadBalancerArgs>(
      transform.balancer,
      name,
      {
        name: regionalName("loadBalancer", name),
        loadBalancerType: "application",
        internal: false,
        subnets: args.network.publicSubnetIds ?? [],
        securityGroups: [args.network.balancerSecurityGroupId],
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "strictest",
        enableDeletionProtection: args.production,
        accessLogs: { bucket: args.accessLogs.bucketName, enabled: true },
        tags: { Name: name },
      },
      // The balancer writes a test object when logging is switched on.
      { parent, dependsOn: [args.accessLogs.nodes.policy], ...keepsName() },
    ),
  );
}

/** HTTPS, which does what is said of it where no rule says otherwise, and HTTP, which sends everybody there. */
export function createListeners(
  name: string,
  args: {
    balancer: lb.LoadBalancer;
    certificateArn: Output<string>;
    otherwise: Input<types.input.lb.ListenerDefaultAction>;
  },
  transform: PublicBalancerTransform,
  parent: Resource,
): { listener: lb.Listener; redirect: lb.Listener } {
  const loadBalancerArn = args.balancer.arn;
  const listener = new lb.Listener(
    ...transformed<lb.ListenerArgs>(
      transform.listener,
      `${name}-https`,
      {
        loadBalancerArn,
        protocol: "HTTPS",
        port: 443,
        sslPolicy: tlsPolicy,
        certificateArn: args.certificateArn,
        defaultActions: [args.otherwise],
      },
      { parent },
    ),
  );
  const redirect = new lb.Listener(
    ...transformed<lb.ListenerArgs>(
      transform.redirect,
      `${name}-http`,
      {
        loadBalancerArn,
        protocol: "HTTP",
        port: 80,
        defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
      },
      { parent },
    ),
  );
  return { listener, redirect };
}

/** Leads a host name to a balancer. */
export function createBalancerRecord(
  name: string,
  args: { zoneId: Output<string>; hostName: string; balancer: lb.LoadBalancer },
  transform: PublicBalancerTransform,
  parent: Resource,
): route53.Record {
  const { zoneId, hostName, balancer } = args;
  return new route53.Record(
    ...transformed<route53.RecordArgs>(
      transform.record,
      name,
      {
        zoneId,
        name: hostName,
        type: "A",
        aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
      },
      { parent },
    ),
  );
}
