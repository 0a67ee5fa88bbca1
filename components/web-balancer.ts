import * as lb from "@pulumi/aws/lb/index.js";
import * as route53 from "@pulumi/aws/route53/index.js";
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from "@pulumi/pulumi";
import { accountOf } from "./account.ts";
import {
  type CertificateNodes,
  type CertificateTransform,
  createDomainCertificate,
  createSelfSignedCertificate,
} from "./certificate.ts";
import type { Duration } from "./duration.ts";
import type { Balancer, TargetDimensions } from "./existing-balancer.ts";
import { physicalName } from "./naming.ts";
import type { NetworkIds } from "./network.ts";
import { allow, type Statement } from "./policy-document.ts";
import { SecureBucket, type SecureBucketArgs } from "./secure-bucket.ts";
import { given } from "./service.ts";
import { createTargetGroup } from "./target-group.ts";
import { type Transform, transformed } from "./transform.ts";

/** Where users find the service. */
export interface DomainArgs {
  /** Fully qualified name of the service: `gas.example.org`. */
  readonly name: string;
  /** Route 53 zone that holds it: `example.org`. */
  readonly zone: string;
}

export interface WebBalancerTransform extends CertificateTransform {
  readonly balancer?: Transform<lb.LoadBalancerArgs>;
  readonly targetGroup?: Transform<lb.TargetGroupArgs>;
  readonly listener?: Transform<lb.ListenerArgs>;
  readonly redirect?: Transform<lb.ListenerArgs>;
  readonly record?: Transform<route53.RecordArgs>;
  readonly accessLogs?: SecureBucketArgs["transform"];
}

export interface WebBalancerArgs {
  readonly network: NetworkIds;
  readonly port: Input<number>;
  readonly healthPath: string;
  readonly domain?: DomainArgs;
  readonly production: boolean;
  readonly accessLogsExpireAfter: Duration;
  /** Where requests to the bucket of the balancer's own logs are recorded. @default they are not */
  readonly bucketLogs?: SecureBucket;
  readonly transform: WebBalancerTransform;
}

export interface WebBalancerNodes extends CertificateNodes {
  readonly balancer: lb.LoadBalancer;
  readonly targetGroup: lb.TargetGroup;
  readonly listener: lb.Listener;
  readonly redirect: lb.Listener;
  readonly record: route53.Record | undefined;
  readonly accessLogs: SecureBucket;
}

/** TLS 1.3 and 1.2 with forward secrecy, post-quantum key exchange where the client can: what AWS recommends. */
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/** The public side of a web farm: name, certificate, balancer, its logs, and the group of targets behind it. */
export class WebBalancer extends ComponentResource implements Balancer {
  /** `https://` and the host, without a trailing slash. */
  readonly url: Output<string>;
  readonly arn: Output<string>;
  readonly targetGroupArn: Output<string>;
  readonly dimensions: Readonly<Record<string, Output<string>>>;
  readonly targetDimensions: TargetDimensions;
  readonly listeners: readonly lb.Listener[];
  readonly nodes: WebBalancerNodes;

  constructor(name: string, args: WebBalancerArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:WebBalancer", name, {}, opts);
    const self = this;
    const parent = { parent: self };
    const { network, domain, transform } = args;
    const account = accountOf(self);

    const accessLogs = createAccessLogs();
    const balancer = createBalancer();
    const targetGroup = createTargetGroup(name, args, transform.targetGroup, self);
    const zoneId = domain && route53.getZoneOutput({ name: domain.zone }, parent).zoneId;
    const certificate = createCertificate();
    const listener = createListener();
    const redirect = createRedirect();
    const record = createRecord();

    this.url = interpolate`https://${domain?.name ?? balancer.dnsName}`;
    this.arn = balancer.arn;
    this.targetGroupArn = targetGroup.arn;
    this.dimensions = { LoadBalancer: balancer.arnSuffix };
    this.targetDimensions = { LoadBalancer: balancer.arnSuffix, TargetGroup: targetGroup.arnSuffix };
    this.listeners = [listener];
    this.nodes = { balancer, targetGroup, listener, redirect, record, accessLogs, ...certificate.nodes };
    this.registerOutputs({ url: this.url });

    function createAccessLogs(): SecureBucket {
      return new SecureBucket(
        `${name}-access-logs`,
        {
          expireAfter: args.accessLogsExpireAfter,
          retainOnDestroy: args.production,
          policy: (bucketArn) => [balancerWrites(bucketArn)],
          ...given({ accessLogs: args.bucketLogs, transform: transform.accessLogs }),
        },
        parent,
      );
    }

    function balancerWrites(bucketArn: Output<string>): Statement {
      const { partition, region, accountId } = account;
      return {
        ...allow("BalancerWritesLogs", ["s3:PutObject"], [interpolate`${bucketArn}/AWSLogs/${accountId}/*`], {
          ArnLike: {
            "aws:SourceArn": interpolate`arn:${partition}:elasticloadbalancing:${region}:${accountId}:loadbalancer/*`,
          },
        }),
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      };
    }

    function createBalancer(): lb.LoadBalancer {
      return new lb.LoadBalancer(
        ...transformed<lb.LoadBalancerArgs>(
          transform.balancer,
          name,
          {
            name: physicalName("loadBalancer", name),
            loadBalancerType: "application",
            internal: false,
            subnets: network.publicSubnetIds ?? [],
            securityGroups: [network.balancerSecurityGroupId],
            dropInvalidHeaderFields: true,
            desyncMitigationMode: "strictest",
            enableDeletionProtection: args.production,
            accessLogs: { bucket: accessLogs.bucketName, enabled: true },
            tags: { Name: name },
          },
          // The balancer writes a test object when logging is switched on.
          { ...parent, dependsOn: [accessLogs.nodes.policy] },
        ),
      );
    }

    function createCertificate() {
      return domain && zoneId
        ? createDomainCertificate(name, domain.name, zoneId, transform, self)
        : createSelfSignedCertificate(name, balancer.dnsName, transform, self);
    }

    function createListener(): lb.Listener {
      return new lb.Listener(
        ...transformed<lb.ListenerArgs>(
          transform.listener,
          `${name}-https`,
          {
            loadBalancerArn: balancer.arn,
            protocol: "HTTPS",
            port: 443,
            sslPolicy: tlsPolicy,
            certificateArn: certificate.arn,
            defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
          },
          parent,
        ),
      );
    }

    function createRedirect(): lb.Listener {
      return new lb.Listener(
        ...transformed<lb.ListenerArgs>(
          transform.redirect,
          `${name}-http`,
          {
            loadBalancerArn: balancer.arn,
            protocol: "HTTP",
            port: 80,
            defaultActions: [
              { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
            ],
          },
          parent,
        ),
      );
    }

    function createRecord(): route53.Record | undefined {
      if (!domain || !zoneId) return undefined;
      return new route53.Record(
        ...transformed<route53.RecordArgs>(
          transform.record,
          name,
          {
            zoneId,
            name: domain.name,
            type: "A",
            aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
          },
          parent,
        ),
      );
    }
  }
}
