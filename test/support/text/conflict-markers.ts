/** Lines that a merge has left behind. */
import type { Finding } from "./finding.ts";

// A line of seven equals signs alone underlines a heading in Markdown; between the other two it is a marker.
const marker = /^(?:<{7}|\|{7}|>{7})(?: |$)/;

export function conflictMarkers(file: string, text: string): Finding[] {
  return text.split("\n").flatMap((content, index) =>
    marker.test(content)
      ? [
          {
            file,
            line: index + 1,
            what: `a merge has left the marker "${content}"`,
            mend: "keep the side that is true and delete the markers",
          },
        ]
      : [],
  );
}
