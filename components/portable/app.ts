/** A program of the user's own: where its code is, what it is told and may do. */
import type { Input, Resource } from "@pulumi/pulumi";
import { allow, type Statement } from "../base/policy-document.ts";
import { check, rule } from "../base/validate.ts";
import { describe, type OwnServiceArgs, ownServiceRules } from "../bundle/own-service.ts";
import { given, type Service } from "../bundle/service.ts";
import { ServiceBundle } from "../bundle/service-bundle.ts";
import { SecureBucket } from "../storage/secure-bucket.ts";
import { duration, requirePlain, requireSeconds } from "./plain.ts";

/** What a role may do besides reading its own bundle and writing its own log. */
export interface Permission {
  /** Name of the statement, unique in the role: letters and digits. */
  id: string;
  /** Such as `dynamodb:UpdateItem`. */
  actions: string[];
  /** ARNs. */
  resources: Input<Input<string>[]>;
}

/**
 * A Node program of your own. It answers HTTP on `PORT` (and there 200 at its health path), logs to standard output, and ends
 * on SIGTERM.
 */
export interface App {
  /**
   * TypeScript or JavaScript module it starts with, bundled together with what it imports; relative paths are the project's.
   * With `folder`: the JavaScript module in that folder.
   */
  code: string;
  /** A folder that is packed as it is: what a build of your own has made. Default: `code` is bundled. */
  folder?: string;
  /** Data files beside the module: path in the bundle → file or folder of the project. Default: none. */
  assets?: { [path: string]: string };
  /** In the boot manifest and in the names of logs: at most 31 characters. Default: `app`. */
  name?: string;
  /** Variables besides `AWS_REGION` and `PORT`. Default: none. */
  environment?: { [variable: string]: Input<string> };
  /** What it may do besides reading its own bundle and writing its own log. Default: nothing. */
  permissions?: Permission[];
  /** Path that answers 200 while it is fit to work. Default: `/healthz`. */
  healthPath?: string;
  /** Time between SIGTERM and SIGKILL, 1 to 3600 seconds. Default: 30. */
  stopWithinSeconds?: number;
}

const appNameDefault = "app";

/** @throws {ArgumentsError} */
function requireApp(what: string, { name = appNameDefault, environment: _, permissions = [], ...app }: App): void {
  requirePlain(what, Object.fromEntries(Object.entries({ name, ...app }).map(([key, each]) => [`app.${key}`, each])));
  requireSeconds(what, { "app.stopWithinSeconds": app.stopWithinSeconds });
  const ids = permissions.map(({ id }) => id);
  check(
    what,
    permissions.flatMap(({ id, actions }, i) => [
      rule(`app.permissions[${i}].id`, !/^[A-Za-z0-9]+$/.test(id), `"${id}" does not fit: give letters and digits`),
      rule(`app.permissions[${i}].id`, ids.indexOf(id) !== i, `"${id}" is there already; give each a name of its own`),
      rule(`app.permissions[${i}].actions`, actions.length === 0, "is empty; name an action, or omit the permission"),
    ]),
  );
}

/** What the program is told and may do, in the terms of the components. @throws {ArgumentsError} */
export function ownServiceOf(what: string, app: App): OwnServiceArgs {
  requireApp(what, app);
  const { environment, permissions, healthPath, stopWithinSeconds } = app;
  return given({
    environment,
    healthPath,
    stopWithin: duration(stopWithinSeconds),
    permissions: permissions?.map(statementOf),
  });
}

const statementOf = ({ id, actions, resources }: Permission): Statement => ({
  ...allow(id, actions, []),
  Resource: resources,
});

/** The program's bundle, in a bucket of its own. @throws {ArgumentsError} when there is no such code. */
export function bundleOf(
  name: string,
  { code: entry, folder, assets }: App,
  kmsKeyArn: Input<string> | undefined,
  parent: Resource,
): ServiceBundle {
  const bucket = new SecureBucket(`${name}-code`, given({ kmsKeyArn }), { parent });
  return new ServiceBundle(name, { bucket, entry, ...given({ folder, assets }) }, { parent });
}

/** The program as a service of a host. @throws {ArgumentsError} */
export function serviceOf(
  what: string,
  { name = appNameDefault }: App,
  args: OwnServiceArgs,
  { bundle, port }: { readonly bundle: ServiceBundle; readonly port: number },
): Service {
  check(what, ownServiceRules("app.", name, args));
  return describe(name, bundle, port, args);
}
