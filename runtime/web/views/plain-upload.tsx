/** Uploading without scripts: first the file's name, then a form that goes straight to the storage, as the script's does. */
import type { WebConfig } from "../config.ts";
import type { UploadOffer } from "../submissions.ts";
import { Field } from "./field.tsx";
import { formatBytes, formatDuration } from "./format.ts";

/** Asks for the name: the storage takes a file only under the key that it was promised. */
export function PlainUploadBegin() {
  return (
    <form method="get" action="/annotate/plain">
      <p class="message">
        Without JavaScript you see no progress while a file is uploaded. Everything else is the same.
      </p>
      <Field
        name="file_name"
        label="Name of the file"
        value=""
        error={undefined}
        hint="As it stands on your disk; it ends in .vcf, .vcf.gz or .vcf.bgz."
        required
      />
      <button type="submit">Go on</button>
    </form>
  );
}

export interface PlainUploadView {
  readonly fileName: string;
  readonly offer: Pick<UploadOffer, "url" | "fields">;
  readonly seconds: number;
  readonly bytesMax: WebConfig["inputBytesMax"]["free_user"];
}

export function PlainUpload({ fileName, offer, seconds, bytesMax }: PlainUploadView) {
  return (
    <>
      <p class="crumb">
        <a href="/annotate">Annotate a file</a>
      </p>
      <h1 class="file">Upload {fileName}</h1>
      <p>
        Choose this file and send it within {formatDuration(seconds)}. It may have up to {formatBytes(bytesMax)}; the
        storage refuses more, with a message of its own: then go back. Wait until the job’s page opens.
      </p>
      <form method="post" action={offer.url} enctype="multipart/form-data">
        {Object.entries(offer.fields).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <div class="field">
          <label for="file">File</label>
          {/* The storage ignores whatever follows it. */}
          <input id="file" name="file" type="file" accept=".vcf,.gz,.bgz" required aria-describedby="file-hint" />
          <small id="file-hint">The one that you named.</small>
        </div>
        <button type="submit">Annotate</button>
      </form>
      <p class="faint">
        Too late? <a href={`/annotate/plain?${new URLSearchParams({ file_name: fileName })}`}>Get a fresh form.</a>
      </p>
    </>
  );
}
