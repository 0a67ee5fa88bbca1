/**
 * How an instance's log tells that a disk fills; an alarm is made of such lines. The watch of the boot script writes one a minute for each
 * file system that is so full, of bytes or of inodes.
 */

/** Per cent. */
export const diskFillingPercent = 85;

/** Stream of the instance itself, beside those of its services: `<instance id>/_instance`. No service can have the name. */
export const instanceLog = "_instance";

/** `disk.state` of such a line. */
const filling = "filling";

/** The lines in CloudWatch Logs' filter syntax. */
export const diskFillingPattern = `{ $.disk.state = "${filling}" }`;

/** The same as `diskFillingLine`, for jq, of $mount, $used, $inodes and $time. */
export const diskFillingJq =
  `{ level: "warn", time: $time, disk: { state: "${filling}", mount: $mount, usedPercent: $used, inodesPercent: $inodes }, ` +
  'msg: "\\($mount) is \\($used) % full (inodes: \\($inodes) %)" }';

/** A file system. */
export interface DiskUse {
  readonly mount: string;
  /** Per cent, rounded up as `df` has it. */
  readonly usedPercent: number;
  readonly inodesPercent: number;
}

/** @param time ISO 8601. @returns JSON, without a new line. */
export const diskFillingLine = ({ mount, usedPercent, inodesPercent }: DiskUse, time: string): string =>
  JSON.stringify({
    level: "warn",
    time,
    disk: { state: filling, mount, usedPercent, inodesPercent },
    msg: `${mount} is ${usedPercent} % full (inodes: ${inodesPercent} %)`,
  });
