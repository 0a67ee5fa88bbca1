// On SIGTERM says whether the process that it has started is still there to answer.
import { fork } from "node:child_process";

if (process.send) process.on("message", () => process.send("here"));
else {
  const child = fork(new URL(import.meta.url));
  const end = (said) => {
    console.log(`the child is ${said}`);
    process.exit(0);
  };
  process.on("SIGTERM", () => {
    child.on("exit", () => end("gone")).on("message", () => end("here"));
    if (child.connected) child.send("are you there?");
    else end("gone");
  });
  child.once("spawn", () => console.log("ready"));
}
