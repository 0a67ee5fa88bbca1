/**
 * What Auto Scaling tells EventBridge when something failed, by the events' `detail-type`.
 * Source: Amazon EC2 Auto Scaling User Guide, "Amazon EC2 Auto Scaling event reference" and "Instance refresh
 * example events and patterns".
 */
export const groupFailureEvents = [
  "EC2 Instance Launch Unsuccessful",
  "EC2 Instance Terminate Unsuccessful",
  "EC2 Auto Scaling Instance Refresh Failed",
  "EC2 Auto Scaling Instance Refresh Rollback Started",
  "EC2 Auto Scaling Instance Refresh Rollback Failed",
] as const;
