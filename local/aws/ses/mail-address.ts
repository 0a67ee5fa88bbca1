/** `Name <address>` → address. */
export function mailAddress(text: string): string {
  return /<([^>]*)>/.exec(text)?.[1] ?? text;
}
