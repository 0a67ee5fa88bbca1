/** Metrics that AWS publishes and that a farm may look at, by namespace: an alarm on any other name would never have data. */

const known: Readonly<Record<string, readonly string[]>> = {
  "AWS/ApplicationELB": [
    "ActiveConnectionCount",
    "ConsumedLCUs",
    "HTTPCode_ELB_3XX_Count",
    "HTTPCode_ELB_4XX_Count",
    "HTTPCode_ELB_500_Count",
    "HTTPCode_ELB_502_Count",
    "HTTPCode_ELB_503_Count",
    "HTTPCode_ELB_504_Count",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_Target_2XX_Count",
    "HTTPCode_Target_3XX_Count",
    "HTTPCode_Target_4XX_Count",
    "HTTPCode_Target_5XX_Count",
    "HealthyHostCount",
    "NewConnectionCount",
    "ProcessedBytes",
    "RejectedConnectionCount",
    "RequestCount",
    "RequestCountPerTarget",
    "TargetConnectionErrorCount",
    "TargetResponseTime",
    "TargetTLSNegotiationErrorCount",
    "UnHealthyHostCount",
  ],
  "AWS/AutoScaling": [
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
  ],
  "AWS/EC2": [
    "CPUCreditBalance",
    "CPUCreditUsage",
    "CPUUtilization",
    "NetworkIn",
    "NetworkOut",
    "NetworkPacketsIn",
    "NetworkPacketsOut",
    "StatusCheckFailed",
    "StatusCheckFailed_Instance",
    "StatusCheckFailed_System",
  ],
  "AWS/SQS": [
    "ApproximateAgeOfOldestMessage",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesVisible",
    "NumberOfEmptyReceives",
    "NumberOfMessagesDeleted",
    "NumberOfMessagesReceived",
    "NumberOfMessagesSent",
    "SentMessageSize",
  ],
};

/** Why no such metric will have data; `undefined`: it may. Namespaces that are not listed are not judged. */
export function metricProblem(namespace: string, name: string): string | undefined {
  const names = known[namespace];
  if (names === undefined || names.includes(name)) return undefined;
  return `${namespace} has no metric ${name}; it has ${names.join(", ")}`;
}

/** Services publish once a minute; a period below that has data only of what a program puts there itself. */
export const isOfService = (namespace: string): boolean => namespace.startsWith("AWS/");

/** What AWS would do of a period that a service does not publish at. */
export const noSuchResolution = (namespace: string, seconds: number): string =>
  `${seconds} s is for metrics with a StorageResolution of 1; ${namespace} has data once a minute, so the alarm would lapse into ` +
  "INSUFFICIENT_DATA between: give 60 s, or a metric that is published at that resolution";

/** Metrics that fall no further when instances are added, so that tracking them would only ever add more. */
const untrackable = ["RequestCount", "TargetResponseTime", "ApproximateNumberOfMessagesVisible"];

export const isTrackable = (name: string): boolean => !untrackable.includes(name);
