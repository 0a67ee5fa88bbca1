/**
 * Permissions that the demo does not use, each with the reason why it is needed all the same. Whatever is declared, not used
 * and not listed here is surplus; whatever is listed and used is no longer an exception. Both fail the demo's test.
 */
export interface Unexercised {
  /** Roles by name. */
  readonly roles: readonly string[];
  /** `Sid` of the statement. */
  readonly statement: string;
  readonly actions: readonly string[];
  /** End of the resource's name. Absent: every resource of the statement. */
  readonly on?: string;
  /** When it is needed. */
  readonly why: string;
  /** True: the demo may come to use it, if a process or the machine is slow at the wrong moment. Then neither is wrong. */
  readonly byChance?: true;
}

/** As the local stack calls it. */
const role = (name: string) => `${name}--local--us-east-1`;

const hosts = [role("gas-annotator"), role("gas-utility"), role("gas-web")];
const archiver = [role("gas-utility-archiver")];
const restorer = [role("gas-utility-restorer")];
const notifier = [role("gas-utility-notifier")];
const annotator = [role("gas-annotator")];
const web = [role("gas-web")];

const hide = ["sqs:ChangeMessageVisibility"];
const list = ["s3:ListBucket"];

export const unexercised: readonly Unexercised[] = [
  // What only an instance of EC2 does.
  {
    roles: hosts,
    statement: "WriteOwnLogs",
    actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    why: "CloudWatch's agent ships the services' logs; locally they are files",
  },
  {
    roles: hosts,
    statement: "ReportHealth",
    actions: ["autoscaling:SetInstanceHealth"],
    why: "an instance could not boot, or one of its services keeps ending: it calls itself unhealthy",
    byChance: true,
  },
  {
    roles: hosts,
    statement: "AcceptSessions",
    actions: [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ],
    why: "Session Manager's agent: how an operator logs in",
  },

  {
    roles: annotator,
    statement: "DrainInOrder",
    actions: ["autoscaling:RecordLifecycleActionHeartbeat"],
    why: "an instance that must go has a job in work",
    byChance: true,
  },

  // What only a larger file needs.
  {
    roles: web,
    statement: "Inputs",
    actions: ["s3:ListMultipartUploadParts"],
    why: "an upload above 16 MiB goes in parts: those that have arrived are listed before it is completed, and after it broke off",
  },
  {
    roles: archiver,
    statement: "StoreArchives",
    actions: [
      "glacier:InitiateMultipartUpload",
      "glacier:UploadMultipartPart",
      "glacier:CompleteMultipartUpload",
      "glacier:AbortMultipartUpload",
    ],
    why: "a result above 32 MiB goes to a vault in parts",
  },
  {
    roles: archiver,
    statement: "StoreArchives",
    actions: ["s3:AbortMultipartUpload"],
    why: "a result above 5 GiB is copied in parts; a part has failed",
  },

  // What only a failure needs.
  {
    roles: annotator,
    statement: "Results",
    actions: ["s3:AbortMultipartUpload"],
    why: "a result that is being written breaks off",
    byChance: true,
  },
  {
    roles: restorer,
    statement: "Results",
    actions: ["s3:AbortMultipartUpload"],
    why: "an archive that is being copied back breaks off",
  },
  {
    roles: web,
    statement: "Inputs",
    actions: ["s3:AbortMultipartUpload"],
    why: "a submission through the API breaks off",
  },
  {
    roles: archiver,
    statement: "StoreArchives",
    actions: ["s3:DeleteObject", "glacier:DeleteArchive"],
    why: "two archivers have stored one result: the archive that no job names goes",
  },
  {
    roles: archiver,
    statement: "ArchiveLater",
    actions: ["sqs:SendMessage"],
    why: "a message that has waited twelve hours is sent anew; after a downgrade one for each result",
    byChance: true,
  },
  {
    roles: restorer,
    statement: "RestoreLater",
    actions: ["sqs:SendMessage"],
    why: "the upgrade meets an archiver at work: the request is sent anew until that has ended",
    byChance: true,
  },
  {
    roles: restorer,
    statement: "Restore",
    actions: hide,
    why: "as RestoreLater; or the work takes long",
    byChance: true,
  },
  {
    roles: annotator,
    statement: "ExpressRequests",
    actions: hide,
    why: "a job of the lane takes long",
    byChance: true,
  },
  { roles: restorer, statement: "Events", actions: hide, why: "copying back takes long, or fails", byChance: true },
  { roles: notifier, statement: "Notices", actions: hide, why: "sending mail takes long, or fails", byChance: true },
  {
    roles: restorer,
    statement: "RestoreArchives",
    actions: ["glacier:DescribeJob"],
    why: "the vault's notice was lost: the sweep asks",
    byChance: true,
  },
  {
    roles: notifier,
    statement: "Outbox",
    actions: ["sns:Publish"],
    why: "a service died between its write and its publication: the sweep publishes",
    byChance: true,
  },
  {
    roles: web,
    statement: "Events",
    actions: ["dynamodb:DeleteItem"],
    why: "applying a webhook has failed: its claim is given up",
    byChance: true,
  },

  {
    roles: web,
    statement: "JobsIndexes",
    actions: ["dynamodb:Query"],
    on: "/index/awaits_index",
    why: "somebody looks at a job that waits for a worker: its place in the queue",
    byChance: true,
  },

  // What only an outage needs: the question whether it is over.
  ...(
    [
      [archiver, "ProbeQueue", "sqs:GetQueueAttributes"],
      [archiver, "ProbeTopic", "sns:GetTopicAttributes"],
      [archiver, "ProbeArchives", "glacier:DescribeVault"],
      [restorer, "ProbeQueue", "sqs:GetQueueAttributes"],
      [restorer, "ProbeArchives", "glacier:DescribeVault"],
      [notifier, "ProbeMail", "ses:GetAccount"],
    ] as const
  ).map(
    ([roles, statement, action]): Unexercised => ({
      roles,
      statement,
      actions: [action],
      why: "a dependency does not answer: the breaker asks whether it is there again",
      byChance: true,
    }),
  ),

  // What only somebody's other way needs.
  {
    roles: annotator,
    statement: "Results",
    actions: ["s3:DeleteObject"],
    why: "the job was cancelled while it ran, or an earlier attempt has left files",
    byChance: true,
  },
  {
    roles: web,
    statement: "Inputs",
    actions: ["s3:DeleteObject"],
    why: "a user was downgraded between upload and submission: the file is too large now",
  },
  {
    roles: archiver,
    statement: "JobsIndexes",
    actions: ["dynamodb:Query"],
    why: "the subscription has ended: the user's results are listed",
    byChance: true,
  },
  {
    roles: archiver,
    statement: "ListArchives",
    actions: ["glacier:GetJobOutput"],
    why: "a vault's inventory takes hours",
    byChance: true,
  },
  {
    roles: restorer,
    statement: "ArchiveAgain",
    actions: ["sqs:SendMessage"],
    why: "the subscription ended while results were on their way back",
  },
  {
    roles: archiver,
    statement: "Restore",
    actions: ["sns:Publish"],
    why: "the user upgraded while the result was being archived",
    byChance: true,
  },

  // What turns "forbidden" into "not there".
  {
    roles: annotator,
    statement: "InputsMissing",
    actions: list,
    why: "the input has been deleted: the job fails with that reason",
  },
  {
    roles: web,
    statement: "InputsMissing",
    actions: list,
    why: "S3's redirect is opened by hand for a file that never came",
  },
  { roles: web, statement: "ResultsMissing", actions: list, why: "a result or log has been deleted by hand" },
  { roles: restorer, statement: "MissingArchives", actions: list, why: "an archive has been deleted by hand" },
];
