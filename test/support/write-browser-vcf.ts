/** `npm run browser`: after a change of what pages look at files with. */
import { writeFileSync } from "node:fs";
import { browserVcf, browserVcfFile } from "./browser-vcf.ts";

writeFileSync(browserVcfFile, browserVcf());
