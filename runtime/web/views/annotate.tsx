import { fileLimits, recordLimits, wholeUploadBytesMax } from "../../contract/limits.ts";
import type { User } from "../../contract/user.ts";
import { AnnotatedWith } from "./annotation.tsx";
import { UploadIcon } from "./art.tsx";
import { formatBytes, formatCount } from "./format.ts";
import { PlainUploadBegin } from "./plain-upload.tsx";

interface AnnotateView {
  readonly user: User;
  /** Of a file. */
  readonly bytesMax: number;
  /** Address of a small file to try. */
  readonly example: string;
}

/** What the plan takes. */
function Heading({ free, bytesMax }: { readonly free: boolean; readonly bytesMax: number }) {
  const { uncompressedBytesMax, resultBytesMax } = fileLimits(bytesMax);
  return (
    <hgroup>
      <h1>Annotate a file</h1>
      <p>
        Up to {formatBytes(bytesMax)} on your plan. {free && <a href="/subscribe">Premium takes larger files.</a>}
      </p>
      <p class="faint">
        Decompressed up to {formatBytes(uncompressedBytesMax)}, the result up to {formatBytes(resultBytesMax)}; a record
        up to {formatBytes(recordLimits.bytes)} and {formatCount(recordLimits.alleles)} alleles. Positions are taken as
        GRCh38 unless the header says otherwise.
      </p>
    </hgroup>
  );
}

/** The upload form. Its script reads the limit from the form, so that size is judged before anything is sent. */
export function Annotate({ user, bytesMax, example }: AnnotateView) {
  const free = user.role === "free_user";
  return (
    <>
      <Heading free={free} bytesMax={bytesMax} />
      <form
        id="upload"
        class="upload"
        data-bytes-max={bytesMax}
        data-whole-bytes-max={wholeUploadBytesMax}
        data-free={free ? "yes" : "no"}
      >
        <label class="drop" for="file">
          <UploadIcon />
          <strong id="chosen">Drop VCF files here, or choose them</strong>
          <small id="hint">.vcf, .vcf.gz or .vcf.bgz</small>
          <input id="file" type="file" accept=".vcf,.gz,.bgz" multiple required aria-describedby="hint message" />
        </label>
        <div id="other" class="other" hidden>
          <button type="button" id="example" class="secondary outline" data-address={example}>
            Try an example
          </button>
          <details>
            <summary>Paste VCF text</summary>
            <label for="pasted">Text of a VCF file, header and records, with its tabs</label>
            <textarea id="pasted" rows={8} spellcheck={false} aria-describedby="pasted-help" />
            <small id="pasted-help">It is submitted as pasted.vcf.</small>
          </details>
        </div>
        <ul id="files" />
        <section id="previews" class="previews" aria-label="What the files hold" aria-live="polite" hidden />
        <p id="message" class="message" role="alert" hidden />
        <div id="sending" hidden>
          <label for="bar">
            Uploading <output id="which" /> <output id="percent">0 %</output>
          </label>
          <progress id="bar" max="100" value="0" />
        </div>
        <div class="actions">
          <button type="submit" id="send">
            Annotate
          </button>
          <button type="button" id="stop" class="secondary outline" hidden>
            Stop the upload
          </button>
        </div>
      </form>
      <noscript>
        <PlainUploadBegin />
        <p>
          <a href={example} download="example.vcf">
            Download an example to try
          </a>
        </p>
      </noscript>
      <section aria-labelledby="annotated">
        <h2 id="annotated">What is annotated, and what is not</h2>
        <AnnotatedWith />
      </section>
    </>
  );
}
