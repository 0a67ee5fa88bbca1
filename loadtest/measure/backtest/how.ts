/** How the exports that a backtest reads are made: a script for a POSIX shell and the AWS CLI. */

/** Files that the script writes. Names say nothing to the reader. */
export const exportScript = `#!/bin/sh
# Exports what annofarm backtest reads, with the AWS CLI (https://aws.amazon.com/cli/):
#
#     annofarm backtest --how > export.sh
#     sh export.sh GROUP FROM TO DIRECTORY          a web farm: its requests
#     sh export.sh GROUP FROM TO DIRECTORY QUEUE    an annotator farm: jobs sent to its queue
#
# GROUP and QUEUE are names, FROM and TO times such as 2026-11-20T09:00:00Z. CloudWatch keeps minutes for 15 days.
# Needed permissions: autoscaling:Describe*, elasticloadbalancing:DescribeTargetGroups, cloudwatch:GetMetricData.
set -eu
if [ "$#" -lt 4 ]; then
  echo "usage: sh export.sh GROUP FROM TO DIRECTORY [QUEUE]" >&2
  exit 2
fi
group=$1 from=$2 to=$3 directory=$4 queue=\${5:-}
mkdir -p "$directory"

aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names "$group" \\
  --output json > "$directory/group.json"
aws autoscaling describe-scaling-activities --auto-scaling-group-name "$group" \\
  --output json > "$directory/activities.json"

# A series of sums or averages by minute. Labels carry what the answer leaves out: metric, statistic, period.
series() { # ID NAMESPACE METRIC STATISTIC DIMENSIONS
  printf '{"Id": "%s", "Label": "%s %s 60", "MetricStat": {"Period": 60, "Stat": "%s", ' "$1" "$3" "$4" "$4"
  printf '"Metric": {"Namespace": "%s", "MetricName": "%s", "Dimensions": [%s]}}}' "$2" "$3" "$5"
}
dimension() { # NAME VALUE
  printf '{"Name": "%s", "Value": "%s"}' "$1" "$2"
}

if [ -n "$queue" ]; then
  load=$(series load AWS/SQS NumberOfMessagesSent Sum "$(dimension QueueName "$queue")")
else
  target=$(aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names "$group" \\
    --query 'AutoScalingGroups[0].TargetGroupARNs[0]' --output text)
  balancer=$(aws elbv2 describe-target-groups --target-group-arns "$target" \\
    --query 'TargetGroups[0].LoadBalancerArns[0]' --output text)
  dimensions="$(dimension TargetGroup "\${target##*:}"), $(dimension LoadBalancer "\${balancer##*:loadbalancer/}")"
  load=$(series load AWS/ApplicationELB RequestCount Sum "$dimensions")
fi
own=$(dimension AutoScalingGroupName "$group")
queries="[$load,
 $(series in_service AWS/AutoScaling GroupInServiceInstances Average "$own"),
 $(series total AWS/AutoScaling GroupTotalInstances Average "$own")]"
aws cloudwatch get-metric-data --start-time "$from" --end-time "$to" --metric-data-queries "$queries" \\
  --output json > "$directory/metrics.json"
`;
