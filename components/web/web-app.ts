/** A web farm's program when it is somebody's own. */
import type { Input, Resource } from "@pulumi/pulumi";
import { type MaybeMistake, rule } from "../base/validate.ts";
import { describe, type OwnServiceArgs, ownServiceRules } from "../bundle/own-service.ts";
import { given, type Service } from "../bundle/service.ts";
import { ServiceBundle, type ServiceBundleArgs } from "../bundle/service-bundle.ts";
import { SecureBucket, type SecureBucketArgs } from "../storage/secure-bucket.ts";

/**
 * A Node program of your own. It answers HTTP on `PORT` (and there 200 at its health path), logs to standard output, and ends
 * on SIGTERM.
 */
export interface AppArgs extends OwnServiceArgs {
  /**
   * TypeScript or JavaScript module it starts with, bundled together with what it imports; relative paths are the program's
   * project's. Or a `ServiceBundle` of your own.
   */
  readonly code: string | ServiceBundle;
  /** Data files beside the module, for `code` that is a module: path in the bundle → file or folder. @default none */
  readonly assets?: Readonly<Record<string, string>>;
  /** In the boot manifest and in the names of logs: at most 31 characters. @default "app" */
  readonly name?: string;
}

export interface AppTransform {
  readonly bundle?: ServiceBundleArgs["transform"];
  /** Of the bucket that keeps the bundle. */
  readonly code?: SecureBucketArgs["transform"];
}

const nameDefault = "app";

/** What the arguments may be. */
export function appRules(app: AppArgs): MaybeMistake[] {
  return [
    ...ownServiceRules("app.", app.name ?? nameDefault, app),
    rule(
      "app.assets",
      app.assets !== undefined && typeof app.code !== "string",
      "a bundle of your own has its own assets; give them to it",
    ),
  ];
}

/** The app's bundle, and the bucket for it unless it brings its own. */
export function createAppBundle(
  name: string,
  app: AppArgs,
  { transform, kmsKeyArn }: { transform: AppTransform; kmsKeyArn: Input<string> | undefined },
  parent: Resource,
): { bundle: ServiceBundle; code: SecureBucket | undefined } {
  if (typeof app.code !== "string") return { bundle: app.code, code: undefined };
  const code = new SecureBucket(`${name}-code`, { ...given({ transform: transform.code, kmsKeyArn }) }, { parent });
  const bundle = new ServiceBundle(
    name,
    { bucket: code, entry: app.code, ...given({ assets: app.assets, transform: transform.bundle }) },
    { parent },
  );
  return { bundle, code };
}

export const declareApp = (app: AppArgs, bundle: ServiceBundle, port: Service["port"]): Service =>
  describe(app.name ?? nameDefault, bundle, port, app);
