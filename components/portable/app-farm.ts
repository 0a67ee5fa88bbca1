import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { given } from "../bundle/service.ts";
import { WebFarm as Component } from "../web/web-farm.ts";
import { type App, bundleOf, ownServiceOf } from "./app.ts";
import { requirePlain } from "./plain.ts";
import { baseOf, type WebFarmBaseArgs } from "./web-farm.ts";

export interface AppFarmArgs extends WebFarmBaseArgs {
  /** The program that the farm serves. */
  app: App;
}

/** A program of your own behind a balancer that speaks TLS, on instances that grow with the load. */
export class AppFarm extends ComponentResource {
  /** Origin users see, without a trailing slash. */
  readonly url: Output<string>;
  /** Auto Scaling group. */
  readonly groupName: Output<string>;
  /** ARN of the balancer. */
  readonly balancerArn: Output<string>;
  /** The balancer's own name. */
  readonly balancerDnsName: Output<string>;

  constructor(name: string, args: AppFarmArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:AppFarm", name, {}, opts);
    const what = `AppFarm ${name}`;
    const { app, network, publicUrl, imageId, kmsKeyArn, alarmActions, ...plain } = args;
    requirePlain(what, { app, ...plain });
    const base = baseOf(what, args);
    const own = ownServiceOf(what, app);
    const code = bundleOf(name, app, kmsKeyArn, this);
    const farm = new Component(
      name,
      { ...base, app: { ...own, code, ...given({ name: app.name }) } },
      { parent: this },
    );
    this.url = farm.url;
    this.groupName = farm.groupName;
    this.balancerArn = farm.balancerArn;
    this.balancerDnsName = farm.balancerDnsName;
    this.registerOutputs({
      url: this.url,
      groupName: this.groupName,
      balancerArn: this.balancerArn,
      balancerDnsName: this.balancerDnsName,
    });
  }
}
