/** Pages of AWS's documentation that the cases rest on: each rule can be looked up. */

export interface Source {
  readonly title: string;
  readonly url: string;
}

const docs = "https://docs.aws.amazon.com";
const guide = (page: string, title: string): Source => ({
  title: `${title} (Amazon EC2 Auto Scaling User Guide)`,
  url: `${docs}/autoscaling/ec2/userguide/${page}.html`,
});
const scaling = (action: string): Source => ({
  title: `${action} (Amazon EC2 Auto Scaling API Reference)`,
  url: `${docs}/autoscaling/ec2/APIReference/API_${action}.html`,
});
const monitoring = (action: string): Source => ({
  title: `${action} (Amazon CloudWatch API Reference)`,
  url: `${docs}/AmazonCloudWatch/latest/APIReference/API_${action}.html`,
});
const queues = (action: string): Source => ({
  title: `${action} (Amazon SQS API Reference)`,
  url: `${docs}/AWSSimpleQueueService/latest/APIReference/API_${action}.html`,
});

export const sources = {
  missingData: {
    title: "Configuring how CloudWatch alarms treat missing data (Amazon CloudWatch User Guide)",
    url: `${docs}/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html`,
  },
  alarms: {
    title: "Using Amazon CloudWatch alarms (Amazon CloudWatch User Guide)",
    url: `${docs}/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html`,
  },
  putMetricAlarm: monitoring("PutMetricAlarm"),
  putMetricData: monitoring("PutMetricData"),
  setAlarmState: monitoring("SetAlarmState"),
  describeAlarmHistory: monitoring("DescribeAlarmHistory"),
  stepAndSimple: guide("as-scaling-simple-step", "Step and simple scaling policies"),
  targetTracking: guide("as-scaling-target-tracking", "Target tracking scaling policies"),
  dynamic: guide("as-scale-based-on-demand", "Dynamic scaling"),
  cooldowns: guide("ec2-auto-scaling-scaling-cooldowns", "Scaling cooldowns"),
  warmUp: guide("ec2-auto-scaling-default-instance-warmup", "Set the default instance warmup"),
  scheduled: guide("ec2-auto-scaling-scheduled-scaling", "Scheduled scaling"),
  hooks: guide("lifecycle-hooks", "Amazon EC2 Auto Scaling lifecycle hooks"),
  health: guide("ec2-auto-scaling-health-checks", "Health checks for instances in an Auto Scaling group"),
  protection: guide("ec2-auto-scaling-instance-protection", "Use instance scale-in protection"),
  termination: guide("ec2-auto-scaling-termination-policies", "Configure termination policies"),
  processes: guide("as-suspend-resume-processes", "Suspend and resume Amazon EC2 Auto Scaling processes"),
  refresh: guide("asg-instance-refresh", "Use an instance refresh to update instances"),
  putScalingPolicy: scaling("PutScalingPolicy"),
  targetTrackingConfiguration: scaling("TargetTrackingConfiguration"),
  executePolicy: scaling("ExecutePolicy"),
  createGroup: scaling("CreateAutoScalingGroup"),
  updateGroup: scaling("UpdateAutoScalingGroup"),
  deleteGroup: scaling("DeleteAutoScalingGroup"),
  setDesired: scaling("SetDesiredCapacity"),
  terminateInstance: scaling("TerminateInstanceInAutoScalingGroup"),
  setHealth: scaling("SetInstanceHealth"),
  setProtection: scaling("SetInstanceProtection"),
  putHook: scaling("PutLifecycleHook"),
  completeAction: scaling("CompleteLifecycleAction"),
  heartbeat: scaling("RecordLifecycleActionHeartbeat"),
  putSchedule: scaling("PutScheduledUpdateGroupAction"),
  startRefresh: scaling("StartInstanceRefresh"),
  cancelRefresh: scaling("CancelInstanceRefresh"),
  refreshPreferences: scaling("RefreshPreferences"),
  suspend: scaling("SuspendProcesses"),
  sendMessage: queues("SendMessage"),
  receiveMessage: queues("ReceiveMessage"),
  deleteMessage: queues("DeleteMessage"),
  queueAttributes: queues("GetQueueAttributes"),
  setQueueAttributes: queues("SetQueueAttributes"),
  queueMetrics: {
    title: "Available CloudWatch metrics for Amazon SQS (Amazon SQS Developer Guide)",
    url: `${docs}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html`,
  },
  visibility: {
    title: "Amazon SQS visibility timeout (Amazon SQS Developer Guide)",
    url: `${docs}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html`,
  },
} as const satisfies Readonly<Record<string, Source>>;

export type SourceName = keyof typeof sources;
