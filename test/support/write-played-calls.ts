/** `npm run docs:calls`: after a change of what the gateway plays or refuses. */
import { readFileSync, writeFileSync } from "node:fs";
import { calledDocument, playedCalls, tableOf, withCalls } from "./played-calls.ts";

writeFileSync(calledDocument, withCalls(readFileSync(calledDocument, "utf8"), tableOf(await playedCalls())));
