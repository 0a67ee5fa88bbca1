import { Router } from "express";
import * as z from "zod";
import { safeFileName } from "../../contract/file-name.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { notAllowed, requireUser } from "../http/gates.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import type { Submissions } from "../submissions.ts";
import { PlainUpload } from "../views/plain-upload.tsx";

/** Longer than a script needs: somebody chooses the file once the form is there. */
const formSeconds = 600;
const askedSchema = z.object({ file_name: z.string().min(1).max(1_000) });

/** `/annotate/plain`: a form that uploads one file without scripts. */
export function plainUploadRoutes(
  { config, users }: Pick<WebPorts, "config" | "users">,
  pages: Pages,
  submissions: Submissions,
): Router {
  const router = Router();
  router
    .route("/annotate/plain")
    .all(requireUser(users))
    .get(async (request, response) => {
      const asked = askedSchema.safeParse(request.query);
      if (!asked.success) {
        throw new HttpError(400, "malformed", "The name of the file to upload is missing. Go back and enter it.", {
          action: { href: "/annotate", label: "Enter the name" },
        });
      }
      const user = currentUser(response);
      const fileName = safeFileName(asked.data.file_name);
      // Its size is not known yet: the form's own policy refuses what is too large.
      const offer = await submissions.offer(user, { name: fileName, bytes: 1 }, { seconds: formSeconds });
      const view = { fileName, offer, seconds: formSeconds, bytesMax: config.inputBytesMax[user.role] };
      pages.send(
        response,
        { title: `Upload ${fileName}`, section: "/annotate", content: <PlainUpload {...view} /> },
        { needs: { form: [new URL(offer.url).origin] } },
      );
    })
    .all(notAllowed("GET"));
  return router;
}
