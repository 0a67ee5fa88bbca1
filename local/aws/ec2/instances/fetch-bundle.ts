import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Gateway } from "../../../types.ts";
import type { BundleSource, FetchBundle } from "./bundles.ts";

/**
 * Fetches bundles as the instance does in EC2: through the gateway, by the role of its profile. `check` asks whether the role
 * may read a bundle that is at hand already: what AWS would refuse is not hidden by the cache.
 */
export function bundleReader(gateway: Pick<Gateway, "endpoint" | "credentialsFor">, region: string, roleArn: string) {
  const s3 = new S3Client({
    endpoint: gateway.endpoint,
    region,
    forcePathStyle: true,
    credentials: async () => {
      const { expiration, ...credentials } = gateway.credentialsFor(roleArn);
      return { ...credentials, expiration: new Date(expiration) };
    },
  });

  async function as<T>(source: BundleSource, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      throw new Error(`${roleArn} cannot read bundle s3://${source.bucket}/${source.key} (${why})`, { cause });
    }
  }

  const fetch: FetchBundle = (source) =>
    as(source, async () => {
      const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: source.bucket, Key: source.key }));
      return body as NodeJS.ReadableStream;
    });
  return {
    fetch,
    async check(source: BundleSource): Promise<void> {
      await as(source, () => s3.send(new HeadObjectCommand({ Bucket: source.bucket, Key: source.key })));
    },
    destroy: () => s3.destroy(),
  };
}
