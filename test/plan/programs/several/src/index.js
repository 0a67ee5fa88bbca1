// A program of CommonJS modules that leaves behind whatever a program can: each run of it must be like the first.
const aws = require("@pulumi/aws");
const { Config, runtime, secret } = require("@pulumi/pulumi");
const { next } = require("./counter");

const config = new Config();
const way = config.get("way");
const name = `${config.get("prefix") ?? "q"}-${next()}`;
const seen = globalThis.seen ?? 0;
globalThis.seen = seen + 1;
process.env.SEEN = `${process.env.SEEN ?? ""}x`;
process.on("exit", () => {});
process.chdir("src");
runtime.registerStackTransformation(({ props, opts }) => ({
  props: typeof props.name === "string" ? { ...props, name: `${props.name}.` } : props,
  opts,
}));
console.log(`run as ${name}`);

const queue = new aws.sqs.Queue("jobs", { name, kmsMasterKeyId: secret("hidden") });
const bucket = new aws.s3.Bucket("results", { bucket: name });
bucket.onObjectCreated("told", async () => {});
if (way === "throws") throw new Error("as asked");
if (way === "rejects") void Promise.reject(new Error("nobody waits for this"));
if (way === "never") new aws.sqs.Queue("late", { name: new Promise(() => {}) });
if (way === "exits") process.exit(3);

exports.url = queue.url;
exports.left = { seen, environment: process.env.SEEN, listeners: process.listenerCount("exit") };
