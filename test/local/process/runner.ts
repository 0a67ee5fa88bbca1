// A runner for the tests beside it: starts a child that starts one of its own, tells both process ids, and waits.
import { startChildren } from "../../../local/process/children.ts";

const [logFile = ""] = process.argv.slice(2);
const children = startChildren();
const parent = `
  const { spawn } = require("node:child_process");
  const grandchild = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  console.log(process.pid + " " + grandchild.pid);
  process.on("SIGTERM", () => {});
  setInterval(() => {}, 1000);
`;
children.start({ name: "parent", command: process.execPath, args: ["-e", parent], env: {}, logFile });
setInterval(() => {}, 1000);
console.log("started");
