/**
 * Boot manifest: what an instance needs to know to become a member of its farm. It stands in the launch template's user
 * data; cloud-init and systemd act on it in EC2, the local runner acts on it here. It holds names and references only:
 * secrets are read by the service itself, from the parameters its environment names.
 */
import * as z from "zod";
import { bootManifestBegin, bootManifestEnd } from "./boot-place.ts";
import { serviceNames } from "./environment.ts";

const bootServiceSchema = z.object({
  /** Built-in services by name; other names are somebody's own program. */
  name: z.enum(serviceNames).or(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/)),
  /** gzip-compressed tar in S3, checked against `sha256` (hex) before it is unpacked. */
  bundle: z.object({ bucket: z.string(), key: z.string(), sha256: z.string().length(64) }),
  /** Module started with `node`, relative to the bundle's root. */
  entry: z.string(),
  environment: z.record(z.string(), z.string()),
  /** TCP port the service answers on; also given to it as `PORT`. */
  port: z.number().int().min(1).max(65535),
  /** Path that answers 200 while the service is fit to work. */
  healthPath: z.string().startsWith("/"),
  /** Role the service assumes from the instance's own; omitted: the instance profile's role itself. */
  roleArn: z.string().optional(),
  /** Seconds between SIGTERM and SIGKILL. */
  stopSeconds: z.number().int().positive(),
});

const bootManifestSchema = z.object({
  version: z.literal(1),
  region: z.string(),
  /** CloudWatch log group; each service writes a stream `<instance id>/<service>`. */
  logGroup: z.string(),
  services: z.array(bootServiceSchema).min(1),
  /**
   * Launch hook that holds the instance back until its boot completes it: CONTINUE once every service is healthy, ABANDON when
   * that is not so within `seconds`. Omitted: the group has none, and the instance is in service as soon as EC2 runs it.
   */
  launchHook: z.object({ group: z.string(), name: z.string(), seconds: z.number().int().positive() }).optional(),
  /**
   * The instance may wait in a warm pool before it serves. Its boot then completes the launch hook twice: CONTINUE once everything is
   * installed, on the way into the pool; and again, once every service is healthy, on the way into service. In between its services do
   * not run. Omitted: the group has no pool.
   */
  warmPool: z.literal(true).optional(),
});
export type BootManifest = z.output<typeof bootManifestSchema>;
export type BootService = z.output<typeof bootServiceSchema>;

/**
 * The manifest inside plain (already base64-decoded) user data.
 *
 * @throws {Error} when the markers are missing or what stands between them is not a manifest; the message says which.
 */
export function readBootManifest(userData: string): BootManifest {
  const begin = userData.indexOf(bootManifestBegin);
  const end = begin < 0 ? -1 : userData.indexOf(`\n${bootManifestEnd}\n`, begin);
  if (begin < 0 || end < 0) {
    throw new Error(`user data has no boot manifest (looked for a here-document ${bootManifestBegin})`);
  }
  const text = userData.slice(begin + bootManifestBegin.length, end).trim();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error("boot manifest in user data is not JSON", { cause });
  }
  const parsed = bootManifestSchema.safeParse(json);
  if (!parsed.success) throw new Error(`boot manifest in user data: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
