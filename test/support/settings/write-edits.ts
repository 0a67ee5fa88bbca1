/** `npm run docs:edits`: after a change of a setting, or of what it declares. */
import { writeFileSync } from "node:fs";
import { withPlans } from "../../../plan/plan.ts";
import { allEdits, editedDocument, readEdited, tableOf, withEdits } from "./edits.ts";

writeFileSync(editedDocument, withEdits(await readEdited(), tableOf(await withPlans(allEdits))));
