import type * as lb from "@pulumi/aws/lb/index.js";
import * as route53 from "@pulumi/aws/route53/index.js";
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from "@pulumi/pulumi";
import type { Duration } from "../base/duration.ts";
import type { Transform } from "../base/transform.ts";
import type { NetworkIds } from "../network/network.ts";
import type { SecureBucket } from "../storage/secure-bucket.ts";
import {
  type CertificateNodes,
  type CertificateTransform,
  createDomainCertificate,
  createSelfSignedCertificate,
} from "./certificate.ts";
import type { Balancer, TargetDimensions } from "./existing-balancer.ts";
import {
  createAccessLogs,
  createBalancerRecord,
  createListeners,
  createLoadBalancer,
  type PublicBalancerTransform,
} from "./public-balancer.ts";
import { createTargetGroup } from "./target-group.ts";

/** Where users find the service. */
export interface DomainArgs {
  /** Fully qualified name of the service: `gas.example.org`. */
  readonly name: string;
  /** Route 53 zone that holds it: `example.org`. */
  readonly zone: string;
}

export interface WebBalancerTransform extends CertificateTransform, PublicBalancerTransform {
  readonly targetGroup?: Transform<lb.TargetGroupArgs>;
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
    const { domain, transform } = args;

    const accessLogs = createAccessLogs(name, args, self);
    const balancer = createLoadBalancer(name, { ...args, accessLogs }, transform, self);
    const targetGroup = createTargetGroup(name, args, transform.targetGroup, self);
    const zoneId = domain && route53.getZoneOutput({ name: domain.zone }, parent).zoneId;
    const certificate = createCertificate();
    const { listener, redirect } = createListeners(
      name,
      {
        balancer,
        certificateArn: certificate.arn,
        otherwise: { type: "forward", targetGroupArn: targetGroup.arn },
      },
      transform,
      self,
    );
    const record = createRecord();

    this.url = interpolate`https://${domain?.name ?? balancer.dnsName}`;
    this.arn = balancer.arn;
    this.targetGroupArn = targetGroup.arn;
    this.dimensions = { LoadBalancer: balancer.arnSuffix };
    this.targetDimensions = { LoadBalancer: balancer.arnSuffix, TargetGroup: targetGroup.arnSuffix };
    this.listeners = [listener];
    this.nodes = { balancer, targetGroup, listener, redirect, record, accessLogs, ...certificate.nodes };
    this.registerOutputs({ url: this.url });

    function createCertificate() {
      return domain && zoneId
        ? createDomainCertificate(name, domain.name, zoneId, transform, self)
        : createSelfSignedCertificate(name, balancer.dnsName, transform, self);
    }

    function createRecord(): route53.Record | undefined {
      if (!domain || !zoneId) return undefined;
      return createBalancerRecord(name, { zoneId, hostName: domain.name, balancer }, transform, self);
    }
  }
}
