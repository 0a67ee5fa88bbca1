import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ArchiveStoreKind } from "../contract/storage.ts";
import type { ArchiveStore, ObjectRef, Probed } from "../jobs/ports.ts";
import { type AwsSettings, createGlacierClient } from "./clients.ts";
import { createS3Archive } from "./s3-archive.ts";
import { createVaultArchive } from "./vault-archive.ts";

/** The stack's archive store. `name` is a vault's or a bucket's; `read` reads what a vault is given to keep. */
export function createArchive(options: {
  kind: ArchiveStoreKind;
  name: string;
  s3: S3Client;
  read: (source: ObjectRef) => Promise<Readable>;
  settings?: AwsSettings;
}): ArchiveStore & Probed {
  const { kind, name, s3, read, settings } = options;
  return kind === "s3"
    ? createS3Archive({ client: s3, bucket: name })
    : createVaultArchive({ client: createGlacierClient(settings), vault: name, read });
}
