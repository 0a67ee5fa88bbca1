import { json, Router } from "express";
import * as z from "zod";
import { uploadRoutes } from "../api/uploads.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { notAllowed, requireUser } from "../http/gates.ts";
import type { Pages } from "../http/pages.tsx";
import type { PartUploads } from "../part-uploads.ts";
import type { WebPorts } from "../ports.ts";
import type { Submissions } from "../submissions.ts";
import { Annotate } from "../views/annotate.tsx";

const uploadSchema = z.object({ file_name: z.string().min(1).max(1_000), size: z.number().int().nonnegative() });
const arrivedSchema = z.object({ bucket: z.string().min(1), key: z.string().min(1) });

/** `/annotate`: the form, the presigned upload made at the moment of sending, and where S3 sends the browser after it. */
export function annotateRoutes(
  { config, users, objects, assets }: Pick<WebPorts, "config" | "users" | "objects" | "assets">,
  pages: Pages,
  { submissions, uploads }: { readonly submissions: Submissions; readonly uploads: PartUploads },
): Router {
  const user = requireUser(users);

  const originOfUploads = createUploadOrigin(objects, config);

  return (
    Router()
      .get("/annotate", user, async (_request, response) => {
        const person = currentUser(response);
        pages.send(
          response,
          {
            title: "Annotate a file",
            section: "/annotate",
            scripts: ["upload.js"],
            content: (
              <Annotate
                user={person}
                bytesMax={config.inputBytesMax[person.role]}
                example={assets.url("example.vcf")}
              />
            ),
          },
          { needs: { connect: [await originOfUploads()] } },
        );
      })
      .all("/annotate", notAllowed("GET"))

      .post("/annotate/upload", user, json({ limit: "8kb" }), async (request, response) => {
        const asked = uploadSchema.safeParse(request.body);
        if (!asked.success) throw new HttpError(400, "malformed", "An upload needs file_name and size (in bytes).");
        const { key, url, fields } = await submissions.offer(currentUser(response), {
          name: asked.data.file_name,
          bytes: asked.data.size,
        });
        const next = `/annotate/job?${new URLSearchParams({ bucket: config.inputsBucket, key })}`;
        response.set("cache-control", "no-store").json({ url, fields, next });
      })
      .all("/annotate/upload", notAllowed("POST"))
      .use("/annotate/uploads", user, uploadRoutes({ config }, uploads))

      // The page's script uploads by XMLHttpRequest (for the progress bar), which follows S3's redirect to here by itself: as a
      // request of origin "null", without cookies. It learns only that the file has arrived, and then comes as a page.
      .options("/annotate/job", (_request, response) => {
        response.set({ "access-control-allow-origin": "*", "access-control-allow-methods": "GET" }).status(204).end();
      })
      .get("/annotate/job", (request, response, next) => {
        if (request.get("origin") !== "null") return next();
        response.set({ "access-control-allow-origin": "*", "cache-control": "no-store" }).status(204).end();
      })
      .get("/annotate/job", user, async (request, response) => {
        const arrived = arrivedSchema.safeParse(request.query);
        if (!arrived.success) {
          throw new HttpError(400, "malformed", "This address is where an upload ends; it lacks bucket or key.", {
            action: { href: "/annotate", label: "Upload a file" },
          });
        }
        const job = await submissions.record(currentUser(response), arrived.data);
        response.redirect(303, `/annotations/${job.job_id}`);
      })
      .all("/annotate/job", notAllowed("GET"))
  );
}

/** Origin that uploads go to, for the page's policy: learned from a form that is never used. */
function createUploadOrigin(objects: WebPorts["objects"], config: WebPorts["config"]): () => Promise<string> {
  let uploadOrigin: string | undefined;
  return async () => {
    uploadOrigin ??= new URL(
      (
        await objects.presignPost(
          { bucket: config.inputsBucket, key: "origin" },
          { expiresSeconds: 1, bytesMin: 0, bytesMax: 1, redirectTo: config.publicUrl, contentType: "text/plain" },
        )
      ).url,
    ).origin;
    return uploadOrigin;
  };
}
