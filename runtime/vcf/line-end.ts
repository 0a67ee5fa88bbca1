/** Where the text of the line from `start` ends whose LF is at `feed`: CRs before it belong to the line end, also two of them (CR CR LF is what a second conversion makes). */
export function endOfText(block: string, start: number, feed: number): number {
  let end = feed;
  while (end > start && block.charCodeAt(end - 1) === 13) end -= 1;
  return end;
}
