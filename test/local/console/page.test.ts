/** The console in a browser: it moves by itself, acts by its buttons, and says when something is lost. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import test from "ava";
import type { Browser } from "playwright-core";
import { type Console, createConsole } from "../../../local/console/console.ts";
import type { ConsoleView } from "../../../local/console/view.ts";
import { launchBrowser } from "../../support/browser.ts";
import { view as fixture, mails } from "./fixture.ts";

let browser: Browser;
let site: Server;
let console_: Console;
let view: ConsoleView = fixture;
const killed: string[] = [];

test.before(async () => {
  console_ = createConsole({
    title: "Genomics annotation service",
    intervalMilliseconds: 100,
    view: () => view,
    mails: () => mails,
    logFile: () => undefined,
    actions: {
      kill(instanceId) {
        if (killed.includes(instanceId)) throw new Error(`${instanceId} is already being terminated`);
        killed.push(instanceId);
      },
      setDesired(name, desired) {
        view = { ...view, groups: view.groups.map((group) => (group.name === name ? { ...group, desired } : group)) };
      },
    },
  });
  site = createServer((request, response) => {
    if (!console_.handle(request, response)) response.writeHead(404).end();
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  browser = await launchBrowser();
});
test.after.always(async () => {
  await browser?.close();
  console_?.close();
  site?.close();
});

test.serial(
  "it shows changes as they come, kills and resizes by its buttons, and says when the runner is gone",
  async (t) => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/Failed to load resource/.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/_local`);
    await page.getByRole("status").getByText("live").waitFor();

    view = { ...view, stack: "somebody's-stack" };
    await page.getByText("somebody's-stack").waitFor();

    const size = page.getByRole("img", { name: /^Instances, gas-local-web/ });
    t.regex((await size.getAttribute("aria-label")) ?? "", /in service: now 2, between 2 and 8\. desired: now 2/);
    const ringing = page.getByRole("img", { name: /^scale-in, .*ALARM since 22:03; 8 of 40 minutes in ALARM$/ });
    await ringing.waitFor();
    t.is(await ringing.locator("rect.state.ALARM").count(), 2);
    const { history } = view;
    const groups = history.groups.map((group) => ({ ...group, inService: group.inService.map(() => 7) }));
    view = { ...view, history: { ...history, groups } };
    await page.getByRole("img", { name: /^Instances, gas-local-web.* in service: now 7\./ }).waitFor();

    const kill = page.getByRole("button", { name: "Kill i-0a1b2c3d4e5f60718" });
    await kill.click();
    await kill.click();
    await page.getByRole("alert").getByText("i-0a1b2c3d4e5f60718 is already being terminated").waitFor();
    t.deepEqual(killed, ["i-0a1b2c3d4e5f60718"]);

    await page.getByRole("button", { name: "One more in gas-local-web" }).click();
    await page.getByText("2 of 4 in service").waitFor();
    t.is(await page.getByRole("alert").count(), 0, "the failure is gone once something worked");
    t.deepEqual(complaints, []);

    site.closeAllConnections();
    site.close();
    await page.getByRole("status").getByText("not answering").waitFor();
    await page.close();
  },
);

for (const width of [390, 1280]) {
  test(`nothing is wider than the page at ${width} pixels`, async (t) => {
    const server = createServer((request, response) => void console_.handle(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    for (const path of ["", "/mail", "/mail/m-2"]) {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/_local${path}`);
      t.true(await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path);
    }
    await page.close();
    server.close();
  });
}
