/**
 * Under Node 20 the AWS SDK warns, in every process that makes a client, that its versions of 2027 will need Node 22. A user can do
 * nothing about that in the middle of a run, and the lock file keeps versions that do not need it; README says which Node to take.
 * This variable keeps the SDK from warning: a process that may make clients has it in its environment.
 */
export const quietSdk = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" } as const;
