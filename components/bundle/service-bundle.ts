import { existsSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import * as s3 from "@pulumi/aws/s3/index.js";
import {
  asset,
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Output,
} from "@pulumi/pulumi";
import { type Transform, transformed } from "../base/transform.ts";
import { check, rule } from "../base/validate.ts";
import type { BucketIds } from "../storage/job-places.ts";
import { bundleEntry, packBundle, packFolder, projectRoot } from "./bundle-file.ts";

/** What a bundle is made of. */
export interface ServiceBundleArgs {
  /** Bucket that keeps the bundle. */
  readonly bucket: BucketIds;
  /**
   * TypeScript or JavaScript module with which the service starts, bundled with what it imports; relative paths are the
   * program's project's. With `folder`: the JavaScript module in that folder.
   */
  readonly entry: string;
  /**
   * A folder that is packed as it is: what a build of your own has made, with its `node_modules` where something in them cannot
   * be bundled.
   * @default `entry` is bundled
   */
  readonly folder?: string;
  /** Data files: path beside the entry → file or folder of the project. @default none */
  readonly assets?: Readonly<Record<string, string>>;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: { readonly object?: Transform<s3.BucketObjectv2Args> };
}

/**
 * A service's code as one compressed file in S3, named after its hash. Code is named by path, so that a deployment never
 * loads what it deploys.
 */
export class ServiceBundle extends ComponentResource {
  /** Bucket that keeps it. */
  readonly bucketName: Output<string>;
  /** Its key there. */
  readonly key: Output<string>;
  /** Module that is started, by its path in the bundle. */
  readonly entry: string;
  /** Of the compressed file, hex. */
  readonly sha256: string;
  /** Pattern of the ARNs of all versions of this bundle: a group that rolls back boots instances with the one before. */
  readonly objectArns: Output<string>;
  /** The key of its bucket, which whoever reads it needs; undefined: S3's own. */
  readonly kmsKeyArn: Input<string> | undefined;
  /** The raw resources. */
  readonly nodes: { readonly object: s3.BucketObjectv2 };

  constructor(name: string, args: ServiceBundleArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:ServiceBundle", name, {}, opts);
    const { entry, folder, assets } = normalise();
    const { file, sha256 } = folder === undefined ? packBundle(name, entry, assets) : packFolder(name, folder, assets);
    const object = upload(this);

    this.bucketName = object.bucket;
    this.key = object.key;
    this.entry = folder === undefined ? bundleEntry : relative(folder, entry).split(sep).join("/");
    this.sha256 = sha256;
    this.objectArns = interpolate`${args.bucket.arn}/${bundleKey(name, "*")}`;
    this.kmsKeyArn = args.bucket.kmsKeyArn;
    this.nodes = { object };
    this.registerOutputs({ key: this.key, sha256 });

    function normalise() {
      const folder = args.folder === undefined ? undefined : resolve(projectRoot, args.folder);
      const entry = resolve(folder ?? projectRoot, args.entry);
      const assets = Object.entries(args.assets ?? {}).map(([to, from]) => [to, resolve(projectRoot, from)] as const);
      check(`ServiceBundle ${name}`, [
        rule(
          "entry",
          folder !== undefined && relative(folder, entry).startsWith(".."),
          `${args.entry} is outside ${folder}; name a module in it`,
        ),
        rule("entry", !existsSync(entry), `there is no ${entry}; name the module the service starts with`),
        ...assets.map(([to, from]) => rule(`assets.${to}`, !existsSync(from), `there is no ${from} to bundle`)),
      ]);
      return { entry, folder, assets };
    }

    function upload(self: ServiceBundle): s3.BucketObjectv2 {
      return new s3.BucketObjectv2(
        ...transformed(
          args.transform?.object,
          name,
          {
            bucket: args.bucket.bucketName,
            key: bundleKey(name, sha256),
            source: new asset.FileAsset(file),
            sourceHash: sha256,
            contentType: "application/gzip",
          },
          // The version before stays: instances still boot with it while a group rolls, and when it rolls back.
          { parent: self, retainOnDelete: true },
        ),
      );
    }
  }
}

const bundleKey = (name: string, version: string) => `bundles/${name}/${version.slice(0, 16)}.tgz`;
