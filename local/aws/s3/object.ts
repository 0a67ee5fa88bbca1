import { open, readFile, readlink } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { confinement } from "../../../plan/program/confinement.ts";
import { type Context, type Handler, handler, ifThere, type State } from "../../resources/handler.ts";
import { defined, type Tags } from "../../resources/shape.ts";

interface ObjectInputs {
  readonly bucket: string;
  readonly key: string;
  /** As a plan holds an asset. */
  readonly source?: { readonly asset: string; readonly path?: string; readonly text?: string };
  readonly content?: string;
  readonly contentBase64?: string;
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly tags?: Tags;
}

/** A program that is not trusted names no file but its own: the runner may read more than the program may. */
async function readAsset(path: string): Promise<Buffer> {
  const confined = confinement();
  if (confined === undefined) return readFile(path);
  const file = await open(path);
  try {
    // Of what has been opened, not of the name: the program could change what the name leads to in between.
    const real = await readlink(`/proc/self/fd/${file.fd}`);
    if (!real.startsWith(confined.files + sep))
      throw new Error(`${path} is outside the program's folder ${confined.files}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function bodyOf(inputs: ObjectInputs, { projectDirectory }: Context) {
  const { source, content, contentBase64 } = inputs;
  if (source?.asset === "file" && source.path !== undefined) {
    return { Body: await readAsset(resolve(projectDirectory, source.path)) };
  }
  if (source?.asset === "text") return { Body: source.text ?? "" };
  if (source !== undefined) throw new Error(`an object of ${source.asset} assets cannot be made here; use a FileAsset`);
  return { Body: contentBase64 === undefined ? (content ?? "") : Buffer.from(contentBase64, "base64") };
}

async function put(inputs: ObjectInputs, context: Context): Promise<State> {
  const { bucket, key } = inputs;
  const { ETag, VersionId } = await context.client(S3Client).send(
    new PutObjectCommand(
      defined({
        Bucket: bucket,
        Key: key,
        ContentType: inputs.contentType,
        CacheControl: inputs.cacheControl,
        Tagging: inputs.tags && new URLSearchParams({ ...inputs.tags }).toString(),
        ...(await bodyOf(inputs, context)),
      }),
    ),
  );
  return stateOf(bucket, key, ETag, VersionId);
}

function stateOf(bucket: string, key: string, etag: string | undefined, versionId: string | undefined): State {
  const outputs = { bucket, key, etag: etag?.replaceAll('"', ""), versionId, arn: `arn:aws:s3:::${bucket}/${key}` };
  return { id: `${bucket}/${key}`, outputs: defined(outputs) };
}

function splitId(id: string): { bucket: string; key: string } {
  const slash = id.indexOf("/");
  return { bucket: id.slice(0, slash), key: id.slice(slash + 1) };
}

export const bucketObject: Handler = handler<ObjectInputs>({
  create: put,
  async read({ id }, { client }) {
    const { bucket, key } = splitId(id);
    const found = await ifThere(client(S3Client).send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    return found && stateOf(bucket, key, found.ETag, found.VersionId);
  },
  update: (_existing, inputs, context) => put(inputs, context),
  async delete({ id }, { client }) {
    const { bucket, key } = splitId(id);
    await ifThere(client(S3Client).send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
  },
});
