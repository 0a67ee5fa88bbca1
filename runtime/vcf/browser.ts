/** What pages look at files with: built into `runtime/web/browser/vcf.js` by `npm run browser`. */
export { blockLength, headerLength } from "./bgzip-block.ts";
export { prefixBytes, prefixTextBytes, readPrefix } from "./prefix.ts";
export { previewOf, refusalOf } from "./preview.ts";
