import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import { all, ComponentResource, type ComponentResourceOptions, jsonStringify, type Output } from "@pulumi/pulumi";
import { accountOf } from "../base/account.ts";
import { globalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, rule } from "../base/validate.ts";
import type { AnnotatorFarm } from "../pipelines/annotator-farm.ts";
import type { WorkerQueue } from "../pipelines/worker-queue.ts";
import type { WebFarm } from "../web/web-farm.ts";
import { loadPlots } from "./dashboard-expressions.ts";
import { annotatorWidgets, deadLetterWidget, laidOut, webWidgets } from "./dashboard-widgets.ts";

/** What a dashboard shows. */
export interface DashboardArgs {
  /** Rows on load, latency, failures, instances and alarms of the pages. @default none */
  readonly web?: WebFarm;
  /** Rows on jobs sent, backlog, instances and alarms of the workers. @default none */
  readonly annotator?: AnnotatorFarm;
  /** Queues whose dead letters are shown on one plot. @default none */
  readonly queues?: readonly WorkerQueue[];
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: { readonly dashboard?: Transform<cloudwatch.DashboardArgs> };
}

/** What a load test's report shows, in CloudWatch: load, answers, instances and alarms above one another on one axis of time. */
export class Dashboard extends ComponentResource {
  /** Where the dashboard is seen. */
  readonly url: Output<string>;
  /** The raw resources. */
  readonly nodes: { readonly dashboard: cloudwatch.Dashboard };

  constructor(name: string, args: DashboardArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:Dashboard", name, {}, opts);
    const { web, annotator, queues = [] } = args;
    check(`Dashboard ${name}`, [
      rule(
        "web",
        web === undefined && annotator === undefined && queues.length === 0,
        "is omitted, and so is everything else: give a farm or queues to show",
      ),
    ]);
    const { region } = accountOf(this);
    const dashboardName = globalName("dashboard", name, this);
    const widgets = laidOut([
      ...(web === undefined ? [] : [...webWidgets(web, region), ...loadPlots("Web", web, region)]),
      ...(annotator === undefined
        ? []
        : [...annotatorWidgets(annotator, region), ...loadPlots("Annotator", annotator, region)]),
      ...(queues.length === 0 ? [] : [deadLetterWidget(queues, region)]),
    ]);
    const dashboard = new cloudwatch.Dashboard(
      ...transformed(
        args.transform?.dashboard,
        name,
        { dashboardName, dashboardBody: jsonStringify({ periodOverride: "inherit", widgets }) },
        { parent: this },
      ),
    );
    this.url = all([region, dashboardName]).apply(
      ([where, dashboard]) =>
        `https://${where}.console.aws.amazon.com/cloudwatch/home?region=${where}#dashboards/dashboard/${dashboard}`,
    );
    this.nodes = { dashboard };
    this.registerOutputs({ url: this.url });
  }
}
