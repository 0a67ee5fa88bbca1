/** Why this project's own account fails a case that AWS documents, and goes on failing it for now: by the case's id. */
export const reasons: Readonly<Record<string, string>> = {
  "alarms/found-by-state": "The emulator takes no notice of the state when names are filtered as well.",
  "processes/terminate": "The emulator takes a member out of the group itself when the desired capacity goes down.",
};
