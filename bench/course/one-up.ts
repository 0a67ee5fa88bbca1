/**
 * The peer: one stack brought up as somebody does it who has a program and Pulumi's Automation API, one stack after the other.
 * Arguments: the stack, the program's folder, Pulumi's command line, PULUMI_HOME.
 */
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const [stackName = "", program = "", pulumi = "", pulumiHome = ""] = process.argv.slice(2);
const stack = await LocalWorkspace.createOrSelectStack(
  { stackName, projectName: "small", program: () => import(pathToFileURL(`${program}/index.ts`).href) },
  { pulumiHome, pulumiCommand: await PulumiCommand.get({ root: dirname(dirname(pulumi)), skipVersionCheck: true }) },
);
await stack.setAllConfig({ "small:owner": { value: stackName }, "aws:region": { value: "us-east-1" } });
await stack.up();
process.exit(0); // Pulumi's gRPC server would keep it
