// A program with one of each: nested components, secrets, assets, explicit and implied dependencies, a call, exports.

import { getRegionOutput } from "@pulumi/aws/getRegion.js";
import * as s3 from "@pulumi/aws/s3/index.js";
import * as sqs from "@pulumi/aws/sqs/index.js";
import { asset, ComponentResource, type ComponentResourceOptions, Config, secret } from "@pulumi/pulumi";

const config = new Config();

class Inner extends ComponentResource {
  readonly queue: sqs.Queue;
  constructor(name: string, options: ComponentResourceOptions) {
    super("test:index:Inner", name, {}, options);
    this.queue = new sqs.Queue(`${name}-queue`, { name: `${name}-jobs` }, { parent: this, protect: true });
    this.registerOutputs({ url: this.queue.url });
  }
}

class Outer extends ComponentResource {
  readonly inner: Inner;
  constructor(name: string) {
    super("test:index:Outer", name);
    this.inner = new Inner(`${name}-inner`, { parent: this });
    this.registerOutputs({});
  }
}

const outer = new Outer("farm");
const bucket = new s3.Bucket("results", { bucket: `${config.require("owner")}-results` });
const late = new Promise<string>((resolve) => setImmediate(resolve, "late.txt"));
const object = new s3.BucketObjectv2(
  "bundle",
  {
    bucket: bucket.bucket,
    key: late,
    source: new asset.FileAsset(late.then((file) => `./${file}`)),
    tags: { password: config.requireSecret("password"), other: secret("hidden") },
  },
  { dependsOn: outer },
);
console.log("the program speaks");

export const days = config.requireNumber("retentionDays");
export const queueUrl = outer.inner.queue.url;
export const etag = object.etag;
export const team = config.requireObject<{ team: string }>("tags").team;
export const region = getRegionOutput().region;
