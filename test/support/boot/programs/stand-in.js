#!/opt/node
// What Amazon's image and repositories have and Debian's have not: dnf, alternatives, the AWS CLI and the CloudWatch agent, one program
// under four names. Every call is recorded; what it asks for is delivered as far as the boot script needs it, and refused as the real ones do.
const {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  rmSync,
  existsSync,
} = require("node:fs");
const { basename, dirname } = require("node:path");

const args = process.argv.slice(2);
const tool = basename(process.argv[1]);
mkdirSync("/var/lib/stand-ins", { recursive: true });
appendFileSync("/var/lib/stand-ins/calls", `${JSON.stringify({ tool, args })}\n`);

function refuse(status, message) {
  process.stderr.write(`${message}\n`);
  process.exit(status);
}

/** A program of a package: a link to this one, or to Node. */
function provide(path, target) {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

/** What each package of Amazon's repositories brings; jq and logrotate are Debian's own. */
const packages = {
  nodejs24: () => {
    // Another Node may be there already, of a lower number: the one that the link leads to is chosen by `alternatives`.
    provide("/usr/bin/node", "/bin/false");
    provide("/usr/bin/node-24", "/opt/node");
  },
  jq: () => {
    if (existsSync("/usr/bin/jq.absent")) renameSync("/usr/bin/jq.absent", "/usr/bin/jq");
  },
  logrotate: () => {},
  "amazon-cloudwatch-agent": () =>
    provide("/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl", "/usr/local/bin/stand-in"),
};

function dnf([command, ...rest]) {
  if (command !== "install") refuse(1, `No such command: ${command}`);
  const names = rest.filter((each) => !each.startsWith("-"));
  const broken = existsSync("/srv/no-packages"); // the repositories cannot be reached
  if (broken) refuse(1, "Error: Failed to download metadata for repo 'amazonlinux'");
  for (const name of names) {
    if (packages[name] === undefined) refuse(1, `Error: Unable to find a match: ${name}`);
    packages[name]();
  }
}

function alternatives([option, name, path]) {
  if (option !== "--set" || name !== "node" || !existsSync(path))
    refuse(2, `${path} has not been configured as an alternative`);
  provide("/usr/bin/node", path);
}

/** Options that each operation requires. */
const operations = {
  "autoscaling set-instance-health": ["instance-id", "health-status"],
  "autoscaling complete-lifecycle-action": [
    "lifecycle-hook-name",
    "auto-scaling-group-name",
    "lifecycle-action-result",
  ],
  "autoscaling describe-auto-scaling-instances": [],
};

function aws([service, operation, ...rest]) {
  if (`${service} ${operation}` === "s3 cp") {
    const [from, to] = rest.filter((each) => !each.startsWith("--"));
    const object = `/srv/${from.replace("s3://", "s3/")}`;
    if (!existsSync(object)) {
      refuse(1, "fatal error: An error occurred (404) when calling the HeadObject operation: Key does not exist");
    }
    return copyFileSync(object, to);
  }
  const required = operations[`${service} ${operation}`];
  if (required === undefined) refuse(252, `aws: [ERROR]: Found invalid choice '${service} ${operation}'`);
  for (const option of required) {
    if (!rest.includes(`--${option}`)) refuse(252, `aws: [ERROR]: the following arguments are required: --${option}`);
  }
  if (operation === "describe-auto-scaling-instances") process.stdout.write('{"AutoScalingInstances":[]}\n');
}

function agent(given) {
  const config = given[given.indexOf("-c") + 1]?.replace("file:", "");
  JSON.parse(readFileSync(config, "utf8"));
}

({ dnf, alternatives, aws, "amazon-cloudwatch-agent-ctl": agent })[tool](args);
