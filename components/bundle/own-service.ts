import type { Input } from "@pulumi/pulumi";
import { type Duration, seconds } from "../base/duration.ts";
import type { Statement } from "../base/policy-document.ts";
import { check, form, type MaybeMistake, range, rule, within } from "../base/validate.ts";
import { healthPath, type Service } from "./service.ts";
import type { ServiceBundle } from "./service-bundle.ts";

/** What a program of your own is told and may do. */
export interface OwnServiceArgs {
  /** Variables besides `AWS_REGION` and `PORT`, which the group that runs it adds. @default none */
  readonly environment?: Readonly<Record<string, Input<string>>>;
  /**
   * Statements of its role's policy, beside reading its own bundle and writing its own log; `allow` makes one.
   * @default none
   */
  readonly permissions?: readonly Statement[];
  /** Path that answers 200 while it is fit to work. @default "/healthz" */
  readonly healthPath?: string;
  /** Time between SIGTERM and SIGKILL, 1 s to 1 hour. @default 30 seconds */
  readonly stopWithin?: Duration;
}

const reserved = ["AWS_REGION", "PORT"];

/** What the arguments may be; `under` is how their writer knows them: `app.`, or nothing. */
export function ownServiceRules(under: string, name: string, args: OwnServiceArgs): MaybeMistake[] {
  return [
    form(
      `${under}name`,
      name,
      /^[a-z][a-z0-9-]{0,30}$/,
      "at most 31 lower-case letters, digits and hyphens, a letter first",
    ),
    ...Object.keys(args.environment ?? {}).flatMap((variable) => [
      form(`${under}environment.${variable}`, variable, /^[A-Za-z_][A-Za-z0-9_]*$/, "letters, digits and underscores"),
      rule(`${under}environment.${variable}`, reserved.includes(variable), "is set by the group; leave it out"),
    ]),
    form(`${under}healthPath`, args.healthPath, /^\/[^\s?#]*$/, "a path such as /healthz"),
    within(`${under}stopWithin`, args.stopWithin, { min: seconds(1), max: seconds(3600) }),
  ];
}

/**
 * A program of your own for a `ScaledGroup` or a `UtilityHost` to run. It answers HTTP on `PORT` (and there 200 at its health
 * path), logs to standard output, and ends on SIGTERM.
 *
 * @param name in the manifest, in logs and in the name of its unit: at most 31 characters.
 * @throws {ArgumentsError}
 */
export function ownService(
  name: string,
  args: OwnServiceArgs & {
    readonly bundle: ServiceBundle /** 1024 to 65,535; each program of a host has its own. */;
    readonly port: number;
  },
): Service {
  check(`service ${name}`, [
    ...ownServiceRules("", name, args),
    range("port", args.port, { min: 1024, max: 65_535, unit: "port numbers" }),
  ]);
  return describe(name, args.bundle, args.port, args);
}

/** As declared by a component that has checked its arguments. */
export function describe(name: string, bundle: ServiceBundle, port: Input<number>, args: OwnServiceArgs): Service {
  return {
    name,
    bundle,
    port,
    environment: args.environment ?? {},
    permissions: args.permissions ?? [],
    healthPath: args.healthPath ?? healthPath,
    stopSeconds: (args.stopWithin ?? seconds(30)).toSeconds(),
  };
}
