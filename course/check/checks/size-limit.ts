/** The size limit of the free plan: on the page, at S3, and through the API. */
import * as z from "zod";
import type { StorageAnswer, UploadForm } from "../stage/person.ts";
import { apiOf, personOf } from "../stage/scenes.ts";
import type { Stage } from "../stage/stage.ts";
import { largeVcf, smallVcf } from "../stage/vcf.ts";
import { check, type Part, part } from "./check.ts";

const limit = z
  .number("bytes of the limit")
  .int("a whole number")
  .min(1_000, "1000 or more")
  .max(100_000_000, "100000000 or less")
  .default(153_600);
const parameters = z.strictObject({ bytes: limit });

export const sizeOnPage = check({
  about: "The page offers a free user no upload beyond the limit, and leads to the premium plan; within it, it does.",
  needs: ["sign-in"],
  parameters,
  async run(stage, { bytes }) {
    const { person } = await personOf(stage, "free");
    const refused = await person.askForUpload("too-large.vcf", bytes * 2);
    const just = await person.askForUpload("just-too-large.vcf", bytes + 1);
    const within = await person.askForUpload("fits.vcf", bytes - 10_000);
    const to = "redirect" in refused ? refused.redirect : "an upload form";
    const over = (size: number) => `a file of ${size} bytes is refused, and the user is led to /subscribe`;
    return [
      part(over(bytes * 2), to.startsWith("/subscribe"), to),
      part(over(bytes + 1), "redirect" in just && just.redirect.startsWith("/subscribe"), "an upload form"),
      part(`a file of ${bytes - 10_000} bytes is offered an upload`, !("redirect" in within), "it is refused"),
    ];
  },
});

async function formFor(stage: Stage, bytes: number): Promise<UploadForm> {
  const { person } = await personOf(stage, "free");
  const form = await person.askForUpload("small.vcf", bytes);
  if ("redirect" in form) throw new Error(`an upload of ${bytes} bytes is refused`);
  return form;
}

const stored = ({ status }: StorageAnswer) => status >= 200 && status < 400;

/** The form with its policy changed to allow what it forbids; the signature is of the one before. */
function loosened({ url, fields }: UploadForm): UploadForm {
  const policy = JSON.parse(Buffer.from(fields.Policy ?? fields.policy ?? "e30=", "base64").toString("utf8"));
  const conditions = (policy.conditions ?? []).filter(
    (each: unknown) => !(Array.isArray(each) && each[0] === "content-length-range"),
  );
  const text = Buffer.from(JSON.stringify({ ...policy, conditions })).toString("base64");
  const name = fields.Policy === undefined ? "policy" : "Policy";
  return { url, fields: { ...fields, [name]: text } };
}

const without = ({ url, fields }: UploadForm, pattern: RegExp): UploadForm => ({
  url,
  fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !pattern.test(name))),
});

export const sizeAtStorage = check({
  about:
    "S3 itself refuses a larger body than the form allows, however it is sent; the form cannot be changed or done without.",
  needs: ["sign-in"],
  parameters,
  async run(stage, { bytes }) {
    const { person } = await personOf(stage, "free");
    const large = largeVcf(bytes + 50_000, "large");
    const parts: Part[] = [];
    async function refuses(what: string, form: UploadForm, content: string, chunked = false) {
      const answer = await person.sendToS3(form, content, chunked);
      parts.push(part(`S3 refuses ${what}`, !stored(answer), `${answer.status}`));
    }
    await refuses("a file larger than the limit", await formFor(stage, 1_000), large);
    await refuses("the same without a length", await formFor(stage, 1_000), large, true);
    await refuses("the form with a looser policy", loosened(await formFor(stage, 1_000)), large);
    await refuses(
      "the form without its policy",
      without(await formFor(stage, 1_000), /^(?:policy|x-amz-signature)$/i),
      large,
    );
    const other = await formFor(stage, 1_000);
    const moved = { ...other, fields: { ...other.fields, key: `${other.fields.key}.elsewhere` } };
    await refuses("the form with another key", moved, smallVcf("moved", 3));
    return parts;
  },
});

export const sizeAtApi = check({
  about: "The API takes no file beyond the limit of a free user, with or without a length; within it, it does.",
  needs: ["api"],
  parameters,
  async run(stage, { bytes }) {
    const api = await apiOf(stage, "free");
    const large = largeVcf(bytes + 50_000, "large");
    const headers = { "content-type": "text/plain" };
    const refused = await api.call("/jobs?file_name=large.vcf", { method: "POST", headers, body: large });
    const chunked = await api.chunked("chunked.vcf", large);
    const offer = JSON.stringify({ file_name: "large.vcf", size: bytes + 50_000 });
    const offered = await api.call("/jobs", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: offer,
    });
    return [
      part("a larger file is refused with 413", refused.status === 413, `${refused.status}`),
      part("a file without a length is not taken", chunked.status >= 400 || chunked.status === 0, `${chunked.status}`),
      part("no upload is offered for a larger file", offered.status === 413, `${offered.status}`),
    ];
  },
});

export const sizeForPremium = check({
  about: "A premium user's file beyond the free limit is taken and annotated.",
  needs: ["sign-in", "aws"],
  parameters,
  async run(stage, { bytes }) {
    const { person } = await personOf(stage, "premium");
    const form = await person.askForUpload("premium.vcf", bytes * 2);
    return [part("an upload is offered", !("redirect" in form), "it is refused")];
  },
});
