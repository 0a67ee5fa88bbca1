/** Reference data of one's own for the built-in annotator: what `annofarm reference build` has made, put where workers find it. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import * as s3 from "@pulumi/aws/s3/index.js";
import { asset, type Input, interpolate, type Resource } from "@pulumi/pulumi";
import { indexFile, manifestFile, referenceKey } from "../../runtime/contract/reference.ts";
import { allow, type Statement } from "../base/policy-document.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { type MaybeMistake, rule } from "../base/validate.ts";
import { projectRoot } from "../bundle/bundle-file.ts";
import type { BucketIds } from "../storage/job-places.ts";

/** What the manifest says of the index. */
interface IndexOnDisk {
  readonly bytes: number;
  readonly sha256: string;
}

const pathOf = (directory: string, file: string) => join(resolve(projectRoot, directory), file);

/** Undefined: the directory has no manifest, or one of something else. */
function readIndex(directory: string): IndexOnDisk | undefined {
  try {
    const { index } = JSON.parse(readFileSync(pathOf(directory, manifestFile), "utf8")) as { index: IndexOnDisk };
    return Number.isSafeInteger(index.bytes) && /^[0-9a-f]{64}$/.test(index.sha256) ? index : undefined;
  } catch {
    return undefined;
  }
}

/** @param directory of a reference, relative to the program's project; omitted: the built-in data. */
export function referenceRules(path: string, directory: string | undefined): MaybeMistake[] {
  if (directory === undefined) return [];
  const index = readIndex(directory);
  const file = pathOf(directory, indexFile);
  const bytes = existsSync(file) ? statSync(file).size : undefined;
  return [
    rule(
      path,
      index === undefined,
      `${directory} has no ${manifestFile} of a reference; make one with annofarm reference build`,
    ),
    rule(
      path,
      index !== undefined && bytes !== index.bytes,
      `${file} has ${bytes ?? "no"} bytes and its manifest says ${index?.bytes}; copy both, or make the reference again`,
    ),
  ];
}

export interface ReferenceData {
  readonly object: s3.BucketObjectv2;
  readonly environment: { readonly REFERENCE_BUCKET: Input<string>; readonly REFERENCE_SHA256: string };
  readonly permissions: readonly Statement[];
}

/** @param directory in order, as `referenceRules` says; omitted: nothing is uploaded. */
export function uploadReference(
  name: string,
  directory: string | undefined,
  bucket: BucketIds,
  transform: Transform<s3.BucketObjectv2Args> | undefined,
  parent: Resource,
): ReferenceData | undefined {
  if (directory === undefined) return undefined;
  const { sha256 } = readIndex(directory) as IndexOnDisk;
  const object = new s3.BucketObjectv2(
    ...transformed(
      transform,
      name,
      {
        bucket: bucket.bucketName,
        key: referenceKey(sha256),
        source: new asset.FileAsset(pathOf(directory, indexFile)),
        sourceHash: sha256,
        contentType: "application/octet-stream",
      },
      // The version before stays: instances still read it while a group rolls, and when it rolls back.
      { parent, retainOnDelete: true },
    ),
  );
  return {
    object,
    // Of the object, so that instances start once it is there.
    environment: { REFERENCE_BUCKET: object.bucket, REFERENCE_SHA256: sha256 },
    permissions: [allow("ReadReference", ["s3:GetObject"], [interpolate`${bucket.arn}/${referenceKey("*")}`])],
  };
}
