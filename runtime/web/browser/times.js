// Puts every <time> into the reader's own time zone, in the shape that the server has written: `2026-01-31 14:05`, then the zone. The
// server's text (UTC) stays as its title.
const format = new Intl.DateTimeFormat("en", {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

function textOf(moment) {
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute} ${part.timeZoneName}`;
}

export function showLocalTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime()) || element.title !== "") continue;
    element.title = element.textContent;
    element.textContent = textOf(moment);
  }
}

showLocalTimes();
