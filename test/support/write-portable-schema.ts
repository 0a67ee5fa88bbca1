/** `npm run schema`: after a change of the components for other languages. */
import { writeFileSync } from "node:fs";
import { portableSchema, schemaFile, schemaText } from "./portable-schema.ts";

writeFileSync(schemaFile, schemaText(portableSchema()));
