// Puts every <time> into the reader's own language and time zone; the server's text (UTC) stays as its title.
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function showLocalTimes(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime()) || element.title !== "") continue;
    element.title = element.textContent;
    element.textContent = format.format(moment);
  }
}

showLocalTimes();
