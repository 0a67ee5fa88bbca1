/** `npm run docs:alarms`: after a change of what an alarm tells the operator. */
import { readFileSync, writeFileSync } from "node:fs";
import { alarmDocument, tableOf, toldAlarms, withAlarms } from "./alarm-table.ts";

writeFileSync(alarmDocument, withAlarms(readFileSync(alarmDocument, "utf8"), tableOf(await toldAlarms())));
