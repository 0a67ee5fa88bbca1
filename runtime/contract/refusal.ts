/** How a service's log tells that AWS has refused one of its calls; an alarm is made of such lines. */

/** `err.name` of such a line. */
export const refusalName = "DeniedError";

/** The lines in CloudWatch Logs' filter syntax. */
export const refusalPattern = `{ $.err.name = "${refusalName}" }`;
